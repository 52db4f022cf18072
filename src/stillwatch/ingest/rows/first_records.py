"""Looks at the first bytes and records of a source, to tell its carrier and its format."""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stillwatch.ingest.parsing.format import Carrier, Record, RowFault, Skip
from stillwatch.ingest.parsing.tolerant_json import loads
from stillwatch.ingest.sources.csv_rows import header_of, n_columns
from stillwatch.ingest.sources.records import Found, json_records

__all__ = ["FirstRecords", "carrier_of", "first_records"]

_RECORDS = 50
_BYTES = 1 << 18
_FAULTS = 100_000
"""Most unreadable rows in a row before the search for a record ends."""
_NAME = re.compile(r"[\w@$#./ ()-]{1,100}")


@dataclass(frozen=True, slots=True)
class FirstRecords:
    """The first *records* of a source, and *found* with everything in it, the first records included.

    ``is_empty`` says that the source holds only what is skipped, such as a page without rows.
    """

    records: list[Record]
    found: Iterator[Found]
    is_empty: bool

    def carrier(self, table: Carrier, header: Mapping[str, Any]) -> Carrier:
        """Return the carrier of the records in a *table* with the columns of *header*: JSON for lines in a column."""
        return table if not self.records or self.records[0].keys() == header.keys() else Carrier.JSON

    def renamed(self, rename: Callable[[Record], Record]) -> "FirstRecords":
        """Return the records as *rename* gives each."""
        found = (
            (position, record if isinstance(record, RowFault | Skip) else rename(record), size)
            for position, record, size in self.found
        )
        return FirstRecords([rename(record) for record in self.records], found, self.is_empty)


def first_records(found: Iterator[Found]) -> FirstRecords:
    """Return the first records of *found*: up to 50, and up to 256 KiB or one record."""
    held: list[Found] = []
    records: list[Record] = []
    size = 0
    for entry in found:
        held.append(entry)
        size += entry[2]
        if not isinstance(entry[1], RowFault | Skip):
            records.append(entry[1])
        if len(records) == _RECORDS or (records and size >= _BYTES) or len(held) == _FAULTS:
            break
    is_empty = not records and bool(held) and all(isinstance(record, Skip) for _, record, _ in held)
    return FirstRecords(records, itertools.chain(held, found), is_empty)


def carrier_of(head: bytes, most: int) -> Carrier:
    """Return whether text that starts with *head* is JSON or CSV.

    JSON can have lines of other text before it, and text before the object in a line. *most* is the most bytes of a
    row.
    """
    if head.lstrip()[:1] in (b"{", b"["):
        return Carrier.JSON
    if not any(not isinstance(record, RowFault) for _, record, _ in json_records(head, iter([head]), most)):
        return Carrier.CSV
    if any(_is_json(line) for line in head.splitlines()[:_RECORDS]):
        return Carrier.JSON
    return Carrier.CSV if _is_table(head) else Carrier.JSON


def _is_json(line: bytes) -> bool:
    if line.lstrip()[:1] not in (b"{", b"["):
        return False
    try:
        return isinstance(loads(line), dict | list)
    except ValueError:
        return False


def _is_table(head: bytes) -> bool:
    """Return whether the first line of *head* is the header of a table, and the next row has as many fields."""
    names = header_of(head)
    return len(names) > 1 and all(map(_NAME.fullmatch, names)) and n_columns(head) == len(names)
