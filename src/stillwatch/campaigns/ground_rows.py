"""What a reported campaign stood on, written down so that its tests can be made again without some of its members."""

from typing import Any

import numpy as np

from stillwatch.campaigns.candidates import Group
from stillwatch.campaigns.content import Ints
from stillwatch.campaigns.coordination import Sharing
from stillwatch.campaigns.distance import Tastes
from stillwatch.campaigns.sameness import Ground

__all__ = ["bond_rows", "everywhere", "ground_rows"]


def bond_rows(sharing: Sharing, group: Group, campaign: object) -> list[dict[str, object]]:
    """Return a row of ``tables.BONDS`` for each value that a member has in common with another."""
    population, bonds = sharing.population, sharing.bonds
    own = sharing.bonds_of(group.found.members)
    counts = np.bincount(bonds.hub[own], minlength=len(bonds.hubs)) if len(own) else np.zeros(0, np.int64)
    return [
        {
            "campaign_id": campaign,
            "account_id": population.accounts[bonds.account[b]],
            "signal": bonds.signals[bonds.signal[b]],
            "family": bonds.families[bonds.signal[b]],
            "hub": bonds.hubs[bonds.hub[b]],
            "bits": float(bonds.bits[b]),
            "n_holders": int(sharing.holders[bonds.hub[b]]),
        }
        for b in own
        if counts[bonds.hub[b]] >= 2
    ]


def ground_rows(sharing: Sharing, tastes: Tastes, group: Group, campaign: object) -> list[dict[str, object]]:
    """Return a row of ``tables.GROUNDS`` for each member, in the order of accounts."""
    population, members = sharing.population, group.found.members
    accounts, ground = _compared(sharing, tastes, group)
    place = np.full(len(population), -1, np.int64)
    place[accounts] = np.arange(len(accounts))
    ties, content, alone = sharing.ties(members), ground.content, _alone(sharing, members)
    mean = content.vectors.astype("<f2")
    rows: list[dict[str, object]] = []
    for i, member in enumerate(members):
        at = int(place[member])
        known = at >= 0 and content.n[at] > 0
        rows.append(
            {
                "campaign_id": campaign,
                "account_id": population.accounts[member],
                "unit": int(population.unit[member]),
                "is_tied": bool(ties.is_tied[i]),
                "is_crossing": bool(ties.crosses[i]),
                "n_ties_alone": int(ties.n_alone[i]),
                "alone": alone.get(int(member), []),
                "n": int(content.n[at]) if known else 0,
                "spread": float(content.spread[at]) if known else 0.0,
                "noise": float(content.noise[at]) if known else 0.0,
                "mean": mean[at].tobytes() if known else None,
                "honest_distance": ground.distance,
                "honest_spread": ground.spread,
                "noise_factor": ground.noise,
            }
        )
    return rows


def _alone(sharing: Sharing, members: Ints) -> dict[int, list[dict[str, object]]]:
    """Return, by member and signal, what those of its values add to everybody's sharing that no other member holds."""
    bonds, own = sharing.bonds, sharing.bonds_of(members)
    if len(own) == 0:
        return {}
    held = np.bincount(bonds.hub[own], minlength=len(bonds.hubs))
    holders = sharing.holders[bonds.hub[own]].astype(np.float64)
    single = own[(held[bonds.hub[own]] == 1) & (holders >= 2)]
    holders = sharing.holders[bonds.hub[single]].astype(np.float64)
    before, after = holders * (holders - 1) / 2, (holders - 1) * (holders - 2) / 2
    found: dict[int, list[dict[str, object]]] = {}
    keys = np.stack((bonds.account[single], bonds.signal[single]))
    pairs, place = np.unique(keys, axis=1, return_inverse=True)
    sums = (
        np.bincount(place.ravel(), weights=w, minlength=pairs.shape[1]) for w in (before - after, before**2 - after**2)
    )
    counts = np.bincount(place.ravel(), minlength=pairs.shape[1])
    for account, signal, more, squares, n in zip(*pairs, *sums, counts, strict=True):
        row = {"signal": bonds.signals[signal], "pairs": float(more), "squares": float(squares), "n": int(n)}
        found.setdefault(int(account), []).append(row)
    return found


def _compared(sharing: Sharing, tastes: Tastes, group: Group) -> tuple[Ints, Ground]:
    """Return whose prompts were compared, and what they ask."""
    if group.common is not None:
        return group.common.accounts, group.common.ground
    members = group.found.members
    return members, Ground.of(sharing.population.whole, members, tastes)


def everywhere(sharing: Sharing) -> dict[str, Any]:
    """Return how much the whole log shares, as plain values (:class:`coordination.Everywhere`)."""
    shared = sharing.everywhere
    columns = (shared.signals, shared.families, shared.pairs, shared.squares, shared.n_shared)
    return {
        "n_units": shared.n_units,
        "n_tied": shared.n_tied,
        "n_crossing": shared.n_crossing,
        "signals": [
            {"signal": signal, "family": family, "pairs": float(pairs), "squares": float(squares), "n_shared": int(n)}
            for signal, family, pairs, squares, n in zip(*columns, strict=True)
        ],
    }
