"""What a signal is: one way in which two accounts can be linked, as one SELECT over the tables of a scan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stillwatch.model import Family

__all__ = ["Example", "Signal", "Step", "attribute", "column", "exchange_value"]


@dataclass(frozen=True, slots=True)
class Example:
    """Rows that show a signal: two accounts it must link, or that it must leave apart.

    *attributes*, *exchanges* and *prints* are rows as mappings; columns left out are filled in. Every
    example has exactly the accounts ``a`` and ``b``; *linked* says whether they get a trace in common.
    """

    linked: bool
    because: str
    attributes: tuple[Mapping[str, Any], ...] = ()
    exchanges: tuple[Mapping[str, Any], ...] = ()
    prints: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A *table* that a signal makes for its own SELECT, out of the tables of a scan and those of the steps before it.

    Where *by* names a column, *select* is asked for some values of it at a time (``Engine.parted``): it may hold a row
    for every exchange, as the memory may not.
    """

    table: str
    select: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """One way in which two accounts can be linked; the name of its file is its name.

    *select* is a SELECT in the portable subset over ``attributes``, ``exchanges`` and ``prints`` with the columns
    ``account_id, value, n, first_at, last_at``: the values an account has, how often, and when. *value* is a string;
    the room digests it. *needs* names the exchange columns and attributes that must be present for the signal to speak.

    What would hold a row for every exchange is done in *steps* before it, or asked *by* a column as a step is. An
    account whose values are all its own needs one row alone, to say that it has some.
    """

    family: Family
    select: str
    examples: tuple[Example, ...]
    needs: tuple[str, ...] = field(default=())
    steps: tuple[Step, ...] = ()
    by: str = ""


def attribute(name: str, family: Family, *, values: tuple[str, str]) -> Signal:
    """Return the signal of accounts with one value of the attribute *name* in common; *values* are two examples."""
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
    """Return the signal of accounts whose exchanges have one value of the column *name* in common; *values* are two
    examples.
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
    """Return the signal of accounts whose exchanges have one value of *expression* (SQL) in common."""
    select = (
        f"SELECT account_id, CAST({expression} AS VARCHAR) AS value, COUNT(*) AS n, "
        'MIN("at") AS first_at, MAX("at") AS last_at '
        f"FROM exchanges WHERE {expression} IS NOT NULL AND {where} GROUP BY account_id, {expression}"
    )
    return Signal(family, select, examples, needs=(expression,))
