"""Reads sources into staged batches: detects carrier and format, reads rows, checks them. Memory use is bounded."""

import contextlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.errors import FormatError, InputError
from stillwatch.ingest.bodies.column_names import Renaming, renamings
from stillwatch.ingest.formats.canonical_jsonl import REQUIRED
from stillwatch.ingest.parsing.digests import digest
from stillwatch.ingest.parsing.format import SHAPE_ERRORS, Carrier, Format, Placed, Row, RowFault, Skip
from stillwatch.ingest.parsing.values import first
from stillwatch.ingest.rows.conformance import conform
from stillwatch.ingest.rows.first_records import FirstRecords, carrier_of, first_records
from stillwatch.ingest.rows.format_detection import choose, fits, named
from stillwatch.ingest.rows.outcomes.rejects import RejectSink
from stillwatch.ingest.rows.outcomes.source_notices import notices, require_fit
from stillwatch.ingest.rows.outcomes.tallies import SourceTally, TallyingRejects
from stillwatch.ingest.rows.row_buffer import PendingColumns, PendingRows, gather
from stillwatch.ingest.rows.staging import ChainCallback, RowStager
from stillwatch.ingest.sources.archives import require_no_archive
from stillwatch.ingest.sources.byte_streams import Blocks, spooled
from stillwatch.ingest.sources.csv_rows import csv_records, dialect_of, header_of
from stillwatch.ingest.sources.locations import Source
from stillwatch.ingest.sources.postgres import table_rows
from stillwatch.ingest.sources.records import Found, batches_of, json_records, parquet_records, unwrapped
from stillwatch.settings import IngestSettings
from stillwatch.tables import EXCHANGES, REJECTS

__all__ = ["Reader"]

_HEAD = 1 << 18
_COLUMNS = 2
_PARQUET_MAGIC = b"PAR1"
_ODD = RowFault("the record has an unexpected shape")
_EMPTY = Skip("empty records")


