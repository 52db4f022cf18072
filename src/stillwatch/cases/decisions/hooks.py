"""Receivers of case events: where they are, what they wait for, in which shape, and how they know that it is us.

The signing secret is derived from the key of the audit log and a salt, so neither it nor a receiver's key can be read
from the database alone.
"""

import base64
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

import sqlalchemy as sa
from cryptography.fernet import Fernet

from stillwatch.cases.access.desk import Desk, Look, Work
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.store.records_schema import Delivery, Hook
from stillwatch.cases.store.text_limits import said
from stillwatch.delivery.outbox import EventKind, State
from stillwatch.delivery.public_addresses import is_public, literal
from stillwatch.errors import InputError, MissingError

__all__ = [
    "Receiver", "Shape", "Wish", "add", "api_key_of", "listed", "remove", "resume", "retry", "secret_of", "stop",
]  # fmt: skip

MOST = 50
_LOCAL = ("localhost", "127.0.0.1", "::1")


class Shape(StrEnum):
    """What a message looks like: our own, one for an Osprey label sink, one for a Coop review item."""

    EVENT = "event"
    OSPREY = "osprey"
    COOP = "coop"


_TYPE_NAMES: Mapping[Shape, str] = {Shape.EVENT: "", Shape.OSPREY: "User", Shape.COOP: ""}


@dataclass(frozen=True, slots=True)
class Wish:
    """A receiver to add; ``type_name`` is what an account is called there (Osprey), or the item type's id (Coop)."""

    name: str
    url: str
    kinds: Collection[EventKind]
    shape: Shape = Shape.EVENT
    type_name: str = ""
    api_key: str = ""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiver, without its secrets, and what became of what was sent to it."""

    hook_id: int
    name: str
    url: str
    shape: Shape
    kinds: tuple[EventKind, ...]
    type_name: str
    has_api_key: bool
    made_at: datetime
    made_by: str
    stopped_at: datetime | None
    counts: Mapping[State, int]
    last_at: datetime | None
    outcome: str


def add(work: Work, wish: Wish, *, private: bool) -> tuple[Receiver, str]:
    """Add a receiver; return it with its secret, shown this once. *private* allows networks of one's own."""
    work.actor.require(Permission.ADMINISTER)
    name, url = said(wish.name, "name", most=80), _checked(wish.url, private=private)
    kinds = [str(kind) for kind in EventKind if kind in set(wish.kinds)]
    type_name = wish.type_name.strip() or _TYPE_NAMES[wish.shape]
    if not kinds:
        raise InputError("it would wait for nothing", where="kinds", remedy="Choose one kind of event at least.")
    if wish.shape is Shape.COOP and not type_name:
        raise InputError("Coop needs an item type", where="type_name", remedy="Give the id that its dashboard shows.")
    if type_name:
        said(type_name, "type", most=200)
    if wish.api_key and not (wish.api_key.isascii() and wish.api_key.isprintable() and len(wish.api_key) <= 500):
        raise InputError("not a key that a header can carry", where="api_key", remedy="Copy it again.")
    if len(listed(work)) >= MOST:
        raise InputError(f"there are {MOST} receivers, which is the most", where="hooks", remedy="Remove one first.")
    salt = secrets.token_hex(16)
    row = Hook(
        name=name,
        url=url,
        shape=str(wish.shape),
        kinds=kinds,
        type_name=type_name if wish.shape is not Shape.EVENT else "",
        salt=salt,
        api_key=_locked(work, salt, wish.api_key),
        made_at=work.now,
        made_by=work.actor.name,
    )
    work.session.add(row)
    work.session.flush()
    host = urlsplit(url).netloc
    work.record("webhook added", f"webhook {row.hook_id}", name=name, host=host, shape=row.shape, kinds=kinds)
    return _receiver(row, {}, None), secret_of(work, salt)


def listed(look: Look) -> list[Receiver]:
    """Return the receivers, the oldest first."""
    counts: dict[int, dict[State, int]] = {}
    tally = sa.select(Delivery.hook_id, Delivery.state, sa.func.count()).group_by(Delivery.hook_id, Delivery.state)
    for hook_id, state, n in look.session.execute(tally):
        counts.setdefault(hook_id, {})[State(state)] = n
    newest = sa.select(Delivery.hook_id, sa.func.max(Delivery.last_at)).group_by(Delivery.hook_id)
    lasts = {hook_id: at for hook_id, at in look.session.execute(newest) if at is not None}
    rows = look.session.scalars(sa.select(Hook).where(Hook.removed_at.is_(None)).order_by(Hook.hook_id)).all()
    return [_receiver(row, counts.get(row.hook_id, {}), _last(look, row.hook_id, lasts)) for row in rows]


