"""What the ledgers of a replay have in common: an entry with its details read, and a difference that was found."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from stillwatch.cases.access.desk import Look
from stillwatch.cases.store import audit
from stillwatch.cases.store.text_limits import account_facts
from stillwatch.signing.hash_chain import ChainEntry

__all__ = ["Difference", "Ledger", "LoggedEntry", "digest_of", "logged", "moment", "same_moment", "unlike"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One row, or one missing row, that says something else than the log. ``entry`` is the entry that says otherwise,
    null where no entry speaks of the row.
    """

    where: str
    what: str
    entry: int | None


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """One entry of the log. ``kind`` and ``name`` are the two parts of its subject, such as *case* and *12*."""

    seq: int
    at: str
    actor: str
    action: str
    kind: str
    name: str
    details: dict[str, Any]

    @property
    def number(self) -> int:
        """Return the name as a number; 0 where it is none."""
        return int(self.name) if self.name.isascii() and self.name.isdigit() else 0


class Ledger(Protocol):
    """Follows the entries about one kind of row."""

    def take(self, entry: LoggedEntry) -> None:
        """Follow one entry. Entries come in the order of the log."""

    def compare(self, look: Look) -> Iterator[Difference]:
        """Yield where the tables say something else than the entries that were followed."""


def logged(entry: ChainEntry) -> LoggedEntry:
    """Return *entry* with its details read."""
    kind, _, name = entry.subject.partition(" ")
    return LoggedEntry(entry.seq, entry.at, entry.actor, entry.action, kind, name, json.loads(entry.details))


def digest_of(accounts: Collection[str]) -> str:
    """Return the digest by which entries name a set of accounts."""
    return str(account_facts(accounts)["accounts_sha256"])


def moment(at: datetime | None) -> str | None:
    """Return a time of a table in the form of the log."""
    return None if at is None else audit.stamp(at)


def same_moment(at: datetime | None, text: str | None) -> bool:
    """Return whether a time of a table is the one that a detail of an entry holds as ISO 8601."""
    return at is None if text is None else at is not None and at == datetime.fromisoformat(text)


def unlike(where: str, entry: int, **pairs: tuple[object, object]) -> Iterator[Difference]:
    """Yield a difference for each pair (table, log) whose values differ. The name of the pair is that of the column."""
    for name, (held, told) in pairs.items():
        if held != told:
            yield Difference(where, f"{name.replace('_', ' ')} differs from the log", entry)
