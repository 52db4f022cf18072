from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from stillwatch.console.web.request_types import AccountId, Accounts, Moment, Text

UTC_NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("given", ["2026-04-01T12:00", "2026-04-01T12:00Z", "2026-04-01T14:00+02:00"])
def test_a_moment_without_a_zone_is_in_utc(given):
    found = TypeAdapter(Moment).validate_python(given)
    assert (found, found.utcoffset()) == (UTC_NOON, UTC_NOON.utcoffset())


@pytest.mark.parametrize("given", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "soon", ""])
def test_no_such_moment(given):
    with pytest.raises(ValidationError):
        TypeAdapter(Moment).validate_python(given)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("a\r\n\n  b \nc", ["a", "b", "c"]),
        (["a", " b "], ["a", "b"]),
        (" \n ", []),
        (["a\u2028b"], ["a\u2028b"]),
        ("a\u2028b", ["a\u2028b"]),
    ],
)
def test_accounts_are_lines_or_a_list(given, found):
    assert TypeAdapter(Accounts).validate_python(given) == found


@pytest.mark.parametrize("kind", [AccountId, Text])
@pytest.mark.parametrize("given", ["a\x00b", "\ud800", "", "   ", "x" * 501])
def test_what_no_database_takes_is_refused_at_the_door(kind, given):
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(given)
