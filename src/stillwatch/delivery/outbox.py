"""What other systems are told: every audit entry that they wait for leaves a message in the outbox, with the entry.

The message is written in the transaction of the entry, so none is lost and none is invented; what it says is read from
the database when it is first sent, so writing it costs the desk one row per receiver.
"""

import json
import secrets
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from stillwatch.cases.store.records_schema import Delivery, Hook
from stillwatch.signing.hash_chain import Entry

__all__ = ["EventKind", "State", "message_id", "put"]


class EventKind(StrEnum):
    """What a receiver can wait for."""

    CASE_OPENED = "case.opened"
    CASE_JUDGED = "case.judged"
    CASE_CLOSED = "case.closed"
    ACTION_PLANNED = "action.planned"
    ACTION_IN_FORCE = "action.in_force"
    ACTION_UNDONE = "action.undone"
    APPEAL_RECEIVED = "appeal.received"
    APPEAL_ANSWERED = "appeal.answered"


class State(StrEnum):
    """How far a message has come."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"


_KINDS = {
    "case opened": EventKind.CASE_OPENED,
    "judged": EventKind.CASE_JUDGED,
    "case closed": EventKind.CASE_CLOSED,
    "action planned": EventKind.ACTION_PLANNED,
    "action in_force": EventKind.ACTION_IN_FORCE,
    "action undone": EventKind.ACTION_UNDONE,
    "appeal received": EventKind.APPEAL_RECEIVED,
    "appeal answered": EventKind.APPEAL_ANSWERED,
}
_SCAN = "scan taken"
"""One entry that opens many cases: each is an event of its own."""


def put(link: Connection, entry: Entry, at: datetime) -> None:
    """Put what *entry* is to the receivers into the outbox, within the transaction of *link*."""
    events = list(_events(entry))
    if not events:
        return
    active = sa.select(Hook.hook_id, Hook.kinds).where(Hook.removed_at.is_(None), Hook.stopped_at.is_(None))
    rows = [
        {
            "message_id": message_id(),
            "hook_id": hook_id,
            "entry": entry.seq,
            "kind": str(kind),
            "case_id": case_id,
            "state": str(State.WAITING),
            "tries": 0,
            "next_at": at,
            "outcome": "",
        }
        for hook_id, kinds in link.execute(active.order_by(Hook.hook_id)).all()
        for kind, case_id in events
        if kind in kinds
    ]
    if rows:
        link.execute(sa.insert(Delivery), rows)


def message_id() -> str:
    """Return a new name for a message, without a full stop, which the signature uses between its parts."""
    return f"msg_{secrets.token_hex(16)}"


def _events(entry: Entry) -> Iterator[tuple[EventKind, int | None]]:
    """Yield what happened by *entry*, each with its case where the entry says so."""
    if entry.action == _SCAN:
        for case_id in json.loads(entry.details)["opened"]:
            yield EventKind.CASE_OPENED, case_id
    elif entry.action in _KINDS:
        what, _, number = entry.subject.partition(" ")
        yield _KINDS[entry.action], int(number) if what == "case" else None
