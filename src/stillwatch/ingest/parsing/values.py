"""Reads single values of unknown type from JSON, CSV and databases. Unreadable values raise ``ValueError``."""

import base64
import binascii
import contextlib
import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from stillwatch.ingest.parsing.tolerant_json import loads, of_python
from stillwatch.ingest.parsing.written_times import EARLIEST, LATEST, SCALES, of_datetime, of_number, of_text

Loose = Any
"""A value of unknown type."""

__all__ = [
    "EARLIEST",
    "LATEST",
    "NOTHING",
    "NO_TEXT",
    "SCALES",
    "Loose",
    "binary",
    "digests",
    "filled",
    "first",
    "flag",
    "instant",
    "is_nothing",
    "mapping",
    "moment",
    "number",
    "signed64",
    "text",
    "unfold",
    "whole",
]

# A missing value as databases, spreadsheets and languages write it, such as MySQL and Hive (`\\N`), DBeaver (`[NULL]`),
# Excel (`#N/A`), pandas (`<NA>`, `NaT`), Go (`<nil>`) and JavaScript (`undefined`).
_SPELLINGS = (
    *("", "-", "--", "\\N", "null", "[null]", "(null)", "<null>", "none", "(none)", "nil", "<nil>"),
    *("nan", "nat", "<na>", "n/a", "#n/a", "undefined", "NaN", "NaT"),
)
NOTHING = frozenset(form for word in _SPELLINGS for form in (word, word.upper(), word.capitalize()))
"""Texts that stand for a missing identifier, number or time."""
NO_TEXT = frozenset({"\\N", "NULL", "[NULL]", "(null)", "<NA>", "NaN", "nan", "None", "null"})
"""Texts that stand for a missing prompt or answer. A person can write the other ones of ``NOTHING``."""
_LONGEST_NOTHING = max(map(len, NOTHING))
_THOUSANDS = re.compile(r"\s*-?\d{1,3}(?:,\d{3})+\s*$")
_DECIMAL_COMMA = re.compile(r"\s*-?\d+,\d+\s*$")


def text(value: Loose) -> str:
    """Return *value* as text; bytes must be UTF-8, and whole numbers are written in decimal."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ValueError("not text")


def whole(value: Loose) -> int | None:
    """Return a whole number; None for NaN and for the spellings of an empty value in CSV."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and is_nothing(value):
        return None
    if isinstance(value, float | str | Decimal):
        as_float = float(value.replace(",", "") if isinstance(value, str) and _THOUSANDS.match(value) else value)
        if math.isnan(as_float):
            return None
        if as_float.is_integer():
            return int(as_float)
    raise ValueError("not a whole number")


def signed64(value: Loose) -> int | None:
    """Return a whole number that fits into 64 bits with a sign; None as :func:`whole` returns it.

    Decimal text keeps all of its digits; :func:`whole` would round it to a float.
    """
    found = int(value) if isinstance(value, str) and value.strip().lstrip("-").isdecimal() else whole(value)
    if found is not None and not -(2**63) <= found < 2**63:
        raise ValueError("not a number of 64 bits")
    return found


def digests(value: Loose) -> list[int]:
    """Return a list of whole numbers of 64 bits; text is read as JSON. A missing or fractional entry is no number."""
    entries = unfold(value)
    if not isinstance(entries, list) or any(type(entry) is not int for entry in entries):
        raise ValueError("not a list of whole numbers")
    if any(not -(2**63) <= entry < 2**63 for entry in entries):
        raise ValueError("not numbers of 64 bits")
    return entries


def number(value: Loose) -> float | None:
    """Return a number; None for NaN, infinities and the spellings of an empty value. ``0,7`` is 0.7."""
    if isinstance(value, str):
        if is_nothing(value):
            return None
        value = value.replace(",", ".") if _DECIMAL_COMMA.match(value) else value
    if isinstance(value, int | float | str | Decimal) and not isinstance(value, bool):
        as_float = float(value)
        return as_float if math.isfinite(as_float) else None
    raise ValueError("not a number")


