"""The audit log as people read it: the newest first, by who, what, about what, and when."""

import re
from dataclasses import dataclass, fields

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.store.schema import AuditEntry
from stillwatch.errors import InputError, MissingError
from stillwatch.signing.hash_chain import Entry, Head

__all__ = ["Found", "Wanted", "actions", "entry_of", "noted", "search"]

_NAMES = [field.name for field in fields(Entry)]
_COLUMNS = [getattr(AuditEntry, name) for name in _NAMES]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: any field left out asks nothing.

    ``since`` and ``until`` (exclusive) begin as the log writes a moment, in UTC: a day will do. ``before`` is the
    number of the entry above the page.
    """

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""
    before: int | None = None
    count: int = 100


@dataclass(frozen=True, slots=True)
class Found:
    """Some entries of those that were asked for, of which there are ``total``; ``has_more`` is whether older follow."""

    entries: tuple[Entry, ...]
    total: int
    has_more: bool


def search(look: Look, wanted: Wanted) -> Found:
    """Return the entries wanted, the newest first."""
    asked = _conditions(wanted)
    total = look.session.execute(sa.select(sa.func.count()).select_from(AuditEntry).where(*asked)).scalar_one()
    query = sa.select(*_COLUMNS).where(*asked).order_by(AuditEntry.seq.desc()).limit(wanted.count + 1)
    if wanted.before is not None:
        query = query.where(AuditEntry.seq < wanted.before)
    rows = [Entry(**row) for row in look.session.execute(query).mappings()]
    return Found(tuple(rows[: wanted.count]), total, len(rows) > wanted.count)


def actions(look: Look) -> list[str]:
    """Return every kind of thing that was done, by name."""
    return list(look.session.scalars(sa.select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def entry_of(look: Look, seq: int) -> Entry:
    """Return the entry of that number; ``MissingError`` where there is none."""
    row = look.row(AuditEntry, seq)
    if row is None:
        raise MissingError("there is no such entry", where=f"entry {seq}", remedy="See the audit log.")
    return Entry(**{name: getattr(row, name) for name in _NAMES})


def noted(text: str) -> Head | None:
    """Return the head that somebody noted as ENTRIES:DIGEST, or nothing where *text* is empty."""
    if not text.strip():
        return None
    found = re.fullmatch(r"([0-9]{1,15}):([0-9a-f]{64})", text.strip())
    if found is None:
        raise InputError("not a head", where="known", remedy="Give ENTRIES:DIGEST as it was shown.")
    return Head(int(found[1]), found[2])


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    exact = ((AuditEntry.actor, wanted.actor), (AuditEntry.action, wanted.action), (AuditEntry.subject, wanted.subject))
    found: list[sa.ColumnElement[bool]] = [column == value.strip() for column, value in exact if value.strip()]
    # moments are texts of one form, which sort as they pass
    if wanted.since:
        found.append(AuditEntry.at >= wanted.since)
    if wanted.until:
        found.append(AuditEntry.at < wanted.until)
    return found
