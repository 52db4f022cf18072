"""What a log format is: one ``FORMAT`` in one file, which recognises records and makes rows of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = ["SKIP", "Carrier", "Format", "Record", "Row", "RowFault", "Skip", "Unit"]

Record = Mapping[str, Any]
"""One JSON object, CSV row, Parquet row or database row as it was read."""

Row = dict[str, Any]
"""Columns of ``tables.EXCHANGES`` found in one unit; absent means missing. Every value is checked later."""


class Carrier(StrEnum):
    """What a format can be written in."""

    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    SQL = "sql"


@dataclass(frozen=True, slots=True)
class RowFault:
    """A unit that cannot be read: a reject with *reason*, which says what would be right and never quotes."""

    reason: str


@dataclass(frozen=True, slots=True)
class Skip:
    """A unit that is not an inference, such as a span of a database call: no row, counted apart."""


SKIP = Skip()
Unit = Record | RowFault | Skip


def _itself(record: Record) -> Iterator[Unit]:
    yield record


@dataclass(frozen=True, slots=True)
class Format:
    """One log format; the name is that of its file.

    ``recognise`` tells how sure one record is of this format, 0 to 1. ``units`` splits a record that holds
    several exchanges; ``row`` reads one of them. ``hints`` says per required column where this format keeps
    it, for the reason of a reject. ``examples`` are records with exactly one exchange each, and the contract
    suite mutates them. A ``columnar`` format already has the columns of ``tables.EXCHANGES`` where it comes
    as Parquet. What ``units`` and ``row`` raise is a reject.
    """

    sentence: str
    recognise: Callable[[Record], float]
    examples: Callable[[], Sequence[Record]]
    row: Callable[[Record], Row]
    units: Callable[[Record], Iterator[Unit]] = _itself
    carriers: frozenset[Carrier] = frozenset({Carrier.JSON})
    hints: Mapping[str, str] = field(default_factory=dict)
    columnar: bool = False
