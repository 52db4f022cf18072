"""A successor: opened within hours of a closure, not before it and not days after."""

import pytest

CLOSED = "2026-03-01T10:20:00+00:00"


@pytest.mark.parametrize(
    ("opened", "linked"),
    [
        ("2026-03-01T10:40:00+00:00", True),
        ("2026-03-01T12:59:00+00:00", True),
        ("2026-03-01T13:00:00+00:00", False),
        ("2026-03-01T09:59:00+00:00", False),
        ("2026-03-02T10:40:00+00:00", False),
    ],
)
def test_within_hours_after(find, facts, opened, linked):
    rows = facts("closed_at", {"a": CLOSED}) + facts("created_at", {"b": opened})
    assert bool(find("successor", attributes=rows)) is linked


def test_accounts_opened_when_none_was_closed_share_nothing(find, facts):
    assert find("successor", attributes=facts("created_at", dict.fromkeys("ab", CLOSED))) == []


def test_accounts_that_one_sweep_closed_do_not_succeed_each_other(find, facts):
    assert find("successor", attributes=facts("closed_at", {"a": CLOSED, "b": CLOSED})) == []
