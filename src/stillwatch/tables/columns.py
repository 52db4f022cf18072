"""What a table that crosses a room is made of: columns with a type, a meaning, and who may see them."""

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

__all__ = ["CONTENT", "OPEN", "PERSONAL", "TIMESTAMP", "Column", "Sensitivity", "Table", "optional"]

TIMESTAMP = pa.timestamp("us", tz="UTC")
"""The type of every moment."""


class Sensitivity(StrEnum):
    """Who may see a column: anyone, the operator, somebody allowed personal data, somebody allowed prompt text."""

    OPEN = "open"
    INTERNAL = "internal"
    PERSONAL = "personal"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table that crosses a room."""

    name: str
    type: pa.DataType
    meaning: str
    required: bool = True
    sensitivity: Sensitivity = Sensitivity.INTERNAL


@dataclass(frozen=True, slots=True)
class Table:
    """A named table; ``schema`` is its Arrow schema, ``sentence`` what one row is."""

    name: str
    sentence: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """Return the Arrow schema; a required column is not nullable."""
        return pa.schema([pa.field(c.name, c.type, nullable=not c.required) for c in self.columns])

    @property
    def names(self) -> tuple[str, ...]:
        """Return the column names, in order."""
        return tuple(c.name for c in self.columns)

    def column(self, name: str) -> Column:
        """Return the column called *name*; raises ``KeyError`` where the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


PERSONAL, CONTENT, OPEN = Sensitivity.PERSONAL, Sensitivity.CONTENT, Sensitivity.OPEN


def optional(name: str, kind: pa.DataType, meaning: str, sensitivity: Sensitivity = Sensitivity.INTERNAL) -> Column:
    """Return a column whose values may be missing."""
    return Column(name, kind, meaning, required=False, sensitivity=sensitivity)
