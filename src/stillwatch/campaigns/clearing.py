"""Accounts that people found innocent: honest examples, which belong to no group while that decision is young.

They stay in the log, so wherever a group is compared with honest people they are among those. That tells a scan what it
could not know: what they share is shared by honest people, and what they ask for is asked for by honest people.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.errors import InputError
from stillwatch.tables import JUDGED

__all__ = ["Cleared", "cleared", "read"]

_INNOCENT = "innocent"
_REMEDY = "Make one with `stillwatch case labels --out FILE`."
_NEEDED = ("account_id", "verdict", "overturned", "decided_at", "expires_at")


@dataclass(frozen=True)
class Cleared:
    """Accounts that are cleared, and how many were, by a decision that has lapsed."""

    accounts: Collection[str]
    n_past: int


def read(path: Path) -> pa.Table:
    """Return the table ``judged`` in the Parquet file *path*; ``InputError`` says what is wrong with it."""
    try:
        found = pq.read_table(path, partitioning=None)
    except FileNotFoundError as error:
        raise InputError("no such file", where=str(path), remedy=_REMEDY) from error
    except (pa.ArrowException, OSError) as error:
        raise InputError("not a readable table judged", where=str(path), remedy=_REMEDY) from error
    missing = [name for name in _NEEDED if name not in found.column_names]
    if missing:
        raise InputError(f"not the table judged: {' and '.join(missing)} missing", where=str(path), remedy=_REMEDY)
    try:
        return found.select(list(_NEEDED)).cast(pa.schema([JUDGED.schema.field(name) for name in _NEEDED]))
    except (pa.ArrowException, ValueError) as error:
        raise InputError("not the table judged: a column has another type", where=str(path), remedy=_REMEDY) from error


def cleared(judged: pa.Table, last_at: datetime, days: int) -> Cleared:
    """Return who is cleared in a log that ends at *last_at*: found innocent no more than *days* before it.

    Of several decisions about one account an appeal's counts, and else the last: who was confirmed after it is innocent
    no longer. A decision holds until it expires, at most. An appeal that is won says something of what an account did
    until then, and nothing of what it does a year on.
    """
    decided: dict[str, tuple[bool, datetime, dict[str, Any]]] = {}
    for row in judged.to_pylist():
        rank = bool(row["overturned"]), row["decided_at"], row
        if row["account_id"] not in decided or rank[:2] >= decided[row["account_id"]][:2]:
            decided[row["account_id"]] = rank
    innocent = {account: row for account, (*_, row) in decided.items() if row["verdict"] == _INNOCENT}
    first = last_at - timedelta(days=days)
    young = {
        account
        for account, row in innocent.items()
        if row["decided_at"] >= first and (row["expires_at"] is None or row["expires_at"] > last_at)
    }
    return Cleared(frozenset(young), len(innocent) - len(young))
