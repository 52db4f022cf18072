from datetime import timedelta

import pytest
import sqlalchemy as sa

from stillwatch.cases import Permission, Role
from stillwatch.cases.access import one_time_links, sessions, users
from stillwatch.cases.access.login import Browser, Login, Vouched
from stillwatch.cases.access.passwords import Passwords
from stillwatch.cases.access.sessions import Hours
from stillwatch.cases.store import audit
from stillwatch.cases.store.access_schema import User
from stillwatch.errors import InputError, PolicyError

HOURS = Hours(timedelta(hours=12), timedelta(hours=2))
HERE = Browser("192.0.2.1")
SECRET = "a sentence does well"


@pytest.fixture
def login(desk):
    return Login(desk, Passwords(memory_kib=64, passes=1), HOURS)


@pytest.fixture
def anna(desk, login):
    with desk.work(users.HOUSE, Permission.ADMINISTER) as work:
        return users.create(
            work, "anna", display="Anna", role=Role.ADMINISTRATOR, password_hash=login.passwords.hash(SECRET)
        )


def _log(desk):
    with desk.database.reading() as link:
        return list(audit.entries(link))


def _kept(desk):
    with desk.look() as look:
        return look.session.scalar(sa.select(User.password_hash).where(User.name == "anna"))


def test_the_right_password_begins_a_session(desk, login, anna):
    entered = login.by_password("ANNA", SECRET, HERE)
    assert sessions.visit(desk, entered.session.token, HOURS).person == entered.person
    assert (_log(desk)[-1].actor, _log(desk)[-1].action) == ("anna", "signed in")


def test_a_refusal_says_the_same_whatever_was_wrong(desk, login, anna):
    said = set()
    for name, password in (("anna", "wrong"), ("nobody", SECRET), ("", ""), ("anna\x00", SECRET)):
        with pytest.raises(PolicyError) as refused:
            login.by_password(name, password, HERE)
        said.add(refused.value.sentence())
    assert len(said) == 1


def test_a_refusal_is_recorded_for_who_is_here_and_never_what_was_typed(desk, login, anna):
    before = len(_log(desk))
    for name in ("anna", "my password in the wrong field"):
        with pytest.raises(PolicyError):
            login.by_password(name, "not that one", HERE)
    (entry,) = _log(desk)[before:]
    assert (entry.action, entry.subject) == ("sign-in refused", "user anna")
    assert "not that one" not in str(_log(desk))
    assert SECRET not in str(_log(desk))


def test_a_refusal_writes_as_often_whether_or_not_somebody_is_here(desk, login, anna, monkeypatch):
    real, writes = desk.database.writing, []

    def counted():
        writes.append(1)
        return real()

    monkeypatch.setattr(desk.database, "writing", counted)
    counts = []
    for name in ("anna", "nobody"):
        writes.clear()
        with pytest.raises(PolicyError):
            login.by_password(name, "guess", HERE)
        counts.append(len(writes))
    assert counts == [2, 2]


def test_guessing_is_slowed_and_the_right_password_is_not_even_looked_at(desk, login, anna):
    for _ in range(5):
        with pytest.raises(PolicyError, match="wrong"):
            login.by_password("anna", "guess", HERE)
    n = len(_log(desk))
    with pytest.raises(PolicyError, match="too many attempts"):
        login.by_password("anna", SECRET, HERE)
    assert len(_log(desk)) == n


def test_after_the_wait_the_right_password_lets_in_and_clears_the_count(desk, login, anna, clock):
    for _ in range(5):
        with pytest.raises(PolicyError):
            login.by_password("anna", "guess", HERE)
    clock.now += timedelta(seconds=1)
    login.by_password("anna", SECRET, HERE)
    for _ in range(4):
        with pytest.raises(PolicyError, match="wrong"):
            login.by_password("anna", "guess", HERE)
    login.by_password("anna", SECRET, HERE)


def test_the_owner_comes_in_at_their_usual_browser_while_somebody_guesses(desk, login, anna):
    device = login.by_password("anna", SECRET, HERE).device
    for _ in range(60):
        with pytest.raises(PolicyError):
            login.by_password("anna", "guess", HERE)
    with pytest.raises(PolicyError, match="too many"):
        login.by_password("anna", SECRET, HERE)
    assert login.by_password("anna", SECRET, Browser("192.0.2.1", device=device))


