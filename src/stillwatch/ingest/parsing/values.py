"""Reads single values of unknown type from JSON, CSV and databases. Unreadable values raise ``ValueError``."""

import base64
import binascii
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from stillwatch.ingest.parsing.tolerant_json import loads

Loose = Any
"""A value of unknown type."""

__all__ = [
    "EARLIEST",
    "LATEST",
    "Loose",
    "binary",
    "digests",
    "first",
    "flag",
    "instant",
    "mapping",
    "number",
    "signed64",
    "text",
    "unfold",
    "whole",
]

EARLIEST = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
LATEST = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
SCALES = (1_000_000, 1_000, 1)
"""Factors from seconds, milliseconds and microseconds to microseconds; nanoseconds are divided by 1,000."""

_NOTHING = ("", "-", "null", "None", "NULL", "nan", "NaN")


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
    if isinstance(value, str) and value.strip() in _NOTHING:
        return None
    if isinstance(value, float | str | Decimal):
        as_float = float(value)
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
    """Return a number; None for NaN, infinities and the spellings of an empty value in CSV."""
    if isinstance(value, str) and value.strip() in _NOTHING:
        return None
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
        if value.strip() in _NOTHING:
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
    """Return microseconds since 1970 for ISO 8601 text, a number or a datetime; a time without zone is UTC.

    The size of a number decides whether it counts seconds, milliseconds, microseconds or nanoseconds; for the years
    2000 to 2100 their ranges do not overlap. A number outside these ranges gives 0, which is rejected later.
    """
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _scaled(value)
    if isinstance(value, str):
        written = value.strip()
        try:
            return _since_1970(datetime.fromisoformat(written.removesuffix(" UTC")))
        except ValueError:
            return _scaled(int(written) if written.isdecimal() else float(written))
    if isinstance(value, datetime):
        return _since_1970(value)
    raise ValueError("not a time")


def _since_1970(value: datetime) -> int:
    since = (value if value.tzinfo else value.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _scaled(value: float | Decimal) -> int:
    for scale in SCALES:
        if EARLIEST <= value * scale < LATEST:
            return round(value * scale)
    whole_micros = int(value // 1_000) if math.isfinite(value) else 0
    return whole_micros if EARLIEST <= whole_micros < LATEST else 0


def unfold(value: Loose) -> Loose:
    """Return the object or list in JSON text; every other value is returned unchanged."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return loads(value)
        except ValueError:
            return value
    return value


def mapping(value: Loose) -> Mapping[str, Any]:
    """Return *value* where it is a mapping, or the object in its JSON text, else an empty mapping."""
    value = unfold(value)
    return value if isinstance(value, Mapping) else {}


def first(*values: Loose) -> Loose:
    """Return the first value that is not None, not empty and not the dash of an access log; else None."""
    for value in values:
        if value is not None and value not in ("", "-", [], {}):
            return value
    return None
