"""Melts rows of the accounts file into facts, one per account, name and value, and counts what it leaves out."""

import functools
import math
from array import array
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from stillwatch.ingest.parsing.format import RowFault
from stillwatch.ingest.parsing.values import NOTHING, Loose, instant, is_nothing
from stillwatch.ingest.parsing.written_times import EARLIEST, LATEST, UnclearDate, serial_day
from stillwatch.ingest.rows.identifiers import Identifiers

__all__ = ["TIMES", "AccountRows", "BrokenRow", "Fact"]

Fact = tuple[str, str, str, int | None]
"""Account, name, value, and when the account was created in microseconds since 1970."""
TIMES = ("created_at", "closed_at", "verified_at")
_SINGLE = (*TIMES, "plan", "status", "verification", "declared_country", "organization_id", "declared_purpose")
"""Facts of which an account has one. Of the other ones, such as cards and devices, it can have several."""
_NEVER = ("0000-00-00", "0001-01-01", "1970-01-01", "9999-12-31", "infinity", "0")
"""Starts of times that databases keep where something did not happen."""
_ENDED = "closed_at"
"""The one fact that tells something of the accounts in a log without an exchange of the account that has it."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BrokenRow(ValueError):  # noqa: N818 - never leaves ingest; becomes a reject
    """A row without an account; the message is the reason of the reject."""


class AccountRows:
    """Melts rows one by one. A value that cannot be read costs only itself, and a notice tells of it.

    With *logged*, the accounts of the log, an account outside it keeps only ``closed_at``. *identifiers* hash the
    accounts and their facts; *logged* then holds hashes.
    """

    def __init__(self, identifiers: Identifiers, logged: Container[str] | None = None) -> None:
        self._identifiers = identifiers if identifiers else None
        self._logged = logged
        self._left_out: Counter[tuple[str, str]] = Counter()
        self._first: dict[tuple[str, str], int] = {}
        self._seen: dict[int, bytes] = {}
        self._counts: Counter[str] = Counter()

    def melt(self, position: int, record: Mapping[str, Any] | RowFault) -> list[Fact]:
        """Return the facts of *record*, the row at *position*, without those that an earlier row gave.

        Raises ``BrokenRow`` where the row has no account.
        """
        if isinstance(record, RowFault):
            raise BrokenRow(record.reason)
        account = _plain("account_id", record.get("account_id"))
        if not account:
            raise BrokenRow("account_id is missing")
        if self._identifiers:
            account = self._identifiers.hash("account_id", account)
        self._counts["rows"] += 1
        is_logged = self._logged is None or account in self._logged
        if is_logged:
            self._counts["logged"] += 1
            found, first_at = self._new(account, self._facts(position, record))
        elif record.get(_ENDED):
            found, first_at = self._facts(position, {_ENDED: record[_ENDED]}), None
        else:
            return []
        hashed = self._identifiers.attribute if self._identifiers else _unchanged
        return [(account, name, hashed(name, value), first_at) for name, values in found.items() for value in values]

    def _facts(self, position: int, record: Mapping[str, Any]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in record.items():
            if value is None or name == "account_id":
                continue
            if type(value) is str and name not in TIMES:  # the common case first, for speed
                if text := _plain(name, value):
                    found[name] = [text]
                continue
            values = [self._read(position, name, one) for one in (value if isinstance(value, list) else [value])]
            if known := [text for text in values if text]:
                found[name] = known
        if "email_domain" not in found and "email" in found:
            found["email_domain"] = [e.rpartition("@")[2] for e in found["email"] if "@" in e]
        if "email_domain" in found:
            found["email_domain"] = [domain.lower() for domain in found["email_domain"]]
        return found

    def _read(self, position: int, name: str, value: Loose) -> str:
        """Return one value as text; empty where there is none, or where it cannot be read."""
        try:
            return _time(value) if name in TIMES else _plain(name, value)
        except UnclearDate:
            problem = "do not tell the day from the month"
        except (ValueError, OverflowError):
            problem = "cannot be read as a time" if name in TIMES else "are nested"
        self._left_out[name, problem] += 1
        self._first.setdefault((name, problem), position)
        return ""

    def _new(self, account: str, found: dict[str, list[str]]) -> tuple[dict[str, list[str]], int | None]:
        """Return what earlier rows of *account* did not tell, and when it was created (microseconds since 1970).

        Of a single fact, the first value stays.
        """
        created = found.get("created_at")
        first_at = instant(created[0]) if created else None
        signs = array("Q", [_sign(name, value) for name, values in found.items() for value in values])
        signs.extend([_sign(name, "") for name in found if name in _SINGLE])
        key = hash(account)
        before = self._seen.get(key)
        if before is None:
            self._seen[key] = array("Q", [first_at or 0]).tobytes() + signs.tobytes()
            return found, first_at
        earlier, *known = array("Q", before)
        self._counts["copies" if set(known).issuperset(signs) else "further"] += 1
        self._seen[key] = array("Q", [earlier or first_at or 0]).tobytes() + before[8:] + signs.tobytes()
        fresh = {name: now for name, values in found.items() if (now := _fresh(name, values, known))}
        return fresh, earlier or first_at

    def notices(self) -> Iterator[str]:
        """Yield what the operator must know about the rows read so far."""
        for (name, problem), n in sorted(self._left_out.items()):
            where = f"accounts file: {n:,} values of {name} {problem}"
            right = "ISO 8601 is right" if name in TIMES else "text, a number or a list of them is right"
            yield f"{where} and are left out, the first in row {self._first[name, problem]:,}; {right}."
        if n := self._counts["further"]:
            yield (
                f"accounts file: {n:,} rows tell more of an account that has a row before. Their facts were joined;"
                f" of {', '.join(_SINGLE[:-1])} and {_SINGLE[-1]}, the first row counts."
            )
        if n := self._counts["copies"]:
            yield f"accounts file: {n:,} rows repeat a row of the same account and count once."
        if self._logged is not None and self._counts["rows"] and not self._counts["logged"]:
            yield (
                f"accounts file: none of its {self._counts['rows']:,} rows is of an account in the log. Check that"
                " account_id is the same id in both."
            )


def _unchanged(_name: str, value: str) -> str:
    return value


def _sign(name: str, value: str) -> int:
    """Return a number for a fact; it is the same only within one process."""
    return hash((name, value)) & 0xFFFFFFFFFFFFFFFF


def _fresh(name: str, values: list[str], known: Container[int]) -> list[str]:
    if name in _SINGLE and _sign(name, "") in known:
        return []
    return [value for value in values if _sign(name, value) not in known]


def _plain(name: str, value: Loose) -> str:
    """Return a single value as text; empty where there is no value. Raises ``ValueError`` for a nested value."""
    if type(value) is str:
        return _text(name, value.strip())
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int | float | str | Decimal):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else _text(name, str(value).strip())
    raise ValueError("nested")


def _text(name: str, written: str) -> str:
    if written in NOTHING or written == "NA":
        # NA is what R writes for nothing, and the code of Namibia. An account without any verification says `none`.
        is_meant = (
            written == "NA" if name == "declared_country" else name == "verification" and written.lower() == "none"
        )
        return written if is_meant else ""
    if not written.isascii():
        written.encode()
    return written


def _time(value: Loose) -> str:
    """Return a time as ISO 8601 in UTC; empty where there is none. Raises ``ValueError`` where it cannot be read."""
    if isinstance(value, datetime | date):
        return "" if value.year in (1, 1970, 9999) else _iso(instant(value))
    if isinstance(value, Mapping):  # MongoDB and Firestore
        return _iso(instant(value))
    return _written_time(_plain(_ENDED, value))


@functools.lru_cache(maxsize=65_536)
def _written_time(value: str) -> str:
    written = value.strip()
    if is_nothing(written) or written == "NA" or written.startswith(_NEVER[:-1]) or written == _NEVER[-1]:
        return ""
    days = serial_day(written)
    return _iso(instant(written) if days is None else days)


def _iso(micros: int) -> str:
    if not EARLIEST <= micros < LATEST:
        raise ValueError("not a time")
    return (_EPOCH + timedelta(microseconds=micros)).isoformat().replace("+00:00", "Z")
