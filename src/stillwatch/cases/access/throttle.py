"""Limits failed password attempts: each lane allows a few attempts freely, then asks for growing waits.

An attempt is counted before the password is checked, so parallel attempts gain nothing. Each user name has one lane for
unknown browsers, and each address has one lane over all names. A browser in which the user has signed in before has a
lane of its own and uses neither of these. So a user whose password others guess can still sign in at a known browser.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.access.users import known_as
from stillwatch.cases.store.access_schema import KnownDevice, Try, User

__all__ = ["Lane", "forgive", "lanes", "remember", "take", "touch"]

_FORGOTTEN = timedelta(days=1)
_LONGEST_S = 900
_FREE_BY_NAME, _FREE_BY_ADDRESS = 5, 20
_KNOWN_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Lane:
    """One counter of attempts. The first ``free`` ones need no wait.

    After a success the counter is reset where ``forgets`` is true; otherwise only that attempt is taken back.
    """

    key: str
    free: int
    forgets: bool


def lanes(look: Look, name: str, address: str, device: str | None) -> list[Lane]:
    """Return the lanes of an attempt at *name* from *address*. *device* is the digest of the browser's device token."""
    if device is not None and _is_known(look, name, device):
        return [Lane(_key("device", device), _FREE_BY_NAME, forgets=True)]
    return [
        Lane(_key("name", known_as(name)), _FREE_BY_NAME, forgets=True),
        Lane(_key("address", _network(address)), _FREE_BY_ADDRESS, forgets=False),
    ]


def take(look: Look, wanted: Sequence[Lane]) -> timedelta | None:
    """Count an attempt in the lanes *wanted* and return ``None``.

    Where a lane is closed, count nothing and return the wait.
    """
    look.session.execute(sa.delete(Try).where(Try.last_at <= look.now - _FORGOTTEN))
    # Rows are locked in the order of their keys, so that two attempts on PostgreSQL cannot deadlock.
    rows = [_row(look, lane) for lane in sorted(wanted, key=lambda lane: lane.key)]
    opens = max(row.open_at for row in rows)
    if opens > look.now:
        return opens - look.now
    free = {lane.key: lane.free for lane in wanted}
    for row in rows:
        row.count, row.last_at = row.count + 1, look.now
        row.open_at = look.now + _wait(row.count - free[row.lane])
    return None


def forgive(look: Look, wanted: Sequence[Lane]) -> None:
    """Take back the attempt that succeeded, or reset the lane where it belongs to one user.

    The lane of an address is not reset. Otherwise the owner of one account could reset it between guesses at others.
    """
    for lane in wanted:
        row = _row(look, lane)
        row.count = 0 if lane.forgets else max(0, row.count - 1)
        row.open_at = look.now


def touch(look: Look, wanted: Sequence[Lane]) -> None:
    """Write the lanes *wanted* without a change, so that the refusal of an unknown name takes as long as another.

    The refusal of a known user is written to the audit log, which waits for the disk. This write waits as long.
    """
    keys = [lane.key for lane in wanted]
    look.session.execute(sa.update(Try).where(Try.lane.in_(keys)).values(last_at=look.now))


def remember(look: Look, user_id: int, device: str) -> None:
    """Remember the browser with the digest *device* for 90 days as one in which this user signed in."""
    look.session.execute(sa.delete(KnownDevice).where(KnownDevice.expires_at <= look.now))
    look.session.execute(sa.delete(KnownDevice).where(KnownDevice.digest == device))
    look.session.add(KnownDevice(digest=device, user_id=user_id, expires_at=look.now + _KNOWN_FOR))


def _is_known(look: Look, name: str, device: str) -> bool:
    query = sa.select(KnownDevice.expires_at).join(User, User.user_id == KnownDevice.user_id)
    until: datetime | None = look.session.scalar(
        query.where(KnownDevice.digest == device, User.name_key == known_as(name))
    )
    return until is not None and until > look.now


def _row(look: Look, lane: Lane) -> Try:
    row = look.session.get(Try, lane.key, with_for_update=True)
    if row is None:
        row = Try(lane=lane.key, count=0, last_at=look.now, open_at=look.now)
        look.session.add(row)
        look.session.flush()
    return row


def _wait(over: int) -> timedelta:
    return timedelta(seconds=0 if over < 0 else min(_LONGEST_S, 2 ** min(over, 20)))


def _key(kind: str, value: str) -> str:
    # A digest, because an unknown name may be a password in the wrong field, and an address is personal data. A search
    # over all values can still find them, so a row is deleted after a day.
    return sha256(f"{kind}:{value}".encode("utf-8", "surrogatepass")).hexdigest()


def _network(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)
