"""Defines what a wrapper is: a record around other records, or around a line of text that holds one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from stillwatch.ingest.parsing.format import Record, RowFault, Skip

__all__ = ["EXCHANGE_FIELDS", "Inside", "Line", "Wrapper", "entries"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, or a part of one, out of a wrapper.

    *stream* tells lines apart whose parts can be mixed. *ended* says whether the line ends here; None where the wrapper
    does not say so.
    """

    text: str
    stream: str = ""
    ended: bool | None = True


Inside = Iterable[Record | Line | RowFault | Skip]
"""What stands inside a wrapper, in order."""


@dataclass(frozen=True, slots=True)
class Wrapper:
    """One kind of wrapper. *opened* returns what is inside a record, or None where the record is not this wrapper.

    It is called only for records with the field *key*. *sentence* is for the reference.
    """

    sentence: str
    key: str
    opened: Callable[[Record], Inside | None]


EXCHANGE_FIELDS = frozenset(
    ("account_id", "choices", "custom_id", "input", "messages", "model", "output", "prompt", "request", "response")
)
"""A record with one of these fields is an exchange itself, whatever else it holds."""

_NOT_AN_OBJECT = RowFault("a JSON object is expected")


def entries(found: Any) -> Inside | None:
    """Return the entries of a list of rows: objects, or JSON in text. None where it is no list of rows."""
    if not isinstance(found, list):
        return None
    if found and not any(isinstance(entry, Mapping) or _is_json(entry) for entry in found):
        return None
    return [_entry(entry) for entry in found]


def _entry(entry: Any) -> Record | Line | RowFault:
    if isinstance(entry, Mapping):
        return entry
    return Line(entry) if _is_json(entry) else _NOT_AN_OBJECT


def _is_json(entry: Any) -> bool:
    return isinstance(entry, str) and entry.lstrip()[:1] == "{"