def remove(work: Work, hook_id: int) -> None:
    """Drop a receiver, and with it what still waits for it."""
    row = _row(work, hook_id)
    row.removed_at = work.now
    waiting = sa.update(Delivery).where(Delivery.hook_id == hook_id, Delivery.state == State.WAITING)
    work.session.execute(waiting.values(state=str(State.DROPPED), body=None))
    work.record("webhook removed", f"webhook {hook_id}")


def stop(work: Work, hook_id: int, why: str) -> None:
    """Send a receiver nothing for now: what happens meanwhile is not kept for it; what waits stays."""
    row = _row(work, hook_id)
    row.stopped_at = row.stopped_at or work.now
    work.record("webhook stopped", f"webhook {hook_id}", why=said(why, "reason"))


def resume(work: Work, hook_id: int) -> None:
    """Send a receiver what waits and what comes from now on."""
    _row(work, hook_id).stopped_at = None
    work.record("webhook resumed", f"webhook {hook_id}")


def retry(work: Work, hook_id: int) -> int:
    """Take up again what was given up for a receiver; return how many messages."""
    _row(work, hook_id)
    given_up = sa.update(Delivery).where(Delivery.hook_id == hook_id, Delivery.state == State.GIVEN_UP)
    done = work.session.execute(given_up.values(state=str(State.WAITING), tries=0, next_at=work.now))
    n = int(done.rowcount)  # type: ignore[attr-defined]
    work.record("webhook retried", f"webhook {hook_id}", n_messages=n)
    return n


def secret_of(keeper: Desk | Work, salt: str) -> str:
    """Return the secret of a receiver, spelled as Standard Webhooks does."""
    return f"whsec_{base64.b64encode(keeper.derived('webhook secret', salt)).decode()}"


def api_key_of(keeper: Desk | Work, salt: str, locked: str | None) -> str:
    """Return the key that the receiver wants to see in ``X-API-KEY``; empty where it wants none."""
    return _lock(keeper, salt).decrypt(locked.encode()).decode() if locked else ""


def _locked(keeper: Desk | Work, salt: str, api_key: str) -> str | None:
    return _lock(keeper, salt).encrypt(api_key.encode()).decode() if api_key else None


def _lock(keeper: Desk | Work, salt: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(keeper.derived("webhook key", salt)))


def _checked(url: str, *, private: bool) -> str:
    """Return *url* if something may be sent there, as far as it can be told without asking anybody."""
    url = url.strip()
    fits = 0 < len(url) <= 500 and url.isascii() and url.isprintable() and not set(url) & set(' \\"<>')
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError as error:
        raise _unfit("not an address") from error
    host = parts.hostname or ""
    if not fits or not host or parts.username is not None or parts.fragment or port == 0:
        raise _unfit("not an address that something can be sent to")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOCAL):
        raise _unfit("without https, what is sent can be read on the way")
    number = literal(host)
    if not private and (host == "localhost" or (number is not None and not is_public(number))):
        raise InputError(
            "this address is in a network of its own",
            where="url",
            remedy="Whoever runs this console can allow such with console.webhooks_to_private.",
        )
    return url


def _unfit(what: str) -> InputError:
    return InputError(what, where="url", remedy="Write https://HOST/PATH; http is for this machine alone.")


def _row(work: Work, hook_id: int) -> Hook:
    row = work.row(Hook, hook_id)
    if row is None or row.removed_at is not None:
        raise MissingError("there is no such receiver", where="hooks", remedy="See the list of receivers.")
    return row


def _last(look: Look, hook_id: int, lasts: Mapping[int, datetime]) -> Delivery | None:
    if hook_id not in lasts:
        return None
    query = sa.select(Delivery).where(Delivery.hook_id == hook_id, Delivery.last_at == lasts[hook_id])
    return look.session.scalars(query.order_by(Delivery.delivery_id.desc()).limit(1)).first()


def _receiver(row: Hook, counts: Mapping[State, int], last: Delivery | None) -> Receiver:
    return Receiver(
        hook_id=row.hook_id,
        name=row.name,
        url=row.url,
        shape=Shape(row.shape),
        kinds=tuple(EventKind(kind) for kind in row.kinds),
        type_name=row.type_name,
        has_api_key=row.api_key is not None,
        made_at=row.made_at,
        made_by=row.made_by,
        stopped_at=row.stopped_at,
        counts={state: counts.get(state, 0) for state in State},
        last_at=last.last_at if last else None,
        outcome=last.outcome if last else "",
    )
