"""Defines the contract of a signal: one way to link two accounts, as one SELECT over the tables of a scan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stillwatch.model import Family

__all__ = ["Example", "Signal", "Step", "attribute", "column", "exchange_value"]


@dataclass(frozen=True, slots=True)
class Example:
    """Test rows for a signal: two accounts that it must link, or must not link.

    *attributes*, *exchanges* and *prints* are rows as mappings; missing columns are filled in. Every example holds the
    accounts ``a`` and ``b``. *linked* says whether they share a trace. *because* names the reason in a few words.
    """

    linked: bool
    because: str
    attributes: tuple[Mapping[str, Any], ...] = ()
    exchanges: tuple[Mapping[str, Any], ...] = ()
    prints: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A *table* that a signal computes for its own SELECT, from the tables of a scan and of the steps before it.

    Where *by* names a column, the engine runs *select* for some of its values at a time (``Engine.partitioned``). A
    result with a row per exchange needs it, because it can exceed the memory.
    """

    table: str
    select: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """One way to link two accounts; its name is the name of its module.

    *select* is a SELECT in the portable subset (``engine.contract``) over ``attributes``, ``exchanges`` and ``prints``.
    Its columns are ``account_id, value, n, first_at, last_at``: the values of each account, how often and when. *value*
    is a string; ``signals.find`` replaces it by a digest. *needs* names the exchange columns and attributes that the
    signal requires.

    A result with a row per exchange is computed in *steps* before, or *by* a column as in a step. An account whose
    values no other account has needs only one row, which says that it has values.
    """

    family: Family
    select: str
    examples: tuple[Example, ...]
    needs: tuple[str, ...] = field(default=())
    steps: tuple[Step, ...] = ()
    by: str = ""


def attribute(name: str, family: Family, *, values: tuple[str, str]) -> Signal:
    """Return the signal that links accounts with the same value of the attribute *name*; *values* are two examples."""
    select = (
        "SELECT account_id, value, CAST(1 AS BIGINT) AS n, MIN(first_at) AS first_at, MAX(last_at) AS last_at "
        f"FROM attributes WHERE name = '{name}' GROUP BY account_id, value"
    )

    def rows(a: str, b: str) -> tuple[Mapping[str, Any], ...]:
        return tuple({"account_id": account, "name": name, "value": value} for account, value in (("a", a), ("b", b)))

    shared, other = values
    examples = (
        Example(linked=True, because="one value on two accounts", attributes=rows(shared, shared)),
        Example(linked=False, because="each account has its own", attributes=rows(shared, other)),
    )
    return Signal(family, select, examples, needs=(name,))


def column(name: str, family: Family, *, values: tuple[str, str]) -> Signal:
    """Return the signal that links accounts whose exchanges have the same value of the column *name*.

    *values* are two example values.
    """

    def rows(a: str, b: str) -> tuple[Mapping[str, Any], ...]:
        return {"account_id": "a", name: a}, {"account_id": "b", name: b}

    shared, other = values
    examples = (
        Example(linked=True, because="one value in the exchanges of two accounts", exchanges=rows(shared, shared)),
        Example(linked=False, because="each account has its own", exchanges=rows(shared, other)),
    )
    return exchange_value(name, family, examples=examples)


def exchange_value(expression: str, family: Family, *, examples: tuple[Example, ...], where: str = "TRUE") -> Signal:
    """Return the signal that links accounts whose exchanges have the same value of *expression* (SQL).

    *where* (SQL) selects the exchanges that count.
    """
    select = (
        f"SELECT account_id, CAST({expression} AS VARCHAR) AS value, COUNT(*) AS n, "
        'MIN("at") AS first_at, MAX("at") AS last_at '
        f"FROM exchanges WHERE {expression} IS NOT NULL AND {where} GROUP BY account_id, {expression}"
    )
    return Signal(family, select, examples, needs=(expression,))
