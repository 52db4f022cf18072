from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.access import one_time_links, users
from stillwatch.cases.access.one_time_links import Purpose
from stillwatch.cases.store import audit
from stillwatch.cases.store.access_schema import OneTimeLink
from stillwatch.errors import PolicyError

DAY = timedelta(hours=24)
ROOT = Actor("root", Role.ADMINISTRATOR)


def _do(desk, actor, what, *args, **more):
    with desk.work(actor, Permission.VIEW) as work:
        return what(work, *args, **more)


def _what(desk, token):
    with desk.look() as look:
        return one_time_links.look_up(look, token)


@pytest.fixture
def first(desk):
    return _do(desk, users.HOUSE, one_time_links.invite_first, DAY)


@pytest.fixture
def invited(desk):
    _do(desk, users.HOUSE, users.create, "root", display="R", role=Role.ADMINISTRATOR)
    _do(desk, users.HOUSE, users.create, "anna", display="A", role=Role.ANALYST)
    return _do(desk, ROOT, one_time_links.invite, "anna", DAY)


def _accept_first(desk, token, name="root"):
    return _do(desk, users.HOUSE, one_time_links.accept_first, token, name, display="R", password_hash="h")


ANNA = Actor("anna", Role.ANALYST)


def test_the_first_link_makes_one_administrator_once(desk, first):
    assert _what(desk, first).purpose == Purpose.FIRST_ADMINISTRATOR
    assert _accept_first(desk, first).role == Role.ADMINISTRATOR
    assert _what(desk, first) is None
    with pytest.raises(PolicyError, match="was used"):
        _accept_first(desk, first, "second")


def test_of_many_who_use_a_link_at_once_one_comes_in(desk, first):
    def use(number):
        try:
            return _accept_first(desk, first, f"root{number}")
        except PolicyError:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = [person for person in pool.map(use, range(8)) if person is not None]
    assert len(made) == 1
    with desk.look() as look:
        assert [person.name for person in users.listed(look)] == [made[0].name]


def test_looking_at_a_link_does_not_use_it(desk, first):
    assert [_what(desk, first) is not None for _ in range(3)] == [True] * 3


def test_the_last_first_link_is_the_one_that_works(desk, first):
    newer = _do(desk, users.HOUSE, one_time_links.invite_first, DAY)
    assert _what(desk, first) is None
    with pytest.raises(PolicyError):
        _accept_first(desk, first)
    assert _accept_first(desk, newer)


def test_there_is_no_first_link_once_there_is_an_administrator(desk, first):
    _do(desk, users.HOUSE, users.create, "root", display="R", role=Role.ADMINISTRATOR)
    assert _what(desk, first) is None
    with pytest.raises(PolicyError):
        _accept_first(desk, first, "second")
    with pytest.raises(PolicyError, match="there is an administrator"):
        _do(desk, users.HOUSE, one_time_links.invite_first, DAY)


def test_links_expire(desk, first, clock):
    clock.now += DAY
    assert _what(desk, first) is None
    with pytest.raises(PolicyError):
        _accept_first(desk, first)


def test_a_link_sets_the_password_of_its_user_once(desk, invited, clock):
    assert _what(desk, invited).name == "anna"
    assert _do(desk, ANNA, one_time_links.accept, invited, "h").has_password
    with pytest.raises(PolicyError):
        _do(desk, ANNA, one_time_links.accept, invited, "h2")


def test_a_link_is_nothing_for_anybody_else_or_anything_else(desk, invited):
    with pytest.raises(PolicyError):
        _do(desk, ROOT, one_time_links.accept, invited, "h")
    with pytest.raises(PolicyError):
        _accept_first(desk, invited, "second")
    for wrong in ("", invited[:-1], invited + "x"):
        assert _what(desk, wrong) is None


def test_a_newer_link_ends_the_older(desk, invited):
    newer = _do(desk, ROOT, one_time_links.invite, "anna", DAY)
    assert _what(desk, invited) is None
    assert _what(desk, newer) is not None


def test_a_link_of_somebody_shut_out_does_not_work(desk, invited):
    _do(desk, ROOT, users.disable, "anna")
    assert _what(desk, invited) is None
    with pytest.raises(PolicyError):
        _do(desk, ANNA, one_time_links.accept, invited, "h")
    with pytest.raises(PolicyError):
        _do(desk, ROOT, one_time_links.invite, "anna", DAY)


def test_only_administrators_invite(desk, invited):
    with pytest.raises(PolicyError):
        _do(desk, Actor("lea", Role.LEAD), one_time_links.invite, "anna", DAY)


def test_neither_database_nor_log_holds_the_link(desk, invited):
    with desk.look() as look:
        rows = look.session.execute(sa.select(OneTimeLink.__table__)).all()
    with desk.database.reading() as link:
        log = list(audit.entries(link))
    assert invited not in f"{rows} {log}"
    assert log[-1].action == "link made"
