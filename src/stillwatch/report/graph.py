"""Lays out the graph of a campaign: accounts on a ring, and each shared hub among the accounts that share it.

A hub that all accounts share is in the middle; a hub that a few share is near them. The layout has a closed form,
except for a fixed number of steps that push overlapping hubs apart. So the same tables give the same picture.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stillwatch.report import figures

__all__ = ["Bond", "Graph", "Hub", "Kind", "Spot", "draw"]

_RING, _REACH = 300.0, 235.0
_MAX_HUBS = 48
_STEPS, _GAP = 80, 9.0
_GOLDEN = math.pi * (3 - math.sqrt(5))

Points = npt.NDArray[np.float64]


class Bond(NamedTuple):
    """One row of ``tables.BONDS`` without its campaign. The hub is not shown outside this module."""

    account_id: str
    signal: str
    family: str
    hub: str
    bits: float

    def __repr__(self) -> str:
        return f"Bond({self.account_id!r}, {self.signal!r}, {self.family!r}, bits={self.bits!r})"


@dataclass(frozen=True, slots=True)
class Spot:
    """The position of one account on the ring."""

    x: float
    y: float
    account_id: str


@dataclass(frozen=True, slots=True)
class Hub:
    """One shared hub: its position and the number of accounts that share it; ``number`` is that of its ``Kind``."""

    number: int
    signal: str
    family: str
    n_accounts: int
    n_drawn: int
    x: float
    y: float
    outline: str
    threads: str


@dataclass(frozen=True, slots=True)
class Kind:
    """The drawn hubs of one signal, and the fewest and the most accounts that share one of them."""

    number: int
    signal: str
    family: str
    n_values: int
    fewest: int
    most: int


@dataclass(frozen=True, slots=True)
class Graph:
    """The drawn accounts and hubs, and the total numbers of accounts and hubs."""

    spots: list[Spot]
    hubs: list[Hub]
    kinds: list[Kind]
    n_accounts: int
    n_hubs: int


@dataclass(slots=True)
class _Value:
    signal: str
    family: str
    key: tuple[str, str]
    accounts: list[str]
    n_accounts: int


def draw(bonds: list[Bond], p_member: dict[str, float], max_accounts: int) -> Graph | None:
    """Return the layout of at most *max_accounts* accounts, those with the highest *p_member* first.

    ``None`` where no two accounts share a hub.
    """
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    bits: dict[str, list[float]] = defaultdict(list)
    families: dict[tuple[str, str], str] = {}
    for bond in bonds:
        holders[bond.signal, bond.hub].add(bond.account_id)
        families[bond.signal, bond.hub] = bond.family
        bits[bond.account_id].append(bond.bits)
    # A hub of only one member joins no accounts.
    shared = {key: accounts for key, accounts in holders.items() if len(accounts) > 1}
    joined = set().union(*shared.values()) if shared else set()
    if not joined:
        return None
    strongest = sorted(joined, key=lambda a: (-p_member.get(a, 0.0), -math.fsum(bits[a]), a))
    drawn = set(strongest[:max_accounts])
    values = _chosen(shared, families, drawn)
    order = _ring_order(sorted(drawn), values)
    places = _ring(len(order))
    place = {account: places[index] for index, account in enumerate(order)}
    kinds = _kinds(values)
    return Graph(
        spots=[Spot(*place[account], account_id=account) for account in order],
        hubs=_hubs(values, place, {kind.signal: kind.number for kind in kinds}),
        kinds=kinds,
        n_accounts=len(joined),
        n_hubs=len(shared),
    )


def _chosen(
    shared: dict[tuple[str, str], set[str]], families: dict[tuple[str, str], str], drawn: set[str]
) -> list[_Value]:
    values = []
    for key in sorted(shared):
        accounts = sorted(shared[key] & drawn)
        if len(accounts) > 1:
            values.append(_Value(key[0], families[key], key, accounts, len(shared[key])))
    values.sort(key=lambda value: (-len(value.accounts), -value.n_accounts, value.key))
    return values[:_MAX_HUBS]


def _ring_order(accounts: list[str], values: list[_Value]) -> list[str]:
    """Return the accounts in an order that puts accounts with a rare shared hub side by side; rarest hubs first."""
    run_of = {account: index for index, account in enumerate(accounts)}
    runs = {index: [account] for index, account in enumerate(accounts)}
    for value in sorted(values, key=lambda value: (len(value.accounts), value.key)):
        joined = list(dict.fromkeys(run_of[account] for account in value.accounts))
        into = joined[0]
        for other in joined[1:]:
            for account in runs[other]:
                run_of[account] = into
            runs[into].extend(runs.pop(other))
    return [account for index in sorted(runs) for account in runs[index]]


def _ring(n: int) -> list[tuple[float, float]]:
    angles = -np.pi / 2 + 2 * np.pi * np.arange(n) / n
    xs, ys = np.round(_RING * np.cos(angles), 1), np.round(_RING * np.sin(angles), 1)
    return [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]


def _kinds(values: list[_Value]) -> list[Kind]:
    """Return one ``Kind`` per signal, ordered by the largest hub."""
    by_signal: dict[str, list[_Value]] = defaultdict(list)
    for value in values:
        by_signal[value.signal].append(value)
    kinds = []
    for number, (signal, same) in enumerate(by_signal.items(), start=1):
        sizes = [value.n_accounts for value in same]
        kinds.append(Kind(number, signal, same[0].family, len(same), min(sizes), max(sizes)))
    return kinds


def _hubs(values: list[_Value], place: dict[str, tuple[float, float]], numbers: dict[str, int]) -> list[Hub]:
    if not values:
        return []
    sizes = np.array([7 + 13 * math.sqrt(len(v.accounts) / len(place)) for v in values])
    centres = np.array([np.mean([place[a] for a in v.accounts], axis=0) for v in values])
    positions = _pushed_apart(centres * (_REACH / _RING), sizes)
    hubs = []
    for index, value in enumerate(values):
        x, y = (round(float(part), 1) + 0.0 for part in positions[index])
        hubs.append(
            Hub(
                number=numbers[value.signal],
                signal=value.signal,
                family=value.family,
                n_accounts=value.n_accounts,
                n_drawn=len(value.accounts),
                x=x,
                y=y,
                outline=figures.glyph(value.family, x, y, float(sizes[index])),
                threads="".join(_thread(place[account], (x, y)) for account in value.accounts),
            )
        )
    return hubs


def _pushed_apart(points: Points, sizes: Points) -> Points:
    """Move overlapping points apart in a fixed number of steps, inside the ring."""
    turn = np.arange(len(points)) * _GOLDEN
    # Hubs shared by the same accounts have the same position, so each gets a small shift in its own direction.
    points = points + 2.0 * np.column_stack([np.cos(turn), np.sin(turn)])
    least = sizes[:, None] + sizes[None, :] + _GAP
    for _ in range(_STEPS):
        delta = points[:, None, :] - points[None, :, :]
        distance = np.sqrt((delta**2).sum(axis=2)) + 1e-9
        push = np.clip(least - distance, 0, None) / distance
        np.fill_diagonal(push, 0.0)
        points = points + 0.25 * (delta * push[:, :, None]).sum(axis=1)
        reach = np.sqrt((points**2).sum(axis=1)) + 1e-9
        points = points * np.minimum(1.0, (_RING - 30 - sizes) / reach)[:, None]
    return points


def _thread(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Return the curve from an account to a hub; it bends inwards, but not beyond the hub."""
    inwards = (_RING + math.hypot(*end)) / (2 * _RING)
    control = f"{start[0] * inwards:.0f} {start[1] * inwards:.0f}"
    return f"M{start[0]:g} {start[1]:g}Q{control} {end[0]:g} {end[1]:g}"
