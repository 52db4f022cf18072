"""Collects rows that were read one by one into columns. Columns of one type are converted at once."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from stillwatch.ingest.rows.conformance import READERS, RIGHT, unreadable
from stillwatch.tables import EXCHANGES

__all__ = ["gather"]

_NONE = type(None)


def gather(rows: Sequence[Mapping[str, Any]]) -> tuple[dict[str, pa.Array], dict[int, str]]:
    """Return the columns for ``conformance.conform``, and the reasons for rows with an unreadable value, by index."""
    faults: dict[int, str] = {}
    columns: dict[str, pa.Array] = {}
    for column in EXCHANGES.columns:
        found = [row.get(column.name) for row in rows]
        array = _at_once(found, column.type)
        columns[column.name] = _one_by_one(column.name, column.type, found, faults) if array is None else array
    return columns, faults


def _at_once(found: list[Any], target: pa.DataType) -> pa.Array | None:
    """Return the column where all values have one type that ``conform`` accepts, else None."""
    kinds = set(map(type, found)) - {_NONE}
    if not kinds:
        return pa.nulls(len(found))
    textual = pa.types.is_string(target) or pa.types.is_binary(target) or pa.types.is_list(target)
    if kinds == {str} and not pa.types.is_binary(target):
        kind = pa.string()
    elif not textual and kinds == {int}:
        kind = pa.int64()
    elif not textual and kinds <= {int, float} and not pa.types.is_int64(target):  # a float would round 64 bits
        kind = pa.float64()
    elif not textual and kinds == {bool}:
        kind = pa.bool_()
    else:
        return None
    try:
        return pa.array(found, kind)
    except (pa.ArrowInvalid, OverflowError, UnicodeEncodeError):
        return None


def _one_by_one(name: str, target: pa.DataType, found: list[Any], faults: dict[int, str]) -> pa.Array:
    read = READERS[target]
    values: list[Any] = []
    for index, value in enumerate(found):
        try:
            values.append(None if value is None else read(value))
        except (ValueError, OverflowError) as error:
            values.append(None)
            faults.setdefault(index, unreadable(name, target, error, because="has the wrong type"))
    if pa.types.is_int32(target):
        values = [v if v is None or abs(v) < 2**62 else 2**62 for v in values]
        return pa.array(values, pa.int64())
    if pa.types.is_string(target):
        values = [None if v is None else _encodable(i, name, v, faults) for i, v in enumerate(values)]
    return pa.array(values, target)


def _encodable(index: int, name: str, value: str, faults: dict[int, str]) -> str | None:
    """Return *value*; where it holds half of a surrogate pair, return None and set a fault."""
    try:
        value.encode()
    except UnicodeEncodeError:
        faults.setdefault(index, f"{name} cannot be read; {RIGHT[pa.string()]} is right")
        return None
    return value
