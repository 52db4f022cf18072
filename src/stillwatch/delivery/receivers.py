"""Adds, lists, stops, resumes and removes the receivers of messages, and derives their secrets.

The signing secret is derived from the signing key of the audit log and a salt. A receiver's API key is encrypted with a
key that is derived in the same way. So the database alone gives neither away.

The caller checks permissions and texts, and writes the audit log.
"""

import base64
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

from stillwatch.delivery.events import EventKind
from stillwatch.delivery.outbox import MessageState
from stillwatch.delivery.payloads import Shape
from stillwatch.delivery.public_addresses import is_public, literal
from stillwatch.delivery.schema import Delivery, Hook
from stillwatch.errors import InputError, MissingError

__all__ = [
    "MOST", "KeyDerivation", "NewReceiver", "Receiver", "add", "api_key_of", "listed", "remove", "resume", "retry",
    "secret_of", "stop",
]  # fmt: skip

MOST = 50
"""The most receivers at a time."""
KeyDerivation = Callable[[str, str], bytes]
"""A function of a purpose and a salt that returns 32 secret bytes, always the same for the same arguments."""
_LOCAL = ("localhost", "127.0.0.1", "::1")
_LARGEST_ID = 2**31 - 1
_TYPE_NAMES: Mapping[Shape, str] = {Shape.EVENT: "", Shape.OSPREY: "User", Shape.COOP: ""}


