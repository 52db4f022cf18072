"""Defines the contract of a log format: one ``FORMAT`` per module, which recognises records and reads rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = ["SHAPE_ERRORS", "Carrier", "Format", "Placed", "Record", "Row", "RowFault", "Skip", "Unit"]

Record = Mapping[str, Any]
"""One JSON object, CSV row, Parquet row or database row, unchanged."""

Row = dict[str, Any]
"""Values of one unit by column of ``tables.EXCHANGES``; an absent column is missing. Values are checked later."""

SHAPE_ERRORS = (TypeError, ValueError, KeyError, IndexError, AttributeError, RecursionError, OverflowError)
"""Errors that a format's code can raise on a record of an unexpected shape."""


class Carrier(StrEnum):
    """The kinds of files or stores that a format can come in."""

    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    SQL = "sql"


@dataclass(frozen=True, slots=True)
class RowFault:
    """A unit that cannot be read: a reject with *reason*, which says what is expected and quotes no content."""

    reason: str


@dataclass(frozen=True, slots=True)
class Skip:
    """A unit that is not an inference, such as a database span. It gives no row and is counted separately.

    *kind* names such units in the plural, such as ``health checks``, and quotes no content. It is empty where the
    format cannot tell.
    """

    kind: str = ""


Unit = Record | RowFault | Skip
Placed = tuple[int, Unit, int]
"""The position of a record, a unit of it, and the size of the record in bytes (0 for its further units)."""


def _itself(record: Record) -> Iterator[Unit]:
    yield record


@dataclass(frozen=True, slots=True)
class Format:
    """One log format; its name is the name of its module.

    ``recognise`` returns how likely a record is of this format, 0 to 1. ``units`` splits a record that holds several
    exchanges. ``row`` reads one unit. ``hints`` says for each required column where this format stores it; rejects use
    it. ``examples`` returns records with exactly one exchange each; the contract tests mutate them. A ``columnar``
    format has the columns of ``tables.EXCHANGES`` when it comes as Parquet. ``relate`` gets all units of one source,
    and yields the units to read, where several units tell of one exchange; it holds a bounded number of them. An
    exception in ``units`` or ``row`` makes the record a reject. ``check`` gets the first records and the name of a
    source, and raises ``FormatError`` where the format cannot read it. ``owns`` says of a record that it is one of the
    log, so that it is not taken for a wrapper around others.
    """

    sentence: str
    recognise: Callable[[Record], float]
    examples: Callable[[], Sequence[Record]]
    row: Callable[[Record], Row]
    units: Callable[[Record], Iterator[Unit]] = _itself
    carriers: frozenset[Carrier] = frozenset({Carrier.JSON, Carrier.CSV, Carrier.PARQUET})
    hints: Mapping[str, str] = field(default_factory=dict)
    columnar: bool = False
    relate: Callable[[Iterator[Placed]], Iterator[Placed]] | None = None
    check: Callable[[Sequence[Record], str], None] | None = None
    owns: Callable[[Record], bool] | None = None