def flag(value: Loose) -> bool | None:
    """Return a boolean; 0, 1 and common spellings are accepted; None for an empty value in CSV."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and value in (0, 1):
        return bool(value)
    if isinstance(value, str):
        word = value.strip().lower()
        if word in ("true", "t", "1", "yes"):
            return True
        if word in ("false", "f", "0", "no"):
            return False
        if is_nothing(value):
            return None
    raise ValueError("not a truth value")


def binary(value: Loose) -> bytes:
    """Return bytes; text is decoded as base64 (RFC 4648)."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise ValueError("not base64") from error
    raise ValueError("not base64")


def instant(value: Loose) -> int:
    """Return microseconds since 1970 for a time as common tools write it; a time without zone is UTC.

    *value* is ISO 8601 text, a time as Go, Java, Python, nginx, mail, Kibana or a spreadsheet write it, a datetime, a
    number or its text, or an object of MongoDB or protobuf. The size of a number decides whether it counts seconds,
    milliseconds, microseconds or nanoseconds; for the years 2000 to 2100 their ranges do not overlap. A number outside
    these ranges gives 0, which is rejected later. Raises ``UnclearDate`` where day and month cannot be told apart.
    """
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return of_number(value)
    if isinstance(value, str):
        return of_text(value.strip())
    if isinstance(value, datetime):
        return of_datetime(value)
    if isinstance(value, date):
        return of_datetime(datetime(value.year, value.month, value.day, tzinfo=UTC))
    if isinstance(value, Mapping):
        return _of_object(value)
    raise ValueError("not a time")


def moment(value: Loose) -> int | None:
    """Return :func:`instant` of *value*; None for the spellings of a missing value."""
    return None if isinstance(value, str) and is_nothing(value) else instant(value)


def _of_object(value: Mapping[str, Any]) -> int:
    """Read a time of MongoDB's extended JSON, or of protobuf and Firestore."""
    for name in ("$date", "$numberLong", "value"):
        if name in value and not isinstance(value[name], Mapping | bool):
            return instant(value[name])
        if name in value and isinstance(value[name], Mapping) and "$numberLong" in value[name]:
            return instant(value[name]["$numberLong"])
    for seconds, nanos in (("seconds", "nanos"), ("_seconds", "_nanoseconds"), ("seconds", "nanoseconds")):
        if seconds in value:
            return instant(value[seconds]) + (whole(value.get(nanos, 0)) or 0) // 1_000
    raise ValueError("not a time")


def unfold(value: Loose) -> Loose:
    """Return the object or list in JSON text, or as Python writes it; every other value is returned unchanged."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        for read in (loads, of_python):
            with contextlib.suppress(ValueError):
                return read(value)
    return value


def mapping(value: Loose) -> Mapping[str, Any]:
    """Return *value* where it is a mapping, or the object in its JSON text, else an empty mapping."""
    if type(value) is dict:  # the common cases first; a check for any mapping is slow
        return value
    if value is None:
        return {}
    value = unfold(value)
    return value if isinstance(value, Mapping) else {}


def is_nothing(value: str) -> bool:
    """Return whether *value* spells a missing value (``NOTHING``); spaces around it do not count."""
    return (len(value) <= _LONGEST_NOTHING or value.isspace()) and value.strip() in NOTHING


def first(*values: Loose) -> Loose:
    """Return the first value that is not None, not empty and not a spelling of a missing value; else None."""
    for value in values:
        if value is None:
            continue
        kind = type(value)
        if kind is str:
            if len(value) > _LONGEST_NOTHING or value not in NOTHING:
                return value
        elif value or (kind is not list and kind is not dict):
            return value
    return None


def filled(*values: Loose) -> Loose:
    """Return the first value that is not None and not empty; else None. It keeps every text that a person can write."""
    for value in values:
        if value or (value is not None and type(value) not in _CONTAINERS):
            return value
    return None


_CONTAINERS = (str, list, dict, tuple)
