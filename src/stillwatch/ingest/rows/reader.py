"""Reads sources into staged batches: detects carrier and format, reads rows, checks them. Memory use is bounded."""

import contextlib
import itertools
from collections.abc import Callable, Iterator, Mapping, MutableSequence, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.errors import FormatError, InputError
from stillwatch.ingest.formats.canonical_jsonl import REQUIRED
from stillwatch.ingest.parsing.digests import digest
from stillwatch.ingest.parsing.format import Carrier, Format, Row, RowFault, Skip, Unit
from stillwatch.ingest.parsing.values import first
from stillwatch.ingest.rows.conformance import conform
from stillwatch.ingest.rows.format_detection import choose, named
from stillwatch.ingest.rows.rejects import RejectSink
from stillwatch.ingest.rows.row_buffer import gather
from stillwatch.ingest.rows.staging import RowStager
from stillwatch.ingest.sources.byte_streams import Blocks, spooled
from stillwatch.ingest.sources.locations import Source
from stillwatch.ingest.sources.postgres import table_rows
from stillwatch.ingest.sources.records import Found, batches_of, csv_records, header_of, json_records, parquet_records
from stillwatch.settings import IngestSettings
from stillwatch.tables import EXCHANGES, REJECTS

__all__ = ["Reader"]

_ROWS, _BYTES = 8_192, 32 << 20
_HEAD = 1 << 18
_SAMPLE = 50
_PARQUET_MAGIC = b"PAR1"
# Errors that a format's code can raise on a record of an unexpected shape.
SHAPE_ERRORS = (TypeError, ValueError, KeyError, IndexError, AttributeError, RecursionError, OverflowError)
_ODD = RowFault("the record has an unexpected shape")