class Reader:
    """Reads sources in one of *formats*, detected per source unless *only* names it.

    *seen* is called with the number of bytes read since the last call, and *chains* as in ``RowStager``. ``tallies``
    holds what came of each source so far.
    """

    def __init__(
        self,
        formats: Mapping[str, Format],
        rejects: RejectSink,
        settings: IngestSettings,
        *,
        only: str | Format | None = None,
        seen: Callable[[int], None] = lambda _: None,
        chains: ChainCallback | None = None,
    ) -> None:
        self._formats = formats
        self._only = named(formats, only) if isinstance(only, str) else only
        self._owns = self._only.owns if self._only else None
        self._rejects = TallyingRejects(rejects)
        self._most = settings.max_row_bytes
        self._most_rejects = settings.max_rejects
        self._stage = RowStager(settings, self._rejects, chains)
        self.tallies: list[SourceTally] = []
        self._tally = SourceTally("")
        self._pending: PendingRows | PendingColumns | None = None
        self._seen, self._share = seen, 0.0

    def read(self, sources: Sequence[Source]) -> Iterator[pa.RecordBatch]:
        """Yield the staged batches of *sources* in order; raises as :meth:`require_fit` after the last one."""
        yield from self.batches(sources)
        self.require_fit()

    def batches(self, sources: Sequence[Source]) -> Iterator[pa.RecordBatch]:
        """Yield the staged batches of *sources*. Rows of small sources share a batch."""
        for source in sources:
            yield from self._source(source)
        yield from self._flushed()

    def require_fit(self) -> None:
        """Raise ``FormatError`` where every file with content was left out, because no format fits it."""
        require_fit(self.tallies, self._formats)

    def state(self) -> dict[str, Any]:
        """Return the counts that lead to notices, as plain values for :meth:`merge`."""
        return {"addresses": self._stage.state(), "tallies": [tally.state() for tally in self.tallies]}

    def merge(self, state: Mapping[str, Any], *, is_new: bool = True) -> None:
        """Add the counts of another reader; *is_new* is false where an earlier run made them."""
        self._stage.merge(state["addresses"])
        self.tallies += [SourceTally.of({**tally, "is_new": is_new}) for tally in state["tallies"]]

    def notices(self) -> list[str]:
        """Return the warnings for the operator about all sources read so far."""
        return self._stage.notices() + notices(self.tallies, self._most_rejects)

    def _source(self, source: Source) -> Iterator[pa.RecordBatch]:
        """Read one source. A file of a folder that no format fits has no rows."""
        self._tally = self._rejects.begin(source.name)
        self.tallies.append(self._tally)
        try:
            yield from self._database(source) if source.database else self._stored(source)
        except FormatError as error:
            if not source.found or self._tally.format:
                raise
            self._tally.unfit = error.what

    def _database(self, source: Source) -> Iterator[pa.RecordBatch]:
        rows = table_rows(source.database, source.name)
        if (first := next(rows, None)) is not None:
            chosen = self._chosen(Carrier.SQL, source.name, [first[1]])
            yield from self._staged(source.name, chosen, itertools.chain([first], rows))

    def _stored(self, source: Source) -> Iterator[pa.RecordBatch]:
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
        require_no_archive(head, source.name)
        if head[:4] == _PARQUET_MAGIC:
            yield from self._parquet(source, blocks)
        elif head.strip():
            yield from self._text(source.name, blocks, head)

    def _chosen(self, carrier: Carrier, name: str, sample: Sequence[Any]) -> Format:
        chosen = self._only
        if chosen is None:
            chosen = choose(self._formats, [r for r in sample if isinstance(r, Mapping)], carrier, name)
        elif carrier not in chosen.carriers:
            right = ", ".join(sorted(chosen.carriers))
            raise FormatError(f"this format is read from {right}, not from {carrier}", where=name)
        if chosen.check:
            chosen.check([r for r in sample if isinstance(r, Mapping)], name)
        self._tally.format = next((name for name, known in self._formats.items() if known is chosen), "unnamed")
        return chosen

    def _text(self, name: str, blocks: Blocks, head: bytes) -> Iterator[pa.RecordBatch]:
        if self._carrier(blocks, head) is Carrier.JSON:
            yield from self._recognised(
                name, Carrier.JSON, first_records(json_records(head, iter(blocks), self._most, self._owns))
            )
            return
        rows = csv_records(dialect_of(head), iter(blocks), self._most)
        yield from self._recognised(
            name, Carrier.CSV, first_records(unwrapped(rows, self._most, self._owns)), header_of(head)
        )

    def _carrier(self, blocks: Blocks, head: bytes) -> Carrier:
        if self._only is not None and Carrier.CSV not in self._only.carriers:
            return Carrier.JSON
        found = carrier_of(head, self._most)
        # Text that is no JSON so far can stand before JSON.
        if found is Carrier.CSV and len(head) >= _HEAD and len(header_of(head)) < _COLUMNS:
            found = carrier_of(blocks.head(self._most + _HEAD), self._most)
        return found

    def _recognised(
        self, name: str, carrier: Carrier, first: FirstRecords, header: Mapping[str, Any] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Yield the batches of a source with the records *first*; *header* is that of a table."""
        if first.is_empty:
            for _, record, _ in first.found:
                self._tally.skip(record.kind if isinstance(record, Skip) else "")
            return
        if header is not None:
            table, carrier = carrier, first.carrier(carrier, header)
            if carrier is table and (rename := self._renaming(carrier, first, header)):
                first, header = first.renamed(rename), rename(header)
        chosen = self._chosen(carrier, name, first.records or [header])
        if chosen.columnar and header is not None:
            _require_columns(name, header)
        yield from self._staged(name, chosen, first.found)

    def _renaming(self, carrier: Carrier, first: FirstRecords, header: Mapping[str, Any]) -> Renaming | None:
        """Return how to rename the columns of a table that no format fits as it is; None where that does not help."""
        sample = first.records or [header]
        formats = self._formats if self._only is None else {"": self._only}
        if self._owns is not None or fits(formats, sample, carrier):
            return None
        ways = renamings([name for name in header if isinstance(name, str)])
        return next((way for way in ways if fits(formats, list(map(way, sample)), carrier)), None)

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
            header = dict.fromkeys(names)
            # Stillwatch's own table is known by its columns alone.
            if self._only.columnar if self._only else set(REQUIRED) <= set(names):
                self._chosen(Carrier.PARQUET, source.name, [header])
                _require_columns(source.name, header)
                yield from self._columns(source.name, file, [n for n in EXCHANGES.names if n in names])
            else:
                first = first_records(unwrapped(parquet_records(file), self._most, self._owns))
                yield from self._recognised(source.name, Carrier.PARQUET, first, header)

    def _columns(self, name: str, file: pq.ParquetFile, columns: list[str]) -> Iterator[pa.RecordBatch]:
        for start, batch, n_rows in batches_of(file, columns):
            self._share = (start - 1 + n_rows) / max(1, file.metadata.num_rows)
            if isinstance(batch, RowFault):
                positions = pa.array(range(start, start + n_rows), pa.int64())
                given = [pa.repeat(name, n_rows), positions, pa.repeat(batch.reason, n_rows)]
                self._rejects.add_batch(pa.RecordBatch.from_arrays(given, schema=REJECTS.schema))
                continue
            if not isinstance(self._pending, PendingColumns) or self._pending.schema != batch.schema:
                yield from self._flushed()
                self._pending = PendingColumns(batch.schema)
            self._pending.add(name, start, batch)
            if self._pending.is_full:
                yield from self._flushed()

    def _staged(self, name: str, chosen: Format, records: Iterator[Found]) -> Iterator[pa.RecordBatch]:
        units = self._units(chosen, records)
        for position, unit, n_bytes in chosen.relate(units) if chosen.relate else units:
            pending = self._pending
            if not isinstance(pending, PendingRows) or pending.format is not chosen:
                yield from self._flushed()
                pending = self._pending = PendingRows(chosen)
            if isinstance(unit, Skip):
                self._tally.skip(unit.kind)
            elif isinstance(found := unit if isinstance(unit, RowFault) else _row(chosen, unit), RowFault):
                pending.refused.append((name, position, found.reason))
            else:
                pending.add(name, position, found)
            pending.size += n_bytes
            if pending.is_full:
                yield from self._flushed()

    def _flushed(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows that wait, as one batch."""
        pending, self._pending = self._pending, None
        if isinstance(pending, PendingColumns):
            sources, positions, columns = pending.joined()
            conformed = conform(columns, pending.n_rows, max_row_bytes=self._most)
            yield self._counted(self._stage.finish(sources, positions, conformed))
        elif pending is not None and (pending.rows or pending.refused):
            gathered, faults = gather(pending.rows)
            conformed = conform(gathered, len(pending.rows), faults=faults, hints=pending.format.hints)
            sources, positions = pa.array(pending.sources, pa.string()), pa.array(pending.positions, pa.int64())
            yield self._counted(self._stage.finish(sources, positions, conformed, pending.refused))

    def _counted(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        self._rejects.count_exchanges(batch.column("source"))
        return batch

    def _units(self, chosen: Format, records: Iterator[Found]) -> Iterator[Placed]:
        """Yield every unit of the records, with the size of a record at its first unit."""
        for position, record, n_bytes in records:
            if isinstance(record, RowFault | Skip):
                yield position, record, n_bytes
                continue
            size, unit = n_bytes, None
            try:
                for unit in chosen.units(record):
                    yield position, unit, size
                    size = 0
            except SHAPE_ERRORS:
                yield position, _ODD, size
                continue
            if unit is None:  # an empty export request, for instance
                yield position, _EMPTY, n_bytes


def _require_columns(name: str, header: Mapping[str, Any]) -> None:
    if missing := [column for column in REQUIRED if column not in header]:
        raise FormatError(f"required columns are missing: {', '.join(missing)}", where=name)


def _row(chosen: Format, unit: Mapping[str, Any]) -> Row | RowFault:
    try:
        row = chosen.row(unit)
        if first(row.get("exchange_id")) is None and "exchange_id" not in chosen.hints:
            row["exchange_id"] = digest(unit)
    except SHAPE_ERRORS:
        return _ODD
    return row
