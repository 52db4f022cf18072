"""The order of the room: load, group, test, control false discoveries, refine, judge by two keys, explain."""

from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa

from stillwatch.campaigns import distance, explain, grouping, harvest, twins, worklist
from stillwatch.campaigns.coordination import Sameness, Sharing, coordination, p_value, sameness
from stillwatch.campaigns.discovery import q_values
from stillwatch.campaigns.distance import Tastes
from stillwatch.campaigns.grouping import Seed
from stillwatch.campaigns.membership import Membership, refine
from stillwatch.campaigns.population import Ints, Population, load
from stillwatch.engine import Engine, Frame
from stillwatch.model import Family, Reason, Severity
from stillwatch.settings import CampaignsSettings
from stillwatch.tables import BONDS, CAMPAIGNS, MEMBERS

__all__ = ["Detection", "detect"]

_GROWING = 0.9
"""Least probability at which half of the evidence lets a candidate group grow: one stranger can fail its test."""
_DEFAULT_PAYER_SHARE = 0.5
_COHERENT = 0.01
"""Below this p-value a group counts as dealt from one worklist, and content may say who belongs."""


@dataclass(frozen=True)
class Detection:
    """The tables that the room writes, and counts of what was tested and cleared."""

    campaigns: pa.Table
    members: pa.Table
    bonds: pa.Table
    counts: dict[str, int]


@dataclass(frozen=True)
class _Group:
    """A group whose coordination stood the test, with all that is known of it."""

    q_value: float
    found: Membership
    same: Sameness | None
    shared: list[tuple[Reason, float, float]]


def detect(
    engine: Engine,
    *,
    activity: Frame,
    profiles: pa.Table,
    links: Frame,
    prints: Frame,
    settings: CampaignsSettings,
) -> Detection:
    """Return the campaigns in the tables of a scan; a function of what accounts did, not of their names or order."""
    counted = engine.arrow(activity).read_all()
    if len(counted) == 0:
        return _written([], [], [], {"n_groups_tested": 0, "n_groups_coordinated": 0})
    population = load(counted, profiles, default_share=_DEFAULT_PAYER_SHARE)
    bonds = grouping.bonds_of(engine.arrow(links).read_all(), population)
    sharing = Sharing(population, bonds)
    tastes = distance.fit(population, distance.noise_factor(population), seed=settings.seed)
    seeds = grouping.seeds(
        population, bonds, tuple(twins.find(half, tastes) for half in population.halves),
        min_accounts=settings.min_accounts, seed=settings.seed,
    )  # fmt: skip
    groups = _tested(sharing, tastes, seeds, settings)
    reported = _judged(engine, population, groups, prints, settings)
    counts = {"n_groups_tested": len(seeds), "n_groups_coordinated": len(groups)}
    rows, members, drawn = [], [], []
    for group, card, dials in reported:
        row = _campaign_row(population, group, card, dials)
        rows.append(row)
        members += _member_rows(sharing, group, row["campaign_id"])
        drawn += _bond_rows(sharing, group, row["campaign_id"])
    return _written(rows, members, drawn, counts)


def _tested(sharing: Sharing, tastes: Tastes, seeds: list[Seed], settings: CampaignsSettings) -> list[_Group]:
    """Return the groups that act as one at the stated rate, refined, each once; the strongest evidence first.

    A group is grown on one half of what accounts asked and tested on the other, then refined on both.
    """
    population = sharing.population
    candidates: dict[tuple[int, bytes], Ints] = {}
    for seed in seeds:
        grown = _grown(sharing, seed, tastes, settings)
        for members in (seed.members, grown):
            candidates.setdefault((1 - seed.half, members.tobytes()), members)
    chosen = list(candidates.values())
    tests = [
        (sameness(population.halves[half], members, tastes), sharing.test(members))
        for (half, _), members in candidates.items()
    ]
    p = np.array([p_value(same, shared) for same, shared in tests])
    q = q_values(p)
    groups: list[_Group] = []
    for i in sorted(range(len(chosen)), key=lambda i: (p[i], -len(chosen[i]))):
        if q[i] > settings.false_discovery_rate:
            break
        if any(np.isin(chosen[i], g.found.members).mean() > 0.8 for g in groups):
            continue
        same = tests[i][0]
        coherent = same is not None and same.p_value < _COHERENT
        content = population.whole if coherent else None
        found = refine(sharing, chosen[i], tastes, content=content, least=settings.min_member)
        if len(found.members) < settings.min_accounts or any(
            _overlap(found.members, g.found.members) > 0.5 for g in groups
        ):
            continue
        whole = sameness(population.whole, found.members, tastes)
        groups.append(_Group(float(q[i]), found, whole, sharing.test(found.members)))
    return groups


