"""Forms candidate groups: communities of the account-trace graph, of shared frames, and of content twins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import networkit as nk
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.campaigns.content import Floats, Ints
from stillwatch.campaigns.population import Population
from stillwatch.model import Family

__all__ = ["Bonds", "Seed", "bonds_of", "communities", "seeds"]


@dataclass(frozen=True)
class Bonds:
    """Links as arrays of one length: account position, hub code, signal code and bits; hubs belong to one signal."""

    account: Ints
    hub: Ints
    signal: Ints
    bits: Floats
    signals: list[str]
    families: list[str]
    """Family of each signal."""
    hubs: list[str]
    """Digest of each hub."""

    def of(self, chosen: npt.NDArray[np.bool_]) -> "Bonds":
        """Return the bonds where *chosen* (one flag per bond) holds."""
        return Bonds(
            self.account[chosen], self.hub[chosen], self.signal[chosen], self.bits[chosen],
            self.signals, self.families, self.hubs,
        )  # fmt: skip


@dataclass(frozen=True)
class Seed:
    """A candidate group, the family of the traces that formed it, and the half whose content did (0 for traces)."""

    family: str
    half: int
    members: Ints


def bonds_of(links: pa.Table | pa.RecordBatchReader, population: Population) -> Bonds:
    """Return *links* as arrays, in an order that does not depend on account names."""
    hubs: dict[str, int] = {}
    signals: dict[tuple[str, str], int] = {}
    rows = [(np.empty(0, np.int64),) * 3 + (np.empty(0),)]
    for batch in links.to_reader() if isinstance(links, pa.Table) else links:
        hub, signal, family = (batch.column(name).dictionary_encode() for name in ("hub", "signal", "family"))
        kinds = zip(*(column.dictionary.take(column.indices).to_pylist() for column in (signal, family)), strict=True)
        rows.append((
            population.places(batch.column("account_id")),
            np.array([hubs.setdefault(name, len(hubs)) for name in hub.dictionary.to_pylist()], np.int64)[
                hub.indices.to_numpy()
            ],
            np.array([signals.setdefault(kind, len(signals)) for kind in kinds], np.int64),
            batch.column("weight_micros").to_numpy() / 1e6,
        ))  # fmt: skip
    account, hub_code, signal_code, bits = (np.concatenate(column) for column in zip(*rows, strict=True))
    hub_code, signal_code = _ranks(hubs)[hub_code], _ranks(signals)[signal_code]
    order = np.lexsort((hub_code, account))
    known = sorted(signals)
    return Bonds(
        account[order],
        hub_code[order],
        signal_code[order],
        bits[order],
        [signal for signal, _ in known],
        [family for _, family in known],
        sorted(hubs),
    )


def _ranks(codes: Mapping[Any, int]) -> Ints:
    """Return, per code, the position of its name among all names in order."""
    rank = np.empty(len(codes), np.int64)
    rank[[codes[name] for name in sorted(codes)]] = np.arange(len(codes))
    return rank


def seeds(
    population: Population,
    bonds: Bonds,
    twins: tuple[tuple[Ints, Ints, Floats], ...],
    *,
    min_accounts: int,
    seed: int,
) -> list[Seed]:
    """Return candidate groups of at least *min_accounts* accounts, largest first; they may overlap.

    One graph per family of traces, so that the other families can confirm what one of them formed; of content, only
    frames (*twins* are the rest, one set of edges per half).
    """
    found = []
    for family in sorted(set(bonds.families)):
        speaking = [
            f == family and (f != Family.CONTENT or s == "shared_frame")
            for f, s in zip(bonds.families, bonds.signals, strict=True)
        ]
        part = bonds.of(np.array(speaking, bool)[bonds.signal])
        edges = part.account, len(population) + part.hub, part.bits
        found += [Seed(family, 0, m) for m in communities(*edges, limit=len(population), seed=seed)]
    for half, edges in enumerate(twins):
        found += [Seed(Family.CONTENT, half, m) for m in communities(*edges, limit=len(population), seed=seed)]
    found = [Seed(s.family, s.half, population.suspects(s.members)) for s in found]
    large = [s for s in found if len(s.members) >= min_accounts]
    return sorted(large, key=lambda s: (-len(s.members), s.family, s.half, s.members.tolist()))


def communities(
    left: Ints, right: Ints, weight: Floats, *, limit: int, seed: int, resolution: float = 1.0
) -> list[Ints]:
    """Return the communities of a weighted graph as sorted node arrays, nodes from *limit* on left out.

    Leiden (Traag, Waltman and van Eck, 2019) in one thread with a fixed seed: the same input gives the same groups.
    """
    if len(left) == 0:
        return []
    used, inverse = np.unique(np.concatenate((left, right)), return_inverse=True)
    u, v = inverse[: len(left)].astype(np.uint64), inverse[len(left) :].astype(np.uint64)
    # Rounded, so that the last bit of a float cannot turn a community.
    graph = nk.GraphFromCoo((np.round(weight, 3), (u, v)), n=len(used), weighted=True, directed=False)
    nk.setNumberOfThreads(1)
    nk.setSeed(seed, useThreadId=False)
    search = nk.community.ParallelLeiden(graph, iterations=8, randomize=False, gamma=resolution)
    search.run()
    label = np.array(search.getPartition().getVector(), np.int64)
    groups = []
    for members in np.split(np.argsort(label, kind="stable"), np.flatnonzero(np.diff(np.sort(label))) + 1):
        accounts = used[members][used[members] < limit]
        if len(accounts) >= 2:
            groups.append(np.sort(accounts))
    return groups
