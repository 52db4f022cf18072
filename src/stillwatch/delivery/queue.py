"""Claims the messages that are due, and settles each try: delivered, tried again later, or given up.

A claim is a lease of five minutes. So two senders share the work, and a sender that is killed leaves no message behind:
its messages are due again when the lease ends. A receiver can therefore get a message twice; both copies have one id.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from stillwatch.delivery import outbox, receivers
from stillwatch.delivery.events import EventKind
from stillwatch.delivery.outbox import MessageState
from stillwatch.delivery.payloads import Shape
from stillwatch.delivery.receivers import KeyDerivation
from stillwatch.delivery.schema import Delivery, Hook
from stillwatch.errors import StillwatchError

__all__ = [
    "TRIES", "Compose", "DeliveryOutcome", "DueMessage", "MessageRequest", "claim", "is_any_due", "settle",
    "wait_after",
]  # fmt: skip

_WAITS = tuple(
    timedelta(seconds=s) for s in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)  # the example schedule of Standard Webhooks 1.0
TRIES = len(_WAITS) + 1
"""After this many tries, which takes about three days, a message is given up."""
_PER_RECEIVER = 5
_LEASE = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DueMessage:
    """A message to send now, with the secret that signs it. ``at`` is the time of the claim."""

    delivery_id: int
    message_id: str
    tries: int
    hook_id: int
    url: str
    body: str
    secret: str
    api_key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """The outcome of one try.

    ``what`` is a sentence for an administrator and holds no text of the receiver. ``is_gone`` means that the receiver
    wants no more messages. ``wait`` is how long the receiver asks to wait.
    """

    is_delivered: bool
    what: str
    is_gone: bool = False
    wait: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class MessageRequest:
    """What the caller needs to know to compose the bodies of a message."""

    kind: EventKind
    entry_seq: int
    case_id: int | None
    shape: Shape
    type_name: str


Compose = Callable[[MessageRequest], Sequence[str]]
"""Returns the bodies of a message, at least one; a long list of accounts needs more than one.

It may raise ``StillwatchError``, ``LookupError``, ``ValueError`` or SQLAlchemy's ``NoResultFound``.
"""


def is_any_due(session: Session, now: datetime) -> bool:
    """Return whether a message is due at *now*. This only reads."""
    return session.execute(_due(now).with_only_columns(Delivery.delivery_id).limit(1)).first() is not None


def claim(
    session: Session, now: datetime, derive: KeyDerivation, compose: Compose, *, count: int = 20
) -> list[DueMessage]:
    """Claim at most *count* messages that are due at *now*, in the transaction of *session*.

    *compose* is called once per message, before its first try. A message that it cannot compose is given up.
    """
    claimed = []
    for delivery, hook in session.execute(_fairly(now, count).with_for_update(skip_locked=True, of=Delivery)).all():
        if delivery.body is None and not _write(session, now, delivery, hook, compose):
            continue
        delivery.tries, delivery.next_at = delivery.tries + 1, now + _LEASE
        claimed.append(
            DueMessage(
                delivery_id=delivery.delivery_id,
                message_id=delivery.message_id,
                tries=delivery.tries,
                hook_id=hook.hook_id,
                url=hook.url,
                body=delivery.body or "",
                secret=receivers.secret_of(derive, hook.salt),
                api_key=receivers.api_key_of(derive, hook.salt, hook.api_key),
                at=now,
            )
        )
    return claimed


def settle(session: Session, now: datetime, due: DueMessage, outcome: DeliveryOutcome) -> MessageState:
    """Store the outcome of a try and return the new state of the message.

    Nothing changes where another sender claimed the message after the lease ended. A message waits for the longer of
    the schedule and what the receiver asks for, the latter at most a day. After ``TRIES`` tries it is given up.
    """
    row = session.get_one(Delivery, due.delivery_id)
    if row.state != MessageState.WAITING or row.tries != due.tries:
        return MessageState(row.state)
    row.last_at, row.outcome = now, outcome.what
    if outcome.is_delivered:
        # The audit log says what happened, so the body is not kept.
        row.state, row.body = str(MessageState.DELIVERED), None
    elif row.tries >= TRIES or outcome.is_gone:
        row.state = str(MessageState.GIVEN_UP)
    else:
        row.next_at = now + max(wait_after(row.tries, row.message_id), min(outcome.wait, _LONGEST_WAIT))
    return MessageState(row.state)


def wait_after(tries: int, message_id: str) -> timedelta:
    """Return the wait after that many tries: the schedule plus up to a tenth, so that messages do not come back at
    once.

    The extra time depends on *message_id* and *tries* only.
    """
    drawn = int.from_bytes(sha256(f"{message_id}.{tries}".encode()).digest()[:4], "big") / 2**32
    return _WAITS[min(tries, len(_WAITS)) - 1] * (1 + drawn / 10)


def _due(now: datetime) -> Any:
    return (
        sa.select(Delivery, Hook)
        .join(Hook, Hook.hook_id == Delivery.hook_id)
        .where(Delivery.state == MessageState.WAITING, Delivery.next_at <= now, Hook.stopped_at.is_(None))
    )


def _fairly(now: datetime, count: int) -> Any:
    """Return the query for due messages, the longest overdue first, at most a few per receiver.

    The limit per receiver keeps a slow receiver from holding up the others.
    """
    place = sa.func.row_number().over(partition_by=Delivery.hook_id, order_by=(Delivery.next_at, Delivery.delivery_id))
    ranked = _due(now).with_only_columns(Delivery.delivery_id, place.label("place")).subquery()
    few = sa.select(ranked.c.delivery_id).where(ranked.c.place <= _PER_RECEIVER)
    chosen = sa.select(Delivery, Hook).join(Hook, Hook.hook_id == Delivery.hook_id)
    # The state is checked again: on PostgreSQL another sender may have claimed the row since the list was made.
    chosen = chosen.where(
        Delivery.delivery_id.in_(few), Delivery.state == MessageState.WAITING, Delivery.next_at <= now
    )
    return chosen.order_by(Delivery.next_at, Delivery.delivery_id).limit(count)


def _write(session: Session, now: datetime, delivery: Delivery, hook: Hook, compose: Compose) -> bool:
    """Write the body of a message, and a further message for each further body.

    A message that cannot be composed is given up, so that it holds up no other.
    """
    try:
        request = MessageRequest(
            EventKind(delivery.kind), delivery.entry, delivery.case_id, Shape(hook.shape), hook.type_name
        )
        first, *others = compose(request)
    except (StillwatchError, NoResultFound, LookupError, ValueError):
        delivery.state, delivery.last_at = str(MessageState.GIVEN_UP), now
        delivery.outcome = "The message could not be composed."
        return False
    delivery.body = first
    for text in others:
        session.add(
            Delivery(
                message_id=outbox.message_id(),
                hook_id=delivery.hook_id,
                entry=delivery.entry,
                kind=delivery.kind,
                case_id=delivery.case_id,
                body=text,
                state=str(MessageState.WAITING),
                tries=0,
                next_at=now,
                outcome="",
            )
        )
    return True