class Reader:
    """Reads sources in one of *formats*, detected per source unless *only* names it.

    *seen* is called with the number of bytes read since the last call.
    """

    def __init__(
        self,
        formats: Mapping[str, Format],
        rejects: RejectSink,
        settings: IngestSettings,
        *,
        only: str | None = None,
        notices: MutableSequence[str] | None = None,
        seen: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._formats = formats
        self._only = None if only is None else named(formats, only)
        self._rejects = rejects
        self._most = settings.max_row_bytes
        self._stage = RowStager(settings, rejects)
        self._notices = notices
        self._skipped = 0
        self._seen, self._share = seen, 0.0

    def read(self, sources: Sequence[Source]) -> Iterator[pa.RecordBatch]:
        """Yield the staged batches of *sources* in order, then append the warnings to *notices*."""
        for source in sources:
            yield from self.source(source)
        if self._notices is not None:
            self._notices.extend(self.notices())

    def state(self) -> dict[str, Any]:
        """Return the counts that lead to notices, as plain values for :meth:`merge`."""
        return {"addresses": self._stage.state(), "skipped": self._skipped}

    def merge(self, state: Mapping[str, Any]) -> None:
        """Add the counts of another reader."""
        self._stage.merge(state["addresses"])
        self._skipped += state["skipped"]

    def notices(self) -> list[str]:
        """Return the warnings for the operator about all sources read so far."""
        skipped = f"{self._skipped} records were not inferences and are not counted as rows."
        return self._stage.notices() + ([skipped] if self._skipped else [])

    def source(self, source: Source) -> Iterator[pa.RecordBatch]:
        """Yield the staged batches of one source."""
        if source.database:
            rows = table_rows(source.database, source.name)
            if (first := next(rows, None)) is not None:
                chosen = self._chosen(Carrier.SQL, source.name, [first[1]])
                yield from self._staged(source.name, chosen, itertools.chain([first], rows))
            return
        blocks = Blocks(source)
        reached, self._share = 0, 0.0
        try:
            for batch in self._file(source, blocks):
                now = min(max(int(source.size * self._share), blocks.tell()), source.size)
                self._seen(max(0, now - reached))
                reached = max(reached, now)
                yield batch
        finally:
            blocks.close()
        self._seen(source.size - reached)

    def _file(self, source: Source, blocks: Blocks) -> Iterator[pa.RecordBatch]:
        head = blocks.head(_HEAD)
        if head[:4] == _PARQUET_MAGIC:
            yield from self._parquet(source, blocks)
        elif head.strip():
            yield from self._text(source.name, blocks, head)

    def _chosen(self, carrier: Carrier, name: str, sample: Sequence[Any]) -> Format:
        if self._only is None:
            return choose(self._formats, [r for r in sample if isinstance(r, Mapping)], carrier, name)
        if carrier not in self._only.carriers:
            right = ", ".join(sorted(self._only.carriers))
            raise FormatError(f"this format is read from {right}, not from {carrier}", where=name)
        return self._only

    def _text(self, name: str, blocks: Blocks, head: bytes) -> Iterator[pa.RecordBatch]:
        sample = self._sample(head)
        for size in (1 << 22, self._most + _HEAD):
            if not sample and len(head) >= _HEAD:
                head = blocks.head(size)
                sample = self._sample(head)
        may_be_csv = self._only is None or Carrier.CSV in self._only.carriers
        if not sample and may_be_csv and head.lstrip()[:1] not in (b"{", b"["):
            chosen = self._chosen(Carrier.CSV, name, [header_of(head)])
            yield from self._staged(name, chosen, csv_records(iter(blocks), self._most))
        else:
            chosen = self._chosen(Carrier.JSON, name, sample)
            yield from self._staged(name, chosen, json_records(head, iter(blocks), self._most))

    def _sample(self, head: bytes) -> list[Mapping[str, Any]]:
        found = json_records(head, iter([head]), self._most)
        return [r for _, r, _ in itertools.islice(found, _SAMPLE) if not isinstance(r, RowFault)]

    def _parquet(self, source: Source, blocks: Blocks) -> Iterator[pa.RecordBatch]:
        with contextlib.ExitStack() as stack:
            raw = stack.enter_context(source.open() if source.again else spooled(blocks))
            try:
                file = pq.ParquetFile(raw)
            except (pa.ArrowException, OSError) as error:
                raise InputError(
                    "not a whole Parquet file", where=source.name, remedy="Deliver it again, or leave it out."
                ) from error
            names = file.schema_arrow.names
            chosen = self._chosen(Carrier.PARQUET, source.name, [dict.fromkeys(names)])
            if not chosen.columnar:
                yield from self._staged(source.name, chosen, parquet_records(file))
                return
            if missing := [name for name in REQUIRED if name not in names]:
                raise FormatError(f"required columns are missing: {', '.join(missing)}", where=source.name)
            yield from self._columns(source.name, file, [n for n in EXCHANGES.names if n in names])

    def _columns(self, name: str, file: pq.ParquetFile, columns: list[str]) -> Iterator[pa.RecordBatch]:
        for start, batch, n_rows in batches_of(file, columns):
            positions = pa.array(range(start, start + n_rows), pa.int64())
            self._share = (start - 1 + n_rows) / max(1, file.metadata.num_rows)
            if isinstance(batch, RowFault):
                reasons = pa.repeat(batch.reason, n_rows)
                names = pa.repeat(name, n_rows)
                self._rejects.add_batch(pa.RecordBatch.from_arrays([names, positions, reasons], schema=REJECTS.schema))
                continue
            found = dict(zip(batch.schema.names, batch.columns, strict=True))
            conformed = conform(found, n_rows, max_row_bytes=self._most)
            yield self._stage.finish(name, positions, conformed)

    def _staged(self, name: str, chosen: Format, records: Iterator[Found]) -> Iterator[pa.RecordBatch]:
        rows: list[Row] = []
        positions: list[int] = []
        refused: list[tuple[int, str]] = []
        size = 0
        for position, record, n_bytes in records:
            for found in self._rows(chosen, record):
                if isinstance(found, RowFault):
                    refused.append((position, found.reason))
                else:
                    rows.append(found)
                    positions.append(position)
            size += n_bytes
            if len(rows) + len(refused) >= _ROWS or size >= _BYTES:
                yield self._gathered(name, chosen, rows, positions, refused)
                rows, positions, refused, size = [], [], [], 0
        if rows or refused:
            yield self._gathered(name, chosen, rows, positions, refused)

    def _rows(self, chosen: Format, record: Mapping[str, Any] | RowFault) -> Iterator[Row | RowFault]:
        """Yield a row or a fault per unit of one record; units that are not inferences are only counted."""
        if isinstance(record, RowFault):
            yield record
            return
        unit: Unit | None = None
        try:
            for unit in chosen.units(record):
                if isinstance(unit, Skip):
                    self._skipped += 1
                elif isinstance(unit, RowFault):
                    yield unit
                else:
                    yield _row(chosen, unit)
        except SHAPE_ERRORS:
            yield _ODD
            return
        if unit is None:  # an empty export request, for instance
            self._skipped += 1

    def _gathered(
        self,
        name: str,
        chosen: Format,
        rows: Sequence[Row],
        positions: Sequence[int],
        refused: Sequence[tuple[int, str]],
    ) -> pa.RecordBatch:
        columns, faults = gather(rows)
        conformed = conform(columns, len(rows), faults=faults, hints=chosen.hints)
        return self._stage.finish(name, pa.array(positions, pa.int64()), conformed, refused)


def _row(chosen: Format, unit: Mapping[str, Any]) -> Row | RowFault:
    try:
        row = chosen.row(unit)
        if first(row.get("exchange_id")) is None and "exchange_id" not in chosen.hints:
            row["exchange_id"] = digest(unit)
    except SHAPE_ERRORS:
        return _ODD
    return row
