"""Compares stated probabilities with the truth, by bins, with intervals that resample groups and never accounts.

Groups depend on one another in two ways. Those of one crowd have one author and one idea. Those of one author and seed
come from worlds with the same ordinary people, and may be the same group in several of them. Groups of ordinary people
depend in the second way alone. So there are two
bootstraps, one that resamples crowds and one that resamples author-seed pairs, and the interval reaches over both
(Cameron, Gelbach and Miller, Bootstrap-based improvements for inference with clustered errors, Review of Economics and
Statistics 90(3), 2008, for the one-way case). With few crowds such intervals are still too narrow, so the number of
crowds stands beside them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from stillwatch.statistics import clopper_pearson
from strangers.compose import ORDINARY
from strangers.measuring import GroupResult

__all__ = ["EDGES", "FEW", "Bin", "Observed", "calibrated", "groups_stated", "interval", "members_stated"]

EDGES = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 1.0)
"""Ends of the bins. A bin holds its lower end and not its upper one; the last bin holds both."""
FEW = 5
"""Crowds below which no interval supports what was stated."""
_REPLICATES = 4_000
_SEED = 20_071


@dataclass(frozen=True, slots=True)
class Observed:
    """Stated probabilities of group number ``group``: how many, their sum, and how many were true.

    ``crowd`` and ``population`` (author and seed) are what is resampled.
    """

    group: int
    crowd: str
    population: str
    n: int
    stated: float
    true: int


@dataclass(frozen=True, slots=True)
class Bin:
    """One row of a table. ``n_crowds`` and ``n_populations`` count what was resampled."""

    low: float
    high: float
    n: int
    n_groups: int
    n_crowds: int
    n_populations: int
    stated: float
    true: float
    interval: tuple[float, float]

    @property
    def is_covered(self) -> bool | None:
        """Return whether the mean of what was stated lies in the interval of the true share.

        None where it does and the interval comes from fewer than ``FEW`` crowds, which says nothing.
        """
        if not self.interval[0] <= self.stated <= self.interval[1]:
            return False
        return None if self.n_crowds < FEW else True


def groups_stated(groups: Iterable[tuple[int, GroupResult]]) -> Iterator[Observed]:
    """Yield ``p_group`` of each group, with whether the group is true; *groups* are pairs of seed and group."""
    for number, (seed, group) in enumerate(groups):
        yield Observed(number, *_clusters(seed, group), 1, group.p_group, int(group.is_true))


def members_stated(groups: Iterable[tuple[int, GroupResult]]) -> Iterator[Observed]:
    """Yield ``p_member`` of each member of a true group, with whether it belongs to the crowd of the group."""
    for number, (seed, group) in enumerate(groups):
        if group.is_true:
            for stated, true in (*((p, 1) for p in group.inside), *((p, 0) for p in group.outside)):
                yield Observed(number, *_clusters(seed, group), 1, stated, true)


def calibrated(stated: Iterable[Observed]) -> list[Bin]:
    """Return the bins that hold anything, and last all together where there is more than one; an empty list for none.

    Each of *stated* is one probability. Raises ``ValueError`` where one is not between 0 and 1.
    """
    found: dict[int, dict[int, Observed]] = {}
    every: list[Observed] = []
    for one in stated:
        every.append(one)
        held = found.setdefault(_bin(one.stated), {})
        so_far = held.get(one.group, replace(one, n=0, stated=0.0, true=0))
        held[one.group] = replace(one, n=so_far.n + 1, stated=so_far.stated + one.stated, true=so_far.true + one.true)
    edges = list(pairwise(EDGES))
    bins = [_row(*edges[place], list(held.values())) for place, held in sorted(found.items())]
    return [*bins, _row(EDGES[0], EDGES[-1], every)] if len(bins) > 1 else bins


def interval(observed: Sequence[Observed], *, seed: int = _SEED) -> tuple[float, float]:
    """Return the 95% interval of the true share of *observed*; the same rows give the same interval in any order.

    Where all are true or none is, resampling shows no spread. Then the interval is the exact one of as many outcomes
    as there are crowds. Raises ``ValueError`` where nothing was observed.
    """
    if not observed:
        raise ValueError("no interval without an observation")
    rows = sorted(observed, key=lambda o: (o.crowd, o.population, o.n, o.true))
    true, total = (np.array([getattr(o, key) for o in rows], dtype=float) for key in ("true", "n"))
    if true.sum() in (0.0, total.sum()):
        n = len({o.crowd for o in rows})
        return clopper_pearson(n if true.sum() else 0, n)
    ends = [
        np.quantile(_shares(np.random.default_rng(seed), [getattr(o, key) for o in rows], true, total), (0.025, 0.975))
        for key in ("crowd", "population")
    ]
    return float(min(low for low, _ in ends)), float(max(high for _, high in ends))


def _shares(rng: np.random.Generator, clusters: Sequence[str], true: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return the true share in each replicate; a replicate draws as many of *clusters* as there are, whole."""
    place = {name: i for i, name in enumerate(sorted(set(clusters)))}
    of = [place[name] for name in clusters]
    of_cluster = [np.bincount(of, weights=values) for values in (true, total)]
    drawn = rng.multinomial(len(place), np.full(len(place), 1 / len(place)), size=_REPLICATES)
    return (drawn @ of_cluster[0]) / (drawn @ of_cluster[1])


def _row(low: float, high: float, held: Sequence[Observed]) -> Bin:
    n = sum(o.n for o in held)
    return Bin(
        low, high, n, len({o.group for o in held}), len({o.crowd for o in held}), len({o.population for o in held}),
        sum(o.stated for o in held) / n, sum(o.true for o in held) / n, interval(held),
    )  # fmt: skip


def _bin(p: float) -> int:
    if not 0.0 <= p <= 1.0:
        raise ValueError("a stated probability is not between 0 and 1")
    return min(int(np.searchsorted(EDGES, p, side="right")) - 1, len(EDGES) - 2)


def _clusters(seed: int, group: GroupResult) -> tuple[str, str]:
    population = f"{group.author} {seed}"
    # ordinary people are no crowd of one idea: those of another seed are other people of all kinds
    return f"{population if group.crowd == ORDINARY else group.author} {group.crowd}", population
