from datetime import timedelta

import pytest
import sqlalchemy as sa

from stillwatch.cases import Permission, Role
from stillwatch.cases.access import sessions, users
from stillwatch.cases.access.sessions import Hours
from stillwatch.cases.store.access_schema import SignIn

HOURS = Hours(absolute=timedelta(hours=12), idle=timedelta(hours=2))


@pytest.fixture
def anna(desk):
    with desk.work(users.HOUSE, Permission.ADMINISTER) as work:
        return users.create(work, "anna", display="Anna", role=Role.ANALYST)


def _start(desk, person, **more):
    with desk.bookkeeping() as look:
        return sessions.start(look, person.user_id, HOURS, **more)


def _rows(desk):
    with desk.look() as look:
        return [(row.digest, row.seen_at) for row in look.session.scalars(sa.select(SignIn))]


def test_a_session_is_known_by_its_token_alone(desk, anna):
    opened = _start(desk, anna)
    visit = sessions.visit(desk, opened.token, HOURS)
    assert (visit.person, visit.csrf) == (anna, opened.csrf)
    for wrong in ("", opened.token[:-1], opened.token + "x", opened.csrf, visit.digest):
        assert sessions.visit(desk, wrong, HOURS) is None


def test_the_database_holds_no_token(desk, anna):
    opened = _start(desk, anna)
    with desk.look() as look:
        row = look.session.execute(sa.select(SignIn.__table__)).one()
    assert opened.token not in " ".join(map(str, row))


def test_a_session_ends_for_want_of_use(desk, anna, clock):
    token = _start(desk, anna).token
    for _ in range(3):
        clock.now += timedelta(minutes=119)
        assert sessions.visit(desk, token, HOURS) is not None
    clock.now += timedelta(hours=2)
    assert sessions.visit(desk, token, HOURS) is None


def test_a_session_ends_however_much_it_is_used(desk, anna, clock):
    token = _start(desk, anna).token
    for _ in range(11):
        clock.now += timedelta(hours=1)
        assert sessions.visit(desk, token, HOURS) is not None
    clock.now += timedelta(hours=1)
    assert sessions.visit(desk, token, HOURS) is None


def test_being_seen_is_written_once_a_minute(desk, anna, clock):
    token = _start(desk, anna).token
    (first,) = _rows(desk)
    clock.now += timedelta(seconds=59)
    sessions.visit(desk, token, HOURS)
    assert _rows(desk) == [first]
    clock.now += timedelta(seconds=1)
    sessions.visit(desk, token, HOURS)
    assert _rows(desk) == [(first[0], clock.now)]


def test_a_new_session_takes_the_place_of_an_old_one(desk, anna):
    first = _start(desk, anna)
    digest = sessions.visit(desk, first.token, HOURS).digest
    second = _start(desk, anna, instead_of=digest)
    assert sessions.visit(desk, first.token, HOURS) is None
    assert sessions.visit(desk, second.token, HOURS) is not None
    assert (second.token, second.csrf) != (first.token, first.csrf)


def test_sessions_that_ended_are_swept_away(desk, anna, clock):
    _start(desk, anna)
    clock.now += timedelta(hours=3)
    _start(desk, anna)
    assert len(_rows(desk)) == 1


def test_an_ended_session_stays_ended(desk, anna):
    opened, other = _start(desk, anna), _start(desk, anna)
    with desk.work(anna.actor(), Permission.VIEW) as work:
        sessions.end(work, sessions.visit(desk, opened.token, HOURS).digest)
    assert sessions.visit(desk, opened.token, HOURS) is None
    assert sessions.visit(desk, other.token, HOURS) is not None
