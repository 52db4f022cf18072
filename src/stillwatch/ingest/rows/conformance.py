"""Converts columns of many types to the types of ``tables.EXCHANGES``, and names the rows that do not fit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.ingest.parsing import values
from stillwatch.ingest.parsing.values import Loose
from stillwatch.ingest.parsing.written_times import UnclearDate
from stillwatch.model import SKETCH_BYTES, SKETCH_VERSION
from stillwatch.tables import EXCHANGES, STATUSES, TEXTS, TIMESTAMP

__all__ = ["READERS", "RIGHT", "Conformed", "conform", "unreadable"]

_COUNT, _NUMBER, _FLAG, _BYTES = pa.int32(), pa.float32(), pa.bool_(), pa.binary()
_LONG, _LONGS = pa.int64(), pa.list_(pa.int64())
_LARGEST, _LARGEST_LONG = 2**31 - 1, 2**63 - 1
_EXACT = 2.0**53
"""Whole numbers up to this size are exact as a float of 64 bits."""
_FALSE = pa.scalar(value=False)
_NO_TEXT = pa.array(sorted(values.NO_TEXT))
_NOTHING = pa.array(sorted(values.NOTHING))
_LONGEST_NOTHING = max(map(len, values.NOTHING))
_NOT_GIVEN = pa.array(sorted(values.NOTHING - {""}))
"""Spellings of a missing value in a required column. An empty text there has a reason of its own."""

READERS: dict[pa.DataType, Callable[[Any], Any]] = {
    pa.string(): values.text,
    TIMESTAMP: values.moment,
    _COUNT: values.whole,
    _NUMBER: values.number,
    _FLAG: values.flag,
    _BYTES: values.binary,
    _LONG: values.signed64,
    _LONGS: values.digests,
}
RIGHT: dict[pa.DataType, str] = {
    pa.string(): "text in UTF-8",
    TIMESTAMP: "an ISO 8601 time or a number since 1970",
    _COUNT: "a whole number",
    _NUMBER: "a number",
    _FLAG: "true or false",
    _BYTES: "bytes, or base64 text",
    _LONG: "a whole number of 64 bits",
    _LONGS: "a list of whole numbers of 64 bits",
}


def unreadable(name: str, target: pa.DataType, error: Exception, *, because: str = "cannot be read") -> str:
    """Return the reason of a reject for a value of the column *name* that raised *error*."""
    if isinstance(error, UnclearDate):
        return f"{name} does not tell the day from the month; an ISO 8601 time is right"
    return f"{name} {because}; {RIGHT[target]} is right"


@dataclass(slots=True)
class Conformed:
    """Columns of the right type, and the first reason for each row that does not fit, by row index."""

    columns: dict[str, pa.Array] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)

    def blame(self, mask: pa.Array, reason: str) -> None:
        """Set *reason* for every row where *mask* is true and no reason was set before."""
        if pc.any(mask).as_py():
            for index in np.flatnonzero(_numpy(mask, _FALSE)).tolist():
                self.faults.setdefault(index, reason)


def conform(
    columns: Mapping[str, pa.Array],
    n_rows: int,
    *,
    faults: Mapping[int, str] | None = None,
    hints: Mapping[str, str] | None = None,
    max_row_bytes: int = 0,
) -> Conformed:
    """Return every column of ``tables.EXCHANGES``, converted from *columns* by name; a missing column is all null.

    Accepts dictionary-encoded and large types, and integers as identifiers. Times can be timestamps of any unit, ISO
    8601 text, or numbers since 1970 in seconds, milliseconds, microseconds or nanoseconds; a time without zone is UTC.
    NaN in a temperature or count means missing, and so does a text such as ``NULL`` (``values.NOTHING``). *faults* are
    reasons known before, by row index. *hints* say where a missing value was expected. With *max_row_bytes*, a row with
    more bytes of text is a fault.
    """
    result = Conformed(faults=dict(faults or {}))
    for column in EXCHANGES.columns:
        array = columns.get(column.name)
        array = pa.nulls(n_rows) if array is None else _flat(array)
        conformed = _converted(column.name, column.type, array, result)
        if pa.types.is_string(conformed.type):
            spellings = _NO_TEXT if column.name in TEXTS else _NOT_GIVEN if column.required else _NOTHING
            conformed = _without(conformed, spellings)
        result.columns[column.name] = conformed
        if column.required:
            _require(column.name, conformed, result, (hints or {}).get(column.name, ""))
    _check_ranges(result)
    if max_row_bytes:
        _check_size(result, n_rows, max_row_bytes)
    return result


def _without(array: pa.Array, spellings: pa.Array) -> pa.Array:
    """Return a string column with null in place of the *spellings* of a missing value."""
    if array.null_count == len(array):
        return array
    # Most columns have no text as short as these, so the texts themselves are rarely looked at.
    offsets = np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + len(array) + 1]
    short = np.diff(offsets) <= _LONGEST_NOTHING
    n_short = np.count_nonzero(short)
    if not n_short:
        return array
    if n_short > len(array) // 4:  # looking at all is cheaper than picking many
        mask = pc.is_in(array, value_set=spellings)
    else:
        places = np.flatnonzero(short)
        short[places] = pc.is_in(array.take(pa.array(places)), value_set=spellings).to_numpy(zero_copy_only=False)
        mask = pa.array(short)
    return pc.if_else(mask, None, array) if pc.any(mask).as_py() else array


def _require(name: str, array: pa.Array, result: Conformed, hint: str) -> None:
    where = f"; expected in {hint}" if hint else ""
    result.blame(array.is_null(), f"{name} is missing{where}")
    if pa.types.is_string(array.type):
        result.blame(pc.equal(array, ""), f"{name} is empty{where}")


def _check_ranges(result: Conformed) -> None:
    at = result.columns["at"].cast(pa.int64())
    outside = pc.or_(pc.less(at, values.EARLIEST), pc.greater_equal(at, values.LATEST))
    result.blame(outside, "at is outside 2000-01-01 to 2100-01-01")
    known = pc.is_in(result.columns["status"], pa.array(STATUSES))
    result.blame(pc.invert(known), f"status is none of {', '.join(STATUSES)}")
    sketch = result.columns["sketch"]
    sized = pc.equal(pc.binary_length(sketch), SKETCH_BYTES)
    versioned = pc.equal(pc.binary_slice(sketch, 0, 1), bytes([SKETCH_VERSION]))
    result.blame(
        pc.invert(pc.and_(sized, versioned)),
        f"sketch is not {SKETCH_BYTES} bytes of version {SKETCH_VERSION}; `stillwatch sketch` makes them",
    )


def _check_size(result: Conformed, n_rows: int, most: int) -> None:
    total = np.zeros(n_rows, np.int64)
    for array in result.columns.values():
        if pa.types.is_string(array.type) or pa.types.is_binary(array.type):
            total += _numpy(pc.binary_length(array), 0)
        elif pa.types.is_list(array.type):
            total += _numpy(pc.list_value_length(array), 0) * np.int64(8)
    if total.max(initial=0) > most:
        result.blame(pa.array(total > most), f"the row has more than {most} bytes of text (ingest.max_row_bytes)")


def _numpy(array: pa.Array, null: Loose) -> Loose:
    return array.fill_null(null).to_numpy(zero_copy_only=False)


def _flat(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_large_string(array.type) or pa.types.is_string_view(array.type):
        return _unchecked(array, pa.string())
    if pa.types.is_large_binary(array.type) or pa.types.is_binary_view(array.type):
        return array.cast(pa.binary())
    if pa.types.is_decimal(array.type):
        return array.cast(pa.float64())
    return array


def _unchecked(array: pa.Array, target: pa.DataType) -> pa.Array:
    try:
        return array.cast(target)
    except pa.ArrowInvalid:  # text that is not UTF-8 is rejected row by row later
        return array.cast(pa.large_binary() if pa.types.is_large_string(array.type) else pa.binary()).cast(pa.binary())


def _converted(name: str, target: pa.DataType, array: pa.Array, result: Conformed) -> pa.Array:
    if pa.types.is_null(array.type):
        return pa.nulls(len(array), target)
    if pa.types.is_string(target):
        return _texts(name, array, result)
    if pa.types.is_string(array.type):
        written = _written_times if target == TIMESTAMP else _one_by_one
        return written(name, target, array, result)
    typed = _wide if target in (_LONG, _LONGS) else _typed
    found = typed(name, target, array, result)
    return _misfit(name, target, array, result) if found is None else found


def _typed(name: str, target: pa.DataType, array: pa.Array, result: Conformed) -> pa.Array | None:
    """Return a non-text column converted to *target*, or None where its type does not fit the target."""
    if pa.types.is_uint64(array.type):  # a value beyond int64 is too large for any of these columns
        array = pc.min_element_wise(array, pa.scalar(2**62, pa.uint64()), skip_nulls=False).cast(pa.int64())
    kind = array.type
    if target == TIMESTAMP and (pa.types.is_temporal(kind) or _is_number(kind)):
        return _times(array)
    if target == _COUNT and _is_number(kind):
        return _counts(name, array, result)
    if target == _NUMBER and _is_number(kind):
        return _numbers(array)
    if target == _FLAG and (pa.types.is_boolean(kind) or pa.types.is_integer(kind)):
        return _flags(name, array, result)
    if target == _BYTES and (pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind)):
        return array.cast(pa.binary())
    return None


def _wide(name: str, target: pa.DataType, array: pa.Array, result: Conformed) -> pa.Array | None:
    """Do the work of :func:`_typed` for the targets whose values need all of their 64 bits."""
    if target == _LONG:
        return _longs(name, array, result) if _is_number(array.type) else None
    return _lists(name, array, result) if _is_list(array.type) else None


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _is_list(kind: pa.DataType) -> bool:
    lists = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return bool(lists and pa.types.is_integer(kind.value_type))


def _misfit(name: str, target: pa.DataType, array: pa.Array, result: Conformed) -> pa.Array:
    """Set a reason for every row that has a value, and return all null: the type does not fit the target."""
    result.blame(array.is_valid(), f"{name} has the wrong type; {RIGHT[target]} is right")
    return pa.nulls(len(array), target)


def _one_by_one(name: str, target: pa.DataType, array: pa.Array, result: Conformed) -> pa.Array:
    """Read a column of text or bytes value by value; the text may not be valid UTF-8."""
    read, found = READERS[target], []
    written = pa.types.is_string(array.type)
    for index, value in enumerate((array.cast(pa.binary()) if written else array).to_pylist()):
        try:
            found.append(read(value.decode() if written else value) if value else None)
        except (ValueError, OverflowError) as error:
            found.append(None)
            result.faults.setdefault(index, unreadable(name, target, error))
    if target == _COUNT:
        return _counts(name, pa.array([_bounded(v) for v in found], pa.int64()), result)
    return pa.array(found, target)


def _bounded(value: int | None) -> int | None:
    return value if value is None or abs(value) <= _LARGEST else _LARGEST + 1


def _texts(name: str, array: pa.Array, result: Conformed) -> pa.Array:
    if pa.types.is_string(array.type):
        try:
            array.validate(full=True)
        except pa.ArrowInvalid:
            return _one_by_one(name, pa.string(), array.cast(pa.binary()), result)
        return array
    if pa.types.is_binary(array.type):
        return _one_by_one(name, pa.string(), array, result)
    if pa.types.is_integer(array.type):
        return array.cast(pa.string())
    return _misfit(name, pa.string(), array, result)


def _written_times(name: str, target: pa.DataType, array: pa.Array, result: Conformed) -> pa.Array:
    # Arrow reads a column at once where all or none of its times have a zone; other columns are read value by value.
    try:
        return array.cast(target)
    except pa.ArrowInvalid:
        pass
    try:
        return array.cast(pa.timestamp("us")).cast(pa.int64()).cast(target)
    except pa.ArrowInvalid:
        return _one_by_one(name, target, array, result)


def _times(array: pa.Array) -> pa.Array:
    """Return timestamps; a value outside the accepted range becomes 1970, which the range check rejects."""
    kind = array.type
    if pa.types.is_timestamp(kind) and kind.unit == "us":
        return array.cast(pa.int64()).cast(TIMESTAMP)
    missing = array.is_null().to_numpy(zero_copy_only=False)
    if pa.types.is_timestamp(kind):
        raw = _numpy(array.cast(pa.int64()), 0)
    elif pa.types.is_date(kind):
        raw = _numpy(array.cast(pa.date32()).cast(pa.int32()), 0).astype(np.int64) * 86_400
    elif pa.types.is_temporal(kind):
        raw = np.zeros(len(array), np.int64)
    else:
        raw = _numpy(array, 0)
    found = np.zeros(len(array), np.int64)
    for scale in values.SCALES:
        fits = (raw >= values.EARLIEST // scale) & (raw < values.LATEST // scale)
        found[fits] = np.rint(raw[fits] * scale).astype(np.int64)
    fits = (raw >= values.EARLIEST * 1_000) & (raw < values.LATEST * 1_000)
    found[fits] = (raw[fits] // 1_000).astype(np.int64)
    return pa.array(found, mask=missing).cast(TIMESTAMP)


def _counts(name: str, array: pa.Array, result: Conformed) -> pa.Array:
    if pa.types.is_floating(array.type):
        array = pc.if_else(pc.is_nan(array), None, array)
        result.blame(pc.not_equal(array, pc.floor(array)), f"{name} is not a whole number")
        result.blame(pc.is_inf(array), f"{name} is not a whole number")
    result.blame(pc.less(array, 0), f"{name} is negative")
    result.blame(pc.greater(array, _LARGEST), f"{name} is larger than {_LARGEST}")
    fits = pc.and_(pc.greater_equal(array, 0), pc.less_equal(array, _LARGEST))
    return pc.if_else(fits, array, None).cast(_COUNT, safe=False)


def _longs(name: str, array: pa.Array, result: Conformed) -> pa.Array:
    wrong = _beyond_int64(array)
    if pa.types.is_floating(array.type):
        array = pc.if_else(pc.is_nan(array), None, array)
        whole = pc.and_(pc.equal(array, pc.floor(array)), pc.less_equal(pc.abs(array), _EXACT))
        wrong = pc.invert(whole)
    result.blame(wrong, f"{name} cannot be read; {RIGHT[_LONG]} is right")
    return pc.if_else(wrong, None, array).cast(_LONG)


def _lists(name: str, array: pa.Array, result: Conformed) -> pa.Array:
    # A null row may have entries, which some functions of Arrow count and others skip; so only valid rows are counted.
    present = array.drop_null()
    rows = np.flatnonzero(array.is_valid()).repeat(pc.list_value_length(present).to_numpy())
    entries = pc.list_flatten(present)
    broken = pc.or_(entries.is_null(), _beyond_int64(entries).fill_null(_FALSE))
    mask = np.zeros(len(array), bool)
    mask[rows[broken.to_numpy(zero_copy_only=False)]] = True
    wrong = pa.array(mask)
    result.blame(wrong, f"{name} cannot be read; {RIGHT[_LONGS]} is right")
    return pc.if_else(wrong, None, array).cast(_LONGS)


def _beyond_int64(array: pa.Array) -> pa.Array:
    if pa.types.is_uint64(array.type):
        return pc.greater(array, pa.scalar(_LARGEST_LONG, pa.uint64()))
    return pa.array(np.zeros(len(array), bool))


def _numbers(array: pa.Array) -> pa.Array:
    array = array.cast(_NUMBER, safe=False)
    return pc.if_else(pc.is_finite(array), array, None)


def _flags(name: str, array: pa.Array, result: Conformed) -> pa.Array:
    if pa.types.is_boolean(array.type):
        return array
    result.blame(
        pc.not_equal(pc.not_equal(array, 0).cast(pa.int64()), array),
        f"{name} cannot be read; {RIGHT[_FLAG]} is right",
    )
    return pc.not_equal(array, 0)
