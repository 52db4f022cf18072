"""Writes one message per event and subscribed receiver into the outbox.

The message is written in the transaction of the audit entry, so the database holds both or neither. The body is
composed when the message is first sent, so an event costs the writer one row per receiver.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from stillwatch.delivery.events import OutboxEvent
from stillwatch.delivery.schema import Delivery, Hook

__all__ = ["MessageState", "message_id", "put"]


class MessageState(StrEnum):
    """The state of a message. The values appear in the database."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"


def put(connection: Connection, events: Sequence[OutboxEvent], entry_seq: int, at: datetime) -> None:
    """Write a message for each of *events* and each active receiver that subscribes to its kind.

    *entry_seq* is the number of the audit entry. *at* is when the first try is due. The messages belong to the
    transaction of *connection*. A stopped or removed receiver gets no message.
    """
    if not events:
        return
    active = sa.select(Hook.hook_id, Hook.kinds).where(Hook.removed_at.is_(None), Hook.stopped_at.is_(None))
    rows = [
        {
            "message_id": message_id(),
            "hook_id": hook_id,
            "entry": entry_seq,
            "kind": str(event.kind),
            "case_id": event.case_id,
            "state": str(MessageState.WAITING),
            "tries": 0,
            "next_at": at,
            "outcome": "",
        }
        for hook_id, kinds in connection.execute(active.order_by(Hook.hook_id)).all()
        for event in events
        if event.kind in kinds
    ]
    if rows:
        connection.execute(sa.insert(Delivery), rows)


def message_id() -> str:
    """Return a new message id. It holds no full stop, because the signature joins its parts with full stops."""
    return f"msg_{secrets.token_hex(16)}"