@dataclass(frozen=True, slots=True)
class NewReceiver:
    """A receiver to add.

    ``type_name`` is the entity type of an account (Osprey) or the id of the item type (Coop).
    """

    name: str
    url: str
    kinds: Collection[EventKind]
    shape: Shape = Shape.EVENT
    type_name: str = ""
    api_key: str = ""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiver without its secrets. ``counts`` are its messages by state, ``outcome`` is that of the last try."""

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
    counts: Mapping[MessageState, int]
    last_at: datetime | None
    outcome: str


def add(
    session: Session, new: NewReceiver, derive: KeyDerivation, *, now: datetime, made_by: str, private: bool
) -> tuple[Receiver, str]:
    """Add a receiver and return it with its signing secret, which no other function shows.

    *private* allows addresses in private networks. Raises ``InputError`` for a URL, an API key or a type name that does
    not fit, for no kind of event, and above ``MOST`` receivers.
    """
    url = _checked(new.url, private=private)
    kinds = [str(kind) for kind in EventKind if kind in set(new.kinds)]
    type_name = new.type_name.strip() or _TYPE_NAMES[new.shape]
    if not kinds:
        raise InputError("the receiver subscribes to no event", where="kinds", remedy="Choose at least one kind.")
    if new.shape is Shape.COOP and not type_name:
        raise InputError("Coop needs an item type", where="type_name", remedy="Give the id that its dashboard shows.")
    if new.api_key and not (new.api_key.isascii() and new.api_key.isprintable() and len(new.api_key) <= 500):
        raise InputError(
            "the API key cannot stand in an HTTP header",
            where="api_key",
            remedy="Give at most 500 printable ASCII characters.",
        )
    if len(listed(session)) >= MOST:
        raise InputError(f"there are {MOST} receivers, which is the most", where="hooks", remedy="Remove one first.")
    salt = secrets.token_hex(16)
    row = Hook(
        name=new.name,
        url=url,
        shape=str(new.shape),
        kinds=kinds,
        type_name=type_name if new.shape is not Shape.EVENT else "",
        salt=salt,
        api_key=_cipher(derive, salt).encrypt(new.api_key.encode()).decode() if new.api_key else None,
        made_at=now,
        made_by=made_by,
    )
    session.add(row)
    session.flush()
    return _receiver(row, {}, None), secret_of(derive, salt)


def listed(session: Session) -> list[Receiver]:
    """Return the receivers, the oldest first."""
    counts: dict[int, dict[MessageState, int]] = {}
    by_state = sa.select(Delivery.hook_id, Delivery.state, sa.func.count()).group_by(Delivery.hook_id, Delivery.state)
    for hook_id, state, n in session.execute(by_state):
        counts.setdefault(hook_id, {})[MessageState(state)] = n
    newest = sa.select(Delivery.hook_id, sa.func.max(Delivery.last_at)).group_by(Delivery.hook_id)
    lasts = {hook_id: at for hook_id, at in session.execute(newest) if at is not None}
    rows = session.scalars(sa.select(Hook).where(Hook.removed_at.is_(None)).order_by(Hook.hook_id)).all()
    return [_receiver(row, counts.get(row.hook_id, {}), _last(session, row.hook_id, lasts)) for row in rows]


def remove(session: Session, hook_id: int, now: datetime) -> None:
    """Remove a receiver and drop its pending messages. Raises ``MissingError`` where there is no such receiver."""
    _row(session, hook_id).removed_at = now
    pending = sa.update(Delivery).where(Delivery.hook_id == hook_id, Delivery.state == MessageState.WAITING)
    session.execute(pending.values(state=str(MessageState.DROPPED), body=None))


def stop(session: Session, hook_id: int, now: datetime) -> None:
    """Stop sending to a receiver. Pending messages stay; events from now on make no message for it.

    Raises ``MissingError`` where there is no such receiver.
    """
    row = _row(session, hook_id)
    row.stopped_at = row.stopped_at or now


def resume(session: Session, hook_id: int) -> None:
    """Send to a stopped receiver again. Raises ``MissingError`` where there is no such receiver."""
    _row(session, hook_id).stopped_at = None


def retry(session: Session, hook_id: int, now: datetime) -> int:
    """Make the messages that were given up for a receiver due again, and return how many.

    Raises ``MissingError`` where there is no such receiver.
    """
    _row(session, hook_id)
    given_up = sa.update(Delivery).where(Delivery.hook_id == hook_id, Delivery.state == MessageState.GIVEN_UP)
    done = session.execute(given_up.values(state=str(MessageState.WAITING), tries=0, next_at=now))
    return int(done.rowcount)  # type: ignore[attr-defined]


def secret_of(derive: KeyDerivation, salt: str) -> str:
    """Return the signing secret of a receiver in the form of Standard Webhooks 1.0, ``whsec_`` and base64."""
    return f"whsec_{base64.b64encode(derive('webhook secret', salt)).decode()}"


def api_key_of(derive: KeyDerivation, salt: str, encrypted: str | None) -> str:
    """Return the API key that the receiver expects in ``X-API-KEY``; empty where it expects none."""
    return _cipher(derive, salt).decrypt(encrypted.encode()).decode() if encrypted else ""


def _cipher(derive: KeyDerivation, salt: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derive("webhook key", salt)))


def _checked(url: str, *, private: bool) -> str:
    """Return *url* without blanks around it, checked without a name lookup."""
    url = url.strip()
    fits = 0 < len(url) <= 500 and url.isascii() and url.isprintable() and not set(url) & set(' \\"<>')
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError as error:
        raise _unfit("not a URL") from error
    host = parts.hostname or ""
    if not fits or not host or parts.username is not None or parts.fragment or port == 0:
        raise _unfit("not a URL that a message can be sent to")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOCAL):
        raise _unfit("without https, others on the network can read the messages")
    number = literal(host)
    if not private and (host == "localhost" or (number is not None and not is_public(number))):
        raise InputError(
            "this address is in a private network",
            where="url",
            remedy="The operator of this console can allow it with console.webhooks_to_private.",
        )
    return url


def _unfit(what: str) -> InputError:
    return InputError(what, where="url", remedy="Write https://HOST/PATH; http is allowed for this machine only.")


def _row(session: Session, hook_id: int) -> Hook:
    # A number outside the range of the column is an error of the database driver, so it is not asked for.
    row = session.get(Hook, hook_id) if 0 < hook_id <= _LARGEST_ID else None
    if row is None or row.removed_at is not None:
        raise MissingError("there is no such receiver", where="hooks", remedy="See the list of receivers.")
    return row


def _last(session: Session, hook_id: int, lasts: Mapping[int, datetime]) -> Delivery | None:
    if hook_id not in lasts:
        return None
    query = sa.select(Delivery).where(Delivery.hook_id == hook_id, Delivery.last_at == lasts[hook_id])
    return session.scalars(query.order_by(Delivery.delivery_id.desc()).limit(1)).first()


def _receiver(row: Hook, counts: Mapping[MessageState, int], last: Delivery | None) -> Receiver:
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
        counts={state: counts.get(state, 0) for state in MessageState},
        last_at=last.last_at if last else None,
        outcome=last.outcome if last else "",
    )
