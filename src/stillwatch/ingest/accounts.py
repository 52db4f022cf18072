"""Reads the accounts file into the long table of attributes: one row per account, name and value."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.errors import FormatError, InputError
from stillwatch.ingest.parsing.format import RowFault, Skip
from stillwatch.ingest.parsing.values import EARLIEST, LATEST, Loose, instant
from stillwatch.ingest.rows.identifiers import Identifiers
from stillwatch.ingest.rows.rejects import RejectSink
from stillwatch.ingest.sources.byte_streams import Blocks, spooled
from stillwatch.ingest.sources.csv_rows import csv_records, dialect_of, header_of
from stillwatch.ingest.sources.locations import Source, expand
from stillwatch.ingest.sources.records import Found, json_records, parquet_records
from stillwatch.settings import IngestSettings
from stillwatch.tables import ATTRIBUTES

__all__ = ["attributes"]

_HEAD = 1 << 18
_ROWS = 8_192
_TIMES = ("created_at", "closed_at", "verified_at")
Fact = tuple[str, str, str, int | None]


def attributes(
    source: str | None, *, settings: IngestSettings, rejects: RejectSink, work: Path | None = None
) -> pa.RecordBatchReader:
    """Stream the attributes in *source* with the schema of ``tables.ATTRIBUTES``; None gives no rows.

    *source* is CSV, JSON Lines or Parquet, compressed or not, local or an fsspec URL, with one account per row. Every
    column except ``account_id`` becomes an attribute, also an unknown one; a list gives one attribute per value.
    ``email_domain`` is derived from ``email`` where it is missing. Times are written as ISO 8601 in UTC.
    ``created_at`` becomes ``first_at`` of every attribute of its account. A row without account, with an unreadable
    time or with a nested value is a reject. *work* is the folder for a copy of standard input.

    Raises ``InputError`` where the source as a whole cannot be read, ``FormatError`` where it has no ``account_id``.
    """
    sources = [] if source is None else expand([source], work=work)
    identifiers = Identifiers(settings.identifier_key.get_secret_value())
    return pa.RecordBatchReader.from_batches(
        ATTRIBUTES.schema, _batches(sources, settings.max_row_bytes, identifiers, rejects)
    )


def _batches(
    sources: Sequence[Source], most: int, identifiers: Identifiers, rejects: RejectSink
) -> Iterator[pa.RecordBatch]:
    for source in sources:
        facts = _facts(source, most, identifiers, rejects)
        while chunk := list(itertools.islice(facts, 8 * _ROWS)):
            accounts, names, found, first_at = zip(*chunk, strict=True)
            arrays = [
                pa.array(accounts, pa.string()),
                pa.array(names, pa.string()),
                pa.array(found, pa.string()),
                pa.array(first_at, ATTRIBUTES.column("first_at").type),
                pa.nulls(len(chunk), ATTRIBUTES.column("last_at").type),
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=ATTRIBUTES.schema)


def _facts(source: Source, most: int, identifiers: Identifiers, rejects: RejectSink) -> Iterator[Fact]:
    for position, record, _ in _records(source, most):
        if isinstance(record, Skip):  # a page without accounts
            continue
        try:
            found = _melted(record, identifiers)
        except (ValueError, OverflowError) as error:
            # Only messages of this file are written to rejects, because a library's message could quote the row.
            reason = error.args[0] if isinstance(error, _BrokenRow) else "a value cannot be read; text is right"
            rejects.add(source.name, position, reason)
            continue
        yield from found


class _BrokenRow(ValueError):  # noqa: N818 - never leaves this file; becomes a reject
    """A row without usable attributes; the message is the reason of the reject."""


def _records(source: Source, most: int) -> Iterator[Found]:
    if source.database:
        raise InputError("accounts are read from files", where=source.name, remedy="Export the table first.")
    blocks = Blocks(source)
    try:
        head = blocks.head(_HEAD)
        if head[:4] == b"PAR1":
            with source.open() if source.again else spooled(blocks) as raw:
                yield from parquet_records(_opened(raw, source.name))
        elif head.lstrip()[:1] in (b"{", b"["):
            yield from json_records(head, iter(blocks), most)
        elif head.strip():
            if "account_id" not in header_of(head):
                raise FormatError(
                    "no column account_id",
                    where=source.name,
                    remedy="Name the column of the account account_id.",
                )
            yield from csv_records(dialect_of(head), iter(blocks), most)
    finally:
        blocks.close()


def _opened(raw: BinaryIO, name: str) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(raw)
    except (pa.ArrowException, OSError) as error:
        raise InputError("not a whole Parquet file", where=name, remedy="Deliver it again.") from error


def _melted(record: Mapping[str, Any] | RowFault, identifiers: Identifiers) -> list[Fact]:
    if isinstance(record, RowFault):
        raise _BrokenRow(record.reason)
    account = _plain(record.get("account_id"))
    if not account:
        raise _BrokenRow("account_id is missing")
    facts = {name: _values(name, value) for name, value in record.items() if name != "account_id"}
    if not facts.get("email_domain"):
        facts["email_domain"] = [d for e in facts.get("email", ()) if (d := _domain(e))]
    facts["email_domain"] = [domain.lower() for domain in facts["email_domain"]]
    first_at = instant(facts["created_at"][0]) if facts.get("created_at") else None
    account = identifiers.hash("account_id", account) if identifiers else account
    return [
        (account, name, identifiers.attribute(name, value), first_at)
        for name, found in facts.items()
        for value in found
    ]


def _values(name: str, value: Loose) -> list[str]:
    if value is None:
        return []
    if type(value) is str and name not in _TIMES:  # the common case first, for speed
        return [plain] if (plain := _plain(value)) else []
    found = [_plain(v) for v in (value if isinstance(value, list) else [value])]
    return [_time(name, v) if name in _TIMES else v for v in found if v]


def _plain(value: Loose) -> str:
    """Return a single value as text; empty where there is no value."""
    if type(value) is str:
        written = value.strip()
        written.encode()
        return written
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float | str | Decimal):
        return _plain(str(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise _BrokenRow(f"a column holds {type(value).__name__}; text, a number or a list of them is right")


def _time(name: str, value: str) -> str:
    try:
        micros = instant(value)
    except (ValueError, OverflowError):
        micros = 0
    if not EARLIEST <= micros < LATEST:
        raise _BrokenRow(f"{name} is no time between 2000-01-01 and 2100-01-01; ISO 8601 is right")
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)).isoformat().replace("+00:00", "Z")


def _domain(email: str) -> str:
    return email.rpartition("@")[2] if "@" in email else ""
