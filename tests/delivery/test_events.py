import pytest

from stillwatch.delivery.events import EventKind, OutboxEvent


def test_kinds_are_spelled_as_receivers_know_them():
    assert [str(kind) for kind in EventKind] == [
        "case.opened", "case.judged", "case.closed", "action.planned", "action.in_force", "action.undone",
        "account.asked", "appeal.received", "appeal.answered",
    ]  # fmt: skip


def test_an_event_does_not_change():
    event = OutboxEvent(EventKind.CASE_OPENED, None)
    with pytest.raises(AttributeError):
        event.case_id = 1