def test_signing_in_again_ends_the_session_before(desk, login, anna):
    first = login.by_password("anna", SECRET, HERE).session.token
    second = login.by_password("anna", SECRET, Browser("192.0.2.1", session=first)).session.token
    assert sessions.visit(desk, first, HOURS) is None
    assert sessions.visit(desk, second, HOURS) is not None
    assert first != second


def test_a_token_that_somebody_planted_is_not_taken_over(desk, login, anna):
    planted = "planted-by-somebody-else"
    entered = login.by_password("anna", SECRET, Browser("192.0.2.1", session=planted, device="planted"))
    assert planted not in (entered.session.token, entered.device)
    assert sessions.visit(desk, planted, HOURS) is None


def test_who_is_shut_out_does_not_come_in(desk, login, anna):
    with desk.work(users.HOUSE, Permission.ADMINISTER) as work:
        users.create(work, "zoe", display="Z", role=Role.ADMINISTRATOR)
        users.disable(work, "anna")
    with pytest.raises(PolicyError, match="name or password is wrong"):
        login.by_password("anna", SECRET, HERE)


def test_an_old_hash_is_made_anew_without_ending_anything(desk, anna):
    better = Login(desk, Passwords(memory_kib=128, passes=1), HOURS)
    before = _kept(desk)
    first = better.by_password("anna", SECRET, HERE)
    assert _kept(desk) != before
    assert not better.passwords.is_outdated(_kept(desk))
    assert better.passwords.fits(_kept(desk), SECRET)
    after = _kept(desk)
    better.by_password("anna", SECRET, HERE)
    assert _kept(desk) == after
    assert sessions.visit(desk, first.session.token, HOURS) is not None


def test_a_new_password_ends_every_session_and_begins_one(desk, login, anna):
    sessions_before = [login.by_password("anna", SECRET, HERE).session.token for _ in range(2)]
    visit = sessions.visit(desk, sessions_before[0], HOURS)
    with pytest.raises(PolicyError, match="old password"):
        login.change_password(visit, "wrong", "another sentence here", HERE)
    with pytest.raises(InputError):
        login.change_password(visit, SECRET, "short", HERE)
    entered = login.change_password(visit, SECRET, "another sentence here", HERE)
    assert [sessions.visit(desk, token, HOURS) for token in sessions_before] == [None, None]
    assert sessions.visit(desk, entered.session.token, HOURS) is not None
    with pytest.raises(PolicyError):
        login.by_password("anna", SECRET, HERE)


def test_an_open_session_is_no_place_to_guess_at(desk, login, anna):
    visit = sessions.visit(desk, login.by_password("anna", SECRET, HERE).session.token, HOURS)
    for _ in range(5):
        with pytest.raises(PolicyError, match="old password"):
            login.change_password(visit, "guess", "another sentence here", HERE)
    with pytest.raises(PolicyError, match="too many"):
        login.change_password(visit, SECRET, "another sentence here", HERE)


def test_the_first_administrator_comes_in_by_the_first_link_alone(desk, login):
    with desk.work(users.HOUSE, Permission.ADMINISTER) as work:
        token = one_time_links.invite_first(work, timedelta(hours=1))
    with pytest.raises(InputError):
        login.by_link(token, "short", HERE, name="root")
    with pytest.raises(InputError):
        login.by_link(token, SECRET, HERE, name="<root>")
    entered = login.by_link(token, SECRET, HERE, name="root", display="Root")
    assert entered.person.role == Role.ADMINISTRATOR
    assert login.by_password("root", SECRET, HERE)
    with pytest.raises(PolicyError, match="was used"):
        login.by_link(token, SECRET, HERE, name="second")


def test_a_link_of_ones_own_sets_the_password_while_the_name_is_being_guessed_at(desk, login, anna):
    with desk.work(users.HOUSE, Permission.ADMINISTER) as work:
        token = one_time_links.invite(work, "anna", timedelta(hours=1))
    for _ in range(10):
        with pytest.raises(PolicyError):
            login.by_password("anna", "guess", HERE)
    entered = login.by_link(token, "another sentence here", HERE, name="ignored")
    assert entered.person.name == "anna"


def test_somebody_vouched_for_comes_in_and_has_no_password(desk, login):
    vouched = Vouched("https://idp", "7", "oda", "Oda", Role.ANALYST)
    entered = login.by_provider(vouched, HERE)
    assert sessions.visit(desk, entered.session.token, HOURS).person.role == Role.ANALYST
    with pytest.raises(PolicyError):
        login.by_password("oda", "", HERE)
