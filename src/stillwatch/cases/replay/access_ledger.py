"""Replays sessions and one-time links: each that works must have been made by an entry, for the same user.

A row that is missing takes access away and gives none, so it is no difference. Entries of earlier versions do not name
the session or link; a row that was made at the moment of such an entry is taken to be the one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa

from stillwatch.cases.access import bearer
from stillwatch.cases.access.desk import Look
from stillwatch.cases.replay.ledger import Difference, LoggedEntry, moment, same_moment
from stillwatch.cases.store.access_schema import OneTimeLink, SignIn, User

__all__ = ["LinkLedger", "SessionLedger"]

_FIRST = "administrators"
"""The subject of entries about the link that makes the first administrator, which has no user."""


@dataclass(slots=True)
class _Made:
    """What entries made: by digest, and for entries without one by moment and owner."""

    named: dict[str, LoggedEntry] = field(default_factory=dict)
    unnamed: dict[tuple[str, str], LoggedEntry] = field(default_factory=dict)

    def take(self, entry: LoggedEntry, digest: str | None) -> None:
        """Follow an entry that made one."""
        if digest is None:
            self.unnamed[entry.at, entry.name or entry.kind] = entry
        else:
            self.named[digest] = entry

    def found(self, digest: str, owner: str, at: str | None) -> LoggedEntry | None:
        """Return the entry that made the row with *digest* for *owner*; null where there is none."""
        entry = self.named.get(bearer.digest(digest)) or self.unnamed.get((at or "", owner))
        return entry if entry is not None and (entry.name or entry.kind) == owner else None


class SessionLedger:
    """Follows the entries that start sessions."""

    def __init__(self) -> None:
        self._made = _Made()

    def take(self, entry: LoggedEntry) -> None:
        """Follow one entry."""
        if entry.action == "signed in":
            self._made.take(entry, entry.details.get("session_sha256"))

    def compare(self, look: Look) -> Iterator[Difference]:
        """Yield the sessions that no entry started for their user, and those that last longer."""
        query = sa.select(SignIn, User.name).outerjoin(User, User.user_id == SignIn.user_id)
        for row, owner in look.session.execute(query.order_by(SignIn.created_at, SignIn.digest)):
            where = f"a session of user {owner}"
            told = self._made.found(row.digest, owner or "", moment(row.created_at))
            if told is None:
                yield Difference(where, "no entry of the log started it", None)
            else:
                yield from _end(where, row, told)


class LinkLedger:
    """Follows the entries that make, use and end one-time links."""

    def __init__(self) -> None:
        self._made = _Made()
        self._ended: dict[str, int] = {}
        """The last entry that ended every earlier link of an owner."""

    def take(self, entry: LoggedEntry) -> None:
        """Follow one entry."""
        owner = entry.name or entry.kind
        if entry.action == "link made":
            self._made.take(entry, entry.details.get("link_sha256"))
        if entry.action in ("link made", "link used", "user disabled", "user enabled", "user shut out"):
            self._ended[owner] = entry.seq

    def compare(self, look: Look) -> Iterator[Difference]:
        """Yield the links that work although no entry made them for their user, or although one ended them."""
        query = sa.select(OneTimeLink, User.name).outerjoin(User, User.user_id == OneTimeLink.user_id)
        works = query.where(OneTimeLink.used_at.is_(None)).order_by(OneTimeLink.made_at, OneTimeLink.digest)
        for row, name in look.session.execute(works):
            owner = _FIRST if row.user_id is None else name or ""
            where = f"a one-time link of {owner if row.user_id is None else f'user {owner}'}"
            told = self._made.found(row.digest, owner, moment(row.made_at))
            if told is None or row.purpose != told.details.get("purpose"):
                yield Difference(where, "no entry of the log made it", None)
            elif self._ended[owner] > told.seq:
                yield Difference(where, "it works again after it was ended", self._ended[owner])
            else:
                yield from _end(where, row, told)


def _end(where: str, row: SignIn | OneTimeLink, told: LoggedEntry) -> Iterator[Difference]:
    # Earlier versions did not write the end into the log.
    if "expires_at" in told.details and not same_moment(row.expires_at, told.details["expires_at"]):
        yield Difference(where, "end differs from the log", told.seq)
