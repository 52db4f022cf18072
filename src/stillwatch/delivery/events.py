"""The kinds of events that a receiver can subscribe to, and one event as the outbox takes it."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["EventKind", "OutboxEvent"]


class EventKind(StrEnum):
    """What a receiver can subscribe to. The values appear in messages and in the database."""

    CASE_OPENED = "case.opened"
    CASE_JUDGED = "case.judged"
    CASE_CLOSED = "case.closed"
    ACTION_PLANNED = "action.planned"
    ACTION_IN_FORCE = "action.in_force"
    ACTION_UNDONE = "action.undone"
    ACCOUNT_ASKED = "account.asked"
    APPEAL_RECEIVED = "appeal.received"
    APPEAL_ANSWERED = "appeal.answered"


@dataclass(frozen=True, slots=True)
class OutboxEvent:
    """One event. ``case_id`` is null where the audit entry does not name the case."""

    kind: EventKind
    case_id: int | None
