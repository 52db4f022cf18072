"""Reads the accounts file into the long table of attributes: one row per account, name and value."""

import itertools
from collections.abc import Container, Iterable, Iterator, MutableSequence, Sequence
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.errors import FormatError, InputError
from stillwatch.ingest.parsing.format import RowFault, Skip
from stillwatch.ingest.rows.account_rows import AccountRows, BrokenRow, Fact
from stillwatch.ingest.rows.identifiers import Identifiers
from stillwatch.ingest.rows.outcomes.rejects import RejectSink
from stillwatch.ingest.sources.archives import require_no_archive
from stillwatch.ingest.sources.byte_streams import Blocks, spooled
from stillwatch.ingest.sources.csv_rows import csv_records, dialect_of, header_of
from stillwatch.ingest.sources.locations import Source, expand
from stillwatch.ingest.sources.records import Found, json_records, parquet_records
from stillwatch.settings import IngestSettings
from stillwatch.tables import ATTRIBUTES

__all__ = ["attributes"]

_HEAD = 1 << 18
_ROWS = 65_536


def attributes(
    source: str | None,
    *,
    settings: IngestSettings,
    rejects: RejectSink,
    notices: MutableSequence[str] | None = None,
    logged: Container[str] | None = None,
    work: Path | None = None,
) -> pa.RecordBatchReader:
    """Stream the attributes in *source* with the schema of ``tables.ATTRIBUTES``; None gives no rows.

    *source* is CSV, JSON Lines or Parquet, compressed or not, local or an fsspec URL, with one account per row. Every
    column except ``account_id`` becomes an attribute, also an unknown one; a list gives one attribute per value.
    ``email_domain`` is derived from ``email`` where it is missing. Times are written as ISO 8601 in UTC.
    ``created_at`` becomes ``first_at`` of every attribute of its row. A row without an account is a reject. A time that
    cannot be read and a nested value are left out. Further rows of an account add their facts. After the last batch,
    *notices* gets what was left out or joined.

    *logged* holds the accounts of the log, hashed where the settings ask for it. An account outside it then keeps only
    ``closed_at``, the one fact that can tell something of other accounts. Without *logged*, every account counts.
    *work* is the folder for a copy of standard input.

    Raises ``InputError`` where the source as a whole cannot be read, ``FormatError`` where it has no ``account_id``.
    """
    sources = [] if source is None else expand([source], work=work)
    rows = AccountRows(Identifiers(settings.identifier_key.get_secret_value()), logged)
    batches = _batches(sources, settings.max_row_bytes, rows, rejects, notices)
    return pa.RecordBatchReader.from_batches(ATTRIBUTES.schema, batches)


def _batches(
    sources: Sequence[Source],
    most: int,
    rows: AccountRows,
    rejects: RejectSink,
    notices: MutableSequence[str] | None,
) -> Iterator[pa.RecordBatch]:
    for source in sources:
        facts = _facts(source, most, rows, rejects)
        while chunk := list(itertools.islice(facts, _ROWS)):
            accounts, names, found, first_at = zip(*chunk, strict=True)
            arrays = [
                pa.array(accounts, pa.string()),
                pa.array(names, pa.string()),
                pa.array(found, pa.string()),
                pa.array(first_at, ATTRIBUTES.column("first_at").type),
                pa.nulls(len(chunk), ATTRIBUTES.column("last_at").type),
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=ATTRIBUTES.schema)
    if notices is not None:
        notices.extend(rows.notices())


def _facts(source: Source, most: int, rows: AccountRows, rejects: RejectSink) -> Iterator[Fact]:
    for position, record, _ in _records(source, most):
        if isinstance(record, Skip):  # a page without accounts
            continue
        try:
            found = rows.melt(position, record)
        except (ValueError, OverflowError) as error:
            # Only messages of this project are written to rejects, because a library's message could quote the row.
            reason = error.args[0] if isinstance(error, BrokenRow) else "a value cannot be read; text is right"
            rejects.add(source.name, position, reason)
            continue
        yield from found


def _records(source: Source, most: int) -> Iterator[Found]:
    if source.database:
        raise InputError("accounts are read from files", where=source.name, remedy="Export the table first.")
    blocks = Blocks(source)
    try:
        head = blocks.head(_HEAD)
        require_no_archive(head, source.name)
        if head[:4] == b"PAR1":
            with source.open() if source.again else spooled(blocks) as raw:
                file = _opened(raw, source.name)
                yield from _named(file.schema_arrow.names, parquet_records(file))
        elif head.lstrip()[:1] in (b"{", b"["):
            yield from json_records(head, iter(blocks), most)
        elif head.strip():
            header = header_of(head)
            if "account_id" not in map(str.lower, header):
                raise FormatError(
                    "no column account_id",
                    where=source.name,
                    remedy="Name the column of the account account_id.",
                )
            yield from _named(header, csv_records(dialect_of(head), iter(blocks), most))
    finally:
        blocks.close()


def _named(names: Iterable[str], found: Iterator[Found]) -> Iterator[Found]:
    """Yield the rows of a table, with names in small letters where no column is called ``account_id`` otherwise."""
    if "account_id" in names:
        yield from found
        return
    for position, record, size in found:
        if isinstance(record, RowFault | Skip):
            yield position, record, size
        else:
            yield position, {name.lower(): value for name, value in record.items()}, size


def _opened(raw: BinaryIO, name: str) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(raw)
    except (pa.ArrowException, OSError) as error:
        raise InputError("not a whole Parquet file", where=name, remedy="Deliver it again.") from error
