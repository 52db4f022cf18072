"""The order of the room: load, group, test, control false discoveries, refine, judge by two keys, explain."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.campaigns import distance, explain, grouping, harvest, rhythm, twins, worklist
from stillwatch.campaigns.candidates import Group, tested
from stillwatch.campaigns.clearing import cleared
from stillwatch.campaigns.concealment import openness
from stillwatch.campaigns.content import SOME, Ints
from stillwatch.campaigns.coordination import Sharing, coordination
from stillwatch.campaigns.covered import CoveredSearch
from stillwatch.campaigns.distance import Tastes
from stillwatch.campaigns.ground_rows import bond_rows, everywhere, ground_rows
from stillwatch.campaigns.part_contents import Placed
from stillwatch.campaigns.population import Population, load
from stillwatch.campaigns.sameness import sameness
from stillwatch.campaigns.spread import spread_of
from stillwatch.campaigns.worklist import Collisions
from stillwatch.engine import Engine, Frame
from stillwatch.model import Family, Severity
from stillwatch.settings import CampaignsSettings
from stillwatch.tables import BONDS, CAMPAIGNS, GROUNDS, MEMBERS

__all__ = ["Detection", "detect"]

_URGENT_DIALS, _URGENT_CONCEALMENT, _URGENT_ACCOUNTS = 0.8, 0.5, 20
"""Least harvest and coordination, concealment and size of a campaign to look at first."""


@dataclass(frozen=True)
class Detection:
    """The tables that the room writes, and counts of what was tested and cleared."""

    campaigns: pa.Table
    members: pa.Table
    bonds: pa.Table
    grounds: pa.Table
    counts: dict[str, int]
    everywhere: dict[str, Any]
    """How much the whole log shares."""


def detect(
    engine: Engine,
    *,
    activity: Frame,
    profiles: Frame,
    links: Frame,
    prints: Frame,
    places: Frame,
    spreads: Frame,
    vectors: Iterable[pa.RecordBatch],
    settings: CampaignsSettings,
    judged: pa.Table | None = None,
    folder: Path | None = None,
    threads: int = 1,
) -> Detection:
    """Return the campaigns in the tables of a scan; a function of what accounts did, not of their names or order.

    *vectors* are those of all prompts that have a topic (``features.VECTORS``), looked at once. *judged*
    (``tables.JUDGED``) is what people said of accounts before; who is innocent belongs to no group. *folder*
    is where what has no room in memory lies while this runs; the system's usual place where it is None. *threads* (0 is
    one per core) say nothing of what is found.
    """
    counted = engine.arrow(activity).read_all()
    if len(counted) == 0:
        return _written(_Rows(), {"n_groups_tested": 0, "n_groups_coordinated": 0}, {})
    spared = cleared(judged, pc.max(counted["last_at"]).as_py(), settings.cleared_days) if judged is not None else None
    population = load(counted, engine.arrow(profiles), spared.accounts if spared is not None else ())
    bonds = grouping.bonds_of(engine.arrow(links), population)
    sharing = Sharing(population, bonds)
    tastes = distance.fit(population.whole, distance.noise_factor(population), seed=settings.seed)
    seeds = grouping.seeds(
        population, bonds,
        tuple(twins.find(half, tastes, seed=settings.seed, threads=threads) for half in population.halves),
        min_accounts=settings.min_accounts, seed=settings.seed,
    )  # fmt: skip
    placed = Placed(vectors, population, folder, threads=threads)
    covered = CoveredSearch(
        spread_of(engine.arrow(spreads), population),
        tastes,
        placed.read,
        settings,
        population.suspects,
        threads=threads,
    )
    groups, n_tested = tested(sharing, tastes, seeds, covered, settings, threads=threads)
    reported = _reported(engine, sharing, tastes, groups, prints, places, settings)
    counts = {"n_groups_tested": n_tested, "n_groups_coordinated": len(groups)}
    if spared is not None:
        counts |= {"n_cleared": int(population.is_cleared.sum()), "n_cleared_past": spared.n_past}
    rows = _Rows()
    taken: set[str] = set()
    for group, card, dials in reported:
        taken.add(named := explain.name(population, group.found.members, taken))
        rows.campaigns.append(_campaign_row(population, group, card, dials) | {"campaign_id": named})
        rows.members.extend(_member_rows(sharing, group, named))
        rows.bonds.extend(bond_rows(sharing, group, named))
        rows.grounds.extend(ground_rows(sharing, tastes, group, named))
    return _written(rows, counts, everywhere(sharing))


def _reported(
    engine: Engine,
    sharing: Sharing,
    tastes: Tastes,
    groups: list[Group],
    prints: Frame,
    places: Frame,
    settings: CampaignsSettings,
) -> list["_Judged"]:
    """Return those of *groups* that both keys fit, or what is run alike in them, most severe first."""
    population, outside = sharing.population, _outside(sharing.population, groups)
    usual = distance.center_of(population.whole, outside)
    everybody = worklist.count(engine, prints, _labelled(population, _pairs(outside, 0))).get(0, Collisions())
    # Those whom single groups are compared with speak for all; of a million as many do as of a smaller log.
    peers = outside[:: max(1, -(-len(outside) // SOME))]

    def weighed(some: list[Group]) -> list[_Judged]:
        collisions = _collisions(engine, population, some, peers, everybody, prints, places)
        return _judged(sharing, some, peers, usual, collisions, settings)

    first = weighed(groups)
    reported = [j for j in first if _fits(j[2], settings)]
    # Who deals a list that many read is one group with its readers until how accounts are run tells them apart.
    refused = [group for group, _, dials in first if not _fits(dials, settings)]
    if cores := [core for group in refused if (core := _core(sharing, tastes, group, settings)) is not None]:
        reported += [j for j in weighed(cores) if _fits(j[2], settings)]
    return sorted(reported, key=partial(_order, population))


@dataclass(frozen=True)
class _Dials:
    coordination: float
    concealment: float
    harvest: float
    severity: Severity


_Judged = tuple[Group, harvest.Card, _Dials]


def _outside(population: Population, groups: list[Group]) -> Ints:
    members = np.concatenate([np.empty(0, np.int64), *(g.found.members for g in groups)])
    return np.setdiff1d(np.arange(len(population)), members)


def _core(sharing: Sharing, tastes: Tastes, group: Group, settings: CampaignsSettings) -> Group | None:
    """Return those of a group that asks alike who are also run alike, as far as the others are not."""
    if group.common is not None or group.same is None or not group.same.tells:
        return None
    core = rhythm.core(sharing.population, group.found.members)
    if core is None or len(core.members) < settings.min_accounts:
        return None
    found = group.found.of(np.isin(group.found.members, core.members))
    same = sameness(sharing.population.whole, core.members, tastes)
    return Group(group.q_value, found, same, sharing.evidence(core.members), core=core)


def _collisions(
    engine: Engine,
    population: Population,
    groups: list[Group],
    peers: Ints,
    everybody: Collisions,
    prints: Frame,
    places: Frame,
) -> list[tuple[Collisions, Collisions]]:
    """Return, per group, how often prompts came up among its members and outside every group: among all accounts
    (*everybody*), or of some topics among *peers*, who speak for them.

    Of a group with a common part only the prompts in its topics count, on both sides, and of its members only those
    that are not of the member's own taste.
    """
    whole = [_pairs(g.found.members, i) for i, g in enumerate(groups) if g.common is None]
    of_whole = worklist.count(engine, prints, _labelled(population, np.concatenate([_pairs(peers[:0], 0), *whole])))
    nothing, result = Collisions(), []
    for i, group in enumerate(groups):
        if group.common is None:
            result.append((of_whole.get(i, nothing), everybody))
            continue
        labels = np.concatenate((_pairs(group.found.members, 1), _pairs(peers, 0)))
        topics, own = group.common.part.topics, group.common.own_cells
        left_out = _labelled(population, _pairs(own[0], 1)).append_column("topic", pa.array(own[1], pa.int16()))
        wanted = {"label": pa.array(np.repeat([0, 1], len(topics))), "topic": pa.array(np.tile(topics, 2), pa.int16())}
        both = worklist.count_within(
            engine, prints, _labelled(population, labels), places=places, topics=pa.table(wanted), left_out=left_out
        )
        result.append((both.get(1, nothing), both.get(0, nothing)))
    return result


def _pairs(accounts: Ints, label: int) -> Ints:
    return np.stack((accounts, np.full(len(accounts), label, np.int64)), axis=1)


def _labelled(population: Population, labels: Ints) -> pa.Table:
    names = pa.array([population.accounts[account] for account in labels[:, 0]], pa.string())
    return pa.table({"account_id": names, "label": pa.array(labels[:, 1], pa.int64())})


def _judged(
    sharing: Sharing,
    groups: list[Group],
    peers: Ints,
    usual: harvest.Usual,
    collisions: list[tuple[Collisions, Collisions]],
    settings: CampaignsSettings,
) -> list[_Judged]:
    """Return the groups with their cards and dials."""
    population = sharing.population
    cards = [
        harvest.card(
            population, group.found.members, peers, both, group.same,
            bound=_is_bound(group), covered=group.common is not None, core=group.core,
            usual=usual if group.common is None else None, tied=sharing.tied(group.found.members),
        )
        for group, both in zip(groups, collisions, strict=True)
    ]  # fmt: skip
    return [
        (group, card, _dials(sharing, group, card, settings))
        for group, card in zip(groups, harvest.among_groups(cards), strict=True)
    ]


def _fits(dials: _Dials, settings: CampaignsSettings) -> bool:
    """Return whether both keys fit."""
    return dials.coordination >= settings.min_coordination and dials.harvest >= settings.min_harvest


def _order(population: Population, judged: _Judged) -> tuple[object, ...]:
    """Most severe first."""
    group, _, dials = judged
    members = group.found.members
    return -dials.severity.rank, group.q_value, -len(members), explain.name(population, members)


def _is_bound(group: Group) -> bool:
    """Return whether traces other than content and identity were shown to hold *group* together."""
    families = {test.reason.family for test in group.shared if test.tells}
    return bool(families - {str(Family.CONTENT), str(Family.IDENTITY)})


def _dials(sharing: Sharing, group: Group, card: harvest.Card, settings: CampaignsSettings) -> _Dials:
    first = coordination(group.same, group.shared)
    concealment = (1 - openness(sharing, group.found.members)) * first
    size = len(group.found.members)
    severity = Severity.REVIEW
    if concealment < settings.min_concealment:
        severity = Severity.WATCH
    elif min(card.harvest, first) >= _URGENT_DIALS and concealment >= _URGENT_CONCEALMENT and size >= _URGENT_ACCOUNTS:
        severity = Severity.URGENT
    return _Dials(first, concealment, card.harvest, severity)


def _campaign_row(population: Population, group: Group, card: harvest.Card, dials: _Dials) -> dict[str, object]:
    members, activity = group.found.members, population.activity
    return {
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


def _member_rows(sharing: Sharing, group: Group, campaign: object) -> list[dict[str, object]]:
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


@dataclass(frozen=True)
class _Rows:
    campaigns: list[dict[str, object]] = field(default_factory=list)
    members: list[dict[str, object]] = field(default_factory=list)
    bonds: list[dict[str, object]] = field(default_factory=list)
    grounds: list[dict[str, object]] = field(default_factory=list)


def _written(rows: _Rows, counts: dict[str, int], shared: dict[str, Any]) -> Detection:
    return Detection(
        campaigns=pa.Table.from_pylist(rows.campaigns, schema=CAMPAIGNS.schema),
        members=pa.Table.from_pylist(rows.members, schema=MEMBERS.schema),
        bonds=pa.Table.from_pylist(rows.bonds, schema=BONDS.schema),
        grounds=pa.Table.from_pylist(rows.grounds, schema=GROUNDS.schema),
        counts=counts,
        everywhere=shared,
    )
