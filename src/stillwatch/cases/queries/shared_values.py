"""Reads the values that accounts of a case share, for a graph: few enough to look at, those with most evidence first.

A value is identified by its rank within the sighting. Neither the value nor its digest reaches a page.
"""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.judgements import case_of
from stillwatch.cases.store.parquet_column import load
from stillwatch.cases.store.schema import Sighting
from stillwatch.tables import BONDS

__all__ = ["SharedValue", "SharedValueFilter", "SharedValues", "shared_values_of"]


@dataclass(frozen=True, slots=True)
class SharedValue:
    """One shared value.

    ``n_members`` is the number of members of the case that hold it. ``n_holders`` is the number of payers in the whole
    log that hold it, or null where unknown. ``bits`` is the largest evidence of a member.
    """

    number: int
    signal: str
    family: str
    n_members: int
    n_holders: int | None
    bits: float


@dataclass(frozen=True, slots=True)
class SharedValueFilter:
    """A filter: values of one signal, values that one account holds, or values of the holders of one value."""

    signal: str = ""
    account: str = ""
    value: int | None = None


@dataclass(frozen=True, slots=True)
class SharedValues:
    """Accounts, values, and pairs of positions in both.

    ``n_accounts`` and ``n_values`` are the numbers before the limits of the page.
    """

    accounts: tuple[str, ...]
    values: tuple[SharedValue, ...]
    pairs: tuple[tuple[int, int], ...]
    n_accounts: int
    n_values: int


def shared_values_of(
    look: Look, case_id: int, chosen: SharedValueFilter, *, most_accounts: int, most_values: int
) -> SharedValues:
    """Return the values that members of the case share in its last sighting; empty where it stored none.

    Raises ``MissingError`` where there is no such case.
    """
    case = case_of(look, case_id)
    sighting = look.session.get(Sighting, (case_id, case.last_scan)) if case.last_scan else None
    if sighting is None or sighting.bonds is None:
        return SharedValues((), (), (), 0, 0)
    bonds, values = _numbered(load(sighting.bonds, BONDS))
    bonds = _chosen(bonds, chosen)
    n_accounts = len(bonds["account_id"].unique())
    held = set(bonds["value"].unique().to_pylist())
    shown = [value for value in values if value.number in held][:most_values]
    bonds = bonds.filter(pc.is_in(bonds["value"], pa.array([value.number for value in shown], pa.int64())))
    accounts = bonds.group_by("account_id").aggregate([("bits", "sum")])
    # The account of the filter comes first, so that no limit leaves it out.
    accounts = accounts.append_column("is_asked", pc.equal(accounts["account_id"], chosen.account))
    order = [("is_asked", "descending"), ("bits_sum", "descending"), ("account_id", "ascending")]
    ordered = accounts.take(pc.sort_indices(accounts, order))["account_id"].to_pylist()
    place = {account: i for i, account in enumerate(ordered[:most_accounts])}
    of = {value.number: i for i, value in enumerate(shown)}
    rows = zip(bonds["account_id"].to_pylist(), bonds["value"].to_pylist(), strict=True)
    pairs = sorted((place[account], of[number]) for account, number in rows if account in place)
    return SharedValues(tuple(place), tuple(shown), tuple(pairs), n_accounts, len(held))


def _numbered(bonds: pa.Table) -> tuple[pa.Table, list[SharedValue]]:
    """Return *bonds* with the rank of each value, and the values, sorted by evidence times members."""
    kinds = ["signal", "family", "hub"]
    wanted = [("account_id", "count"), ("bits", "max"), ("n_holders", "max")]
    found = bonds.group_by(kinds).aggregate(wanted)
    weight = pc.multiply(found["bits_max"], pc.cast(found["account_id_count"], pa.float64()))
    found = found.append_column("weight", weight)
    found = found.sort_by([("weight", "descending"), ("signal", "ascending"), ("hub", "ascending")])
    found = found.append_column("value", pa.array(range(1, len(found) + 1), pa.int64()))
    numbered = bonds.join(found.select([*kinds, "value"]), kinds, join_type="inner")
    values = [
        SharedValue(
            row["value"], row["signal"], row["family"], row["account_id_count"], row["n_holders_max"], row["bits_max"]
        )
        for row in found.to_pylist()
    ]
    return numbered, values


def _chosen(bonds: pa.Table, chosen: SharedValueFilter) -> pa.Table:
    if chosen.signal:
        bonds = bonds.filter(pc.equal(bonds["signal"], chosen.signal))
    if chosen.account:
        own = bonds.filter(pc.equal(bonds["account_id"], chosen.account))["value"].unique()
        bonds = bonds.filter(pc.is_in(bonds["value"], own))
    if chosen.value is not None:
        holders = bonds.filter(pc.equal(bonds["value"], chosen.value))["account_id"].unique()
        bonds = bonds.filter(pc.is_in(bonds["account_id"], holders))
    return bonds
