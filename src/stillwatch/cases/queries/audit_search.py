"""Searches the audit log by actor, action, subject and time. The newest entry comes first."""

import re
from dataclasses import dataclass, fields

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.store.schema import AuditEntry
from stillwatch.errors import InputError, MissingError
from stillwatch.signing.hash_chain import ChainEntry, Head

__all__ = ["AuditFilter", "Found", "actions", "entry_of", "noted", "search"]

_NAMES = [field.name for field in fields(ChainEntry)]
_COLUMNS = [getattr(AuditEntry, name) for name in _NAMES]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """A filter of entries. A field without a value filters nothing.

    ``since`` and ``until`` (exclusive) are the start of a time as the log writes it, ISO 8601 in UTC, for example a
    day. ``before`` is the number of the last entry of the previous page.
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
    """One page of the matching entries.

    ``total`` is the number on all pages; ``has_more`` says whether older ones follow.
    """

    entries: tuple[ChainEntry, ...]
    total: int
    has_more: bool


def search(look: Look, wanted: AuditFilter) -> Found:
    """Return one page of the matching entries, the newest first."""
    asked = _conditions(wanted)
    total = look.session.execute(sa.select(sa.func.count()).select_from(AuditEntry).where(*asked)).scalar_one()
    query = sa.select(*_COLUMNS).where(*asked).order_by(AuditEntry.seq.desc()).limit(wanted.count + 1)
    if wanted.before is not None:
        query = query.where(AuditEntry.seq < wanted.before)
    rows = [ChainEntry(**row) for row in look.session.execute(query).mappings()]
    return Found(tuple(rows[: wanted.count]), total, len(rows) > wanted.count)


def actions(look: Look) -> list[str]:
    """Return every action in the log, sorted."""
    return list(look.session.scalars(sa.select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def entry_of(look: Look, seq: int) -> ChainEntry:
    """Return the entry of that number. Raises ``MissingError`` where there is none."""
    row = look.row(AuditEntry, seq)
    if row is None:
        raise MissingError("there is no such entry", where=f"entry {seq}", remedy="See the audit log.")
    return ChainEntry(**{name: getattr(row, name) for name in _NAMES})


def noted(text: str) -> Head | None:
    """Return the head that *text* spells as ENTRIES:DIGEST, or ``None`` for an empty text.

    Raises ``InputError`` for other text.
    """
    if not text.strip():
        return None
    found = re.fullmatch(r"([0-9]{1,15}):([0-9a-f]{64})", text.strip())
    if found is None:
        raise InputError("not a head", where="known", remedy="Give ENTRIES:DIGEST as the head was shown.")
    return Head(int(found[1]), found[2])


def _conditions(wanted: AuditFilter) -> list[sa.ColumnElement[bool]]:
    exact = ((AuditEntry.actor, wanted.actor), (AuditEntry.action, wanted.action), (AuditEntry.subject, wanted.subject))
    found: list[sa.ColumnElement[bool]] = [column == value.strip() for column, value in exact if value.strip()]
    # Times are stored as text in one format, so they sort as text.
    if wanted.since:
        found.append(AuditEntry.at >= wanted.since)
    if wanted.until:
        found.append(AuditEntry.at < wanted.until)
    return found
