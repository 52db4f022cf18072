"""Reads Stillwatch's own table as Parquet, column by column, with the columns of ``tables.EXCHANGES``."""

from stillwatch.ingest.formats.canonical_jsonl import examples, recognise, row
from stillwatch.ingest.parsing.format import Carrier, Format

__all__ = ["FORMAT"]

FORMAT = Format(
    sentence="Stillwatch's own table: Parquet with the columns of `exchanges`; other columns are ignored.",
    recognise=recognise,
    row=row,
    examples=examples,
    carriers=frozenset({Carrier.PARQUET}),
    columnar=True,
)
