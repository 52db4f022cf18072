from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from stillwatch.cases.store.access_schema import ApiToken, OneTimeLink, SignIn, User
from stillwatch.tables.sql import SqlTable

NOW = datetime(2026, 4, 1, tzinfo=UTC)


def _user(**other: object) -> User:
    return User(**{"name": "Anna", "name_key": "anna", "display": "A", "role": "viewer", "created_at": NOW, **other})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"name": "ANNA"}),
        ({"issuer": "https://i", "subject": "1"}, {"issuer": "https://i", "subject": "1", "name_key": "b"}),
    ],
)
def test_names_and_subjects_are_taken_once(desk, first, second):
    with desk.bookkeeping() as look:
        look.session.add(_user(**first))
        look.session.flush()
        look.session.add(_user(**second))
        with pytest.raises(IntegrityError):
            look.session.flush()
        look.session.rollback()


def test_users_without_a_provider_do_not_collide(desk):
    with desk.bookkeeping() as look:
        look.session.add_all([_user(), _user(name_key="ben")])
        look.session.flush()


def test_what_lets_somebody_in_has_no_column_but_its_digest():
    for table in (SignIn, OneTimeLink, ApiToken):
        names = set(table.__table__.columns.keys())
        assert "digest" in names
        assert not {"token", "text", "secret", "password"} & names


def test_the_tables_are_in_the_one_model():
    assert {"users", "sessions", "one_time_links", "api_tokens", "login_failures", "known_devices"} <= set(
        SqlTable.metadata.tables
    )
