"""Reads Stillwatch's own table as CSV: a header with the columns of ``tables.EXCHANGES``, one exchange per row."""

from stillwatch.ingest.formats.canonical_jsonl import REQUIRED, examples, recognise
from stillwatch.ingest.parsing.format import Carrier, Format, Record, Row

__all__ = ["FORMAT"]


def row(record: Record) -> Row:
    """Return the cells by column. An empty cell is a missing value."""
    return {name: None if cell == "" else cell for name, cell in record.items()}


FORMAT = Format(
    sentence="Stillwatch's own table as CSV: a header with the columns of `exchanges`; other columns are ignored.",
    recognise=recognise,
    row=row,
    examples=examples,
    carriers=frozenset({Carrier.CSV}),
    hints=dict.fromkeys(REQUIRED, "the column of that name"),
)
