"""Reads times as common tools write them, as microseconds since 1970."""

import math
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

__all__ = ["EARLIEST", "LATEST", "SCALES", "UnclearDate", "of_datetime", "of_number", "of_text", "serial_day"]

EARLIEST = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
LATEST = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
SCALES = (1_000_000, 1_000, 1)
"""Factors from seconds, milliseconds and microseconds to microseconds; nanoseconds are divided by 1,000."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 100
"""Characters of the longest spelling, with room to spare."""
_SERIAL = re.compile(r"[3-7]\d{4}(?:\.\d+)?$")
_NUMERIC = re.compile(r"(?P<whole>-?\d+)(?:[.,](?P<rest>\d+))?(?P<power>[eE]\+?\d{1,3})?$")
_DOTNET = re.compile(r"\\?/Date\((-?\d+)(?:[+-]\d{4})?\)\\?/")
"""A time of .NET's JSON: milliseconds since 1970, and an offset that says only how to show it."""
_LEAST_DIGITS = 9
"""Digits of a time in scientific notation. A spreadsheet keeps six, which is a time rounded to hours."""
_DIGITS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S", 17: "%Y%m%d%H%M%S%f"}
"""Times without signs, by their number of digits."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = {"": 0, "z": 0, "ut": 0, "utc": 0, "gmt": 0, "cet": 60, "cest": 120}
_ZONES |= {"est": -300, "edt": -240, "pst": -480, "pdt": -420}
"""Minutes east of UTC. Names that several countries use, such as CST and IST, are left out."""
_DATE = re.compile(
    r"""(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?
    (?:(?P<y>\d{4})(?P<dash>[-/.])(?P<m>\d{1,2})(?P=dash)(?P<d>\d{1,2})
    |(?P<d2>\d{1,2})[\s/.-]{1,2}(?P<mon2>[a-z]{3,9})\.?,?[\s/.-]{1,2}(?P<y2>\d{4}|\d\d)
    |(?P<mon3>[a-z]{3,9})\.?\s+(?P<d3>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y3>\d{4})
    |(?P<mon4>[a-z]{3})\s+(?P<d4>\d{1,2})\s+(?P<late>\d\d:\d\d:\d\d(?:\s+[a-z]{1,4})?)\s+(?P<y4>\d{4})
    |(?P<one>\d{1,2})(?P<sign>[/.-])(?P<two>\d{1,2})(?P=sign)(?P<y5>\d{4}))(?!\d)""",
    re.VERBOSE | re.IGNORECASE,
)
_CLOCK = re.compile(
    r"""(?:\s*(?:[t@:,_-]|at\b)|\s)\s*
    (?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,:](?P<part>\d{1,9}))?)?
    \s*(?:(?P<half>[ap])\.?m\.?(?![a-z]))?\s*
    (?P<zone>[a-z]{1,4})?\s*(?P<offset>[+-]\d{1,2}(?::?\d\d)?)?
    (?:\s+(?:[a-z]{1,5}|\([^)]*\)))?(?:\s+m=[+-][\d.]+)?$""",
    re.VERBOSE | re.IGNORECASE,
)


class UnclearDate(ValueError):  # noqa: N818 - never leaves ingest; becomes the reason of a reject
    """A date such as 03/04/2026, which does not say which number is the day."""


def of_datetime(value: datetime) -> int:
    """Return microseconds since 1970; a time without zone is UTC."""
    since = (value if value.tzinfo else value.replace(tzinfo=UTC)) - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def of_number(value: float | Decimal) -> int:
    """Return microseconds since 1970 for a count of seconds, milli-, micro- or nanoseconds; 0 where it is none."""
    for scale in SCALES:
        if EARLIEST <= value * scale < LATEST:
            return round(value * scale)
    whole_micros = int(value // 1_000) if math.isfinite(value) else 0
    return whole_micros if EARLIEST <= whole_micros < LATEST else 0


def of_text(written: str) -> int:
    """Return microseconds since 1970 for *written*, which has no spaces around it; 0 for a number out of range.

    Raises ``UnclearDate`` where day and month cannot be told apart, ``ValueError`` where it is no time.
    """
    if len(written) > _LONGEST:
        raise ValueError("not a time")
    if found := _DOTNET.fullmatch(written):
        written = found[1]
    if found := _NUMERIC.match(written):
        return _numeric(written, found)
    try:
        return of_datetime(datetime.fromisoformat(written))
    except ValueError:
        return _of_a_tool(written)


def _numeric(written: str, found: re.Match[str]) -> int:
    whole, rest, power = found["whole"], found["rest"], found["power"]
    if power and len(whole + (rest or "")) < _LEAST_DIGITS:
        raise ValueError("not a time")
    exact = rest is None and power is None
    scaled = of_number(int(whole) if exact else float(written.replace(",", ".")))
    if not scaled and exact and len(whole) in _DIGITS:
        return of_datetime(datetime.strptime(whole, _DIGITS[len(whole)]).replace(tzinfo=UTC))
    return scaled


def _of_a_tool(written: str) -> int:
    """Read a time that is not ISO 8601: a date in one of the orders of ``_DATE``, then a clock and a zone."""
    plain = re.sub(r"\[[\w/+-]+\]$", "", written.strip("\"'")).lstrip("[").rstrip("]").strip()
    found = _DATE.match(plain)
    if found is None:
        raise ValueError("not a time")
    rest = f" {found['late']}" if found["late"] else plain[found.end() :]
    year, month, day = _day_of(found)
    try:
        at = datetime(year, month, day, tzinfo=UTC)
    except ValueError as error:
        raise ValueError("not a time") from error
    return of_datetime(at + _clock(rest)) if rest.strip() else of_datetime(at)


def _day_of(found: re.Match[str]) -> tuple[int, int, int]:
    if found["y"]:
        return int(found["y"]), int(found["m"]), int(found["d"])
    if found["y5"]:
        one, two = int(found["one"]), int(found["two"])
        # Countries that write dots put the day first. With other signs, only a number above twelve tells.
        if found["sign"] != "." and one != two and max(one, two) <= 12:
            raise UnclearDate("day and month cannot be told apart")
        return int(found["y5"]), *((one, two) if two > 12 else (two, one))
    number = next(n for n in "234" if found[f"y{n}"])
    name, year = found[f"mon{number}"].lower(), int(found[f"y{number}"])
    if name[:3] not in _MONTHS:
        raise ValueError("not a time")
    return year + 2_000 * (year < 100), _MONTHS.index(name[:3]) + 1, int(found[f"d{number}"])


def _clock(written: str) -> timedelta:
    """Return the time of day in UTC as the time since midnight; it can be negative or longer than a day."""
    found = _CLOCK.match(written)
    if found is None:
        raise ValueError("not a time")
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("not a time")
        hour = hour % 12 + 12 * (found["half"].lower() == "p")
    zone, offset = (found["zone"] or "").lower(), found["offset"]
    if hour > 23 or minute > 59 or second > 60 or (offset is None and zone not in _ZONES):
        raise ValueError("not a time")
    east = _ZONES.get(zone, 0)
    if offset:
        digits = offset[1:].replace(":", "")
        east = int(digits[:-2]) * 60 + int(digits[-2:]) if len(digits) > 2 else int(digits) * 60
        east = -east if offset[0] == "-" else east
    micros = int((found["part"] or "0").ljust(6, "0")[:6])
    return timedelta(hours=hour, minutes=minute - east, seconds=second, microseconds=micros)


def serial_day(value: str) -> int | None:
    """Return microseconds since 1970 for the number of a day in a spreadsheet, 1 being 1900-01-01; else None.

    Only numbers of the years 2000 to 2100 are days.
    """
    if not _SERIAL.match(value):
        return None
    since = timedelta(days=float(value)) + (datetime(1899, 12, 30, tzinfo=UTC) - _EPOCH)
    found = round(since.total_seconds()) * 1_000_000
    return found if EARLIEST <= found < LATEST else None