def _grown(sharing: Sharing, seed: Seed, tastes: Tastes, settings: CampaignsSettings) -> Ints:
    """Return the seed with everybody who asks like it in the half that found it, where its members do ask alike."""
    content, members = sharing.population.halves[seed.half], seed.members
    same = sameness(content, members, tastes)
    if same is None or same.share < 0.5:
        return members
    found = refine(sharing, members, tastes, content=content, least=_GROWING)
    return found.members if len(found.members) >= settings.min_accounts else members


def _overlap(left: Ints, right: Ints) -> float:
    return len(np.intersect1d(left, right, assume_unique=True)) / min(len(left), len(right))


@dataclass(frozen=True)
class _Dials:
    coordination: float
    concealment: float
    harvest: float
    severity: Severity


def _judged(
    engine: Engine, population: Population, groups: list[_Group], prints: Frame, settings: CampaignsSettings
) -> list[tuple[_Group, harvest.Card, _Dials]]:
    """Return the groups that both keys fit, most severe first."""
    outside = np.setdiff1d(
        np.arange(len(population)), np.concatenate([np.empty(0, np.int64), *(g.found.members for g in groups)])
    )
    labels = [(population.accounts[m], -1) for m in outside]
    labels += [(population.accounts[m], i) for i, g in enumerate(groups) for m in g.found.members]
    table = pa.table({"account_id": [a for a, _ in labels], "label": pa.array([b for _, b in labels], pa.int64())})
    collisions = worklist.count(engine, prints, table)
    judged = []
    for i, group in enumerate(groups):
        both = collisions.get(i, worklist.Collisions()), collisions.get(-1, worklist.Collisions())
        tied = any(p < _COHERENT and r.family != Family.CONTENT for r, p, _ in group.shared)
        card = harvest.card(population, group.found.members, outside, both, group.same, independent=not tied)
        dials = _dials(population, group, card, settings)
        if dials.coordination >= settings.min_coordination and dials.harvest >= settings.min_harvest:
            judged.append((group, card, dials))
    return sorted(
        judged,
        key=lambda j: (
            -j[2].severity.rank,
            j[0].q_value,
            -len(j[0].found.members),
            explain.name(population, j[0].found.members),
        ),
    )


def _dials(population: Population, group: _Group, card: harvest.Card, settings: CampaignsSettings) -> _Dials:
    first = coordination(group.same, group.shared)
    units = np.unique(population.unit[group.found.members], return_counts=True)[1].astype(np.float64)
    size = units.sum()
    # Two members drawn at random: do they claim to be strangers?
    strangers = 1 - float((units * (units - 1)).sum() / (size * (size - 1))) if size > 1 else 0.0
    concealment = strangers * first
    severity = Severity.REVIEW
    if concealment < settings.min_concealment:
        severity = Severity.WATCH
    elif card.harvest >= 0.8 and first >= 0.8 and concealment >= 0.5 and size >= 20:
        severity = Severity.URGENT
    return _Dials(first, concealment, card.harvest, severity)


def _campaign_row(population: Population, group: _Group, card: harvest.Card, dials: _Dials) -> dict[str, object]:
    members, activity = group.found.members, population.activity
    return {
        "campaign_id": explain.name(population, members),
        "n_accounts": len(members),
        "n_exchanges": int(activity["n_exchanges"][members].sum()),
        "output_tokens": int(activity["output_tokens"][members].sum()),
        "first_at": int(activity["first_at"][members].min()),
        "last_at": int(activity["last_at"][members].max()),
        "coordination": dials.coordination,
        "concealment": dials.concealment,
        "harvest": dials.harvest,
        "q_value": group.q_value,
        "severity": str(dials.severity),
        "capabilities": explain.capabilities(population, members),
        "reasons": [asdict(r) for r in explain.group_reasons(group.same, group.shared, card)],
        "innocent_readings": explain.innocent_readings(population, members, group.same, group.shared, card),
    }


def _member_rows(sharing: Sharing, group: _Group, campaign: object) -> list[dict[str, object]]:
    found = group.found
    reasons = explain.member_reasons(sharing, found)
    order = np.lexsort((found.members, -np.round(found.probability, 9)))
    return [
        {
            "campaign_id": campaign,
            "account_id": sharing.population.accounts[found.members[i]],
            "p_member": float(found.probability[i]),
            "reasons": [asdict(r) for r in reasons[i]],
        }
        for i in order
    ]


def _bond_rows(sharing: Sharing, group: _Group, campaign: object) -> list[dict[str, object]]:
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
        }
        for b in own
        if counts[bonds.hub[b]] >= 2
    ]


def _written(
    rows: list[dict[str, object]],
    members: list[dict[str, object]],
    bonds: list[dict[str, object]],
    counts: dict[str, int],
) -> Detection:
    return Detection(
        campaigns=pa.Table.from_pylist(rows, schema=CAMPAIGNS.schema),
        members=pa.Table.from_pylist(members, schema=MEMBERS.schema),
        bonds=pa.Table.from_pylist(bonds, schema=BONDS.schema),
        counts=counts,
    )
