"""The order of the room: load, group, test, refine, answer who is accountable, describe the use, explain."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.campaigns import account_facts, distance, explain, grouping, standing, twins, use
from stillwatch.campaigns.accountability import AccountabilityAnswer, answer, answers_for_itself
from stillwatch.campaigns.askers import Askers
from stillwatch.campaigns.candidates import Group, restated, tested
from stillwatch.campaigns.clearing import cleared
from stillwatch.campaigns.content import Ints
from stillwatch.campaigns.coordination import Sharing, coordination
from stillwatch.campaigns.covered import CoveredSearch
from stillwatch.campaigns.dealt_among_readers import dealt
from stillwatch.campaigns.distance import Tastes
from stillwatch.campaigns.ground_rows import bond_rows, everywhere, ground_rows
from stillwatch.campaigns.membership import Membership
from stillwatch.campaigns.part_contents import Placed
from stillwatch.campaigns.population import Population, load
from stillwatch.campaigns.recurrence import Pattern, Recurrence, among_readers, recurrence, repeat_more
from stillwatch.campaigns.sameness import sameness
from stillwatch.campaigns.spread import spread_of
from stillwatch.campaigns.worklist import Collisions
from stillwatch.engine import Engine, Frame
from stillwatch.model import Reason, Severity
from stillwatch.settings import CampaignsSettings
from stillwatch.tables import BONDS, CAMPAIGNS, GROUNDS, MEMBERS

__all__ = ["Detection", "detect"]


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
    p_values: dict[str, float]
    """P-value of the candidate of every campaign, by id: a history ranks new groups among themselves."""


def detect(
    engine: Engine,
    *,
    activity: Frame,
    attributes: Frame,
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
    facts = account_facts.read(engine, attributes=attributes, activity=activity, population=population)
    answered = _answered(engine, sharing, tastes, facts, groups, prints, places, settings)
    reported = _reported(population, answered, n_tested, settings)
    counts = {"n_groups_tested": n_tested, "n_groups_coordinated": len(groups)}
    if spared is not None:
        counts |= {"n_cleared": int(population.is_cleared.sum()), "n_cleared_past": spared.n_past}
    return _written(_rows(sharing, tastes, reported), counts, everywhere(sharing))


@dataclass(frozen=True)
class _Answered:
    """A group with the three answers, and its coordination as a number."""

    group: Group
    coordination: float
    recurring: Recurrence
    answer: AccountabilityAnswer
    uses: tuple[Reason, ...]
    severity: Severity = Severity.WATCH


def _answered(
    engine: Engine,
    sharing: Sharing,
    tastes: Tastes,
    facts: account_facts.AccountFacts,
    groups: list[Group],
    prints: Frame,
    places: Frame,
    settings: CampaignsSettings,
) -> list[_Answered]:
    """Return *groups* with the three answers, those that are coordinated enough."""
    spared = (_spared(sharing, tastes, facts, group) for group in groups)
    groups = [group for group in spared if len(group.found.members) >= settings.min_accounts]
    population, outside = sharing.population, _outside(sharing.population, groups)
    askers = Askers(engine, population, prints, places, outside, settings.seed)
    everyone = np.setdiff1d(np.arange(len(population)), outside)
    found = []
    for group, recurring in _recurring(askers, sharing, tastes, groups, settings):
        members = group.found.members
        told = _Answered(
            group,
            coordination(group.same, group.shared),
            recurring,
            answer(facts, sharing, members, everyone),
            use.describe(population, members, askers.peers),
        )
        if told.coordination >= settings.min_coordination:
            found.append(told)
    return found


def _spared(sharing: Sharing, tastes: Tastes, facts: account_facts.AccountFacts, group: Group) -> Group:
    """Return *group* without the members that answer for themselves."""
    apart = answers_for_itself(facts, sharing, group.found.members)
    if not apart.any():
        return group
    found = group.found.of(~apart)
    if group.common is None and len(found.members):
        return _part(sharing, tastes, group, found)
    return replace(group, found=found)


def _reported(
    population: Population, found: list[_Answered], n_tested: int, settings: CampaignsSettings
) -> list[_Answered]:
    """Return those of *found* that are reported, in the order of the queue.

    The error rate is that of the groups that are left, so what left them out since they stood counts here too.
    """
    commonplace = _by_content(population, found) > standing.COMMONPLACE
    shown = [one for one in found if standing.is_shown(one.group, one.recurring, one.answer.kind)]
    groups = restated([one.group for one in shown], n_tested)
    reported = [
        replace(
            one,
            group=group,
            severity=standing.severity(group, one.recurring, one.answer.kind, commonplace=commonplace),
        )
        for one, group in zip(shown, groups, strict=True)
        if group.q_value <= settings.false_discovery_rate
    ]
    return sorted(reported, key=lambda one: _place(population, one))


def _recurring(
    askers: Askers, sharing: Sharing, tastes: Tastes, groups: list[Group], settings: CampaignsSettings
) -> list[tuple[Group, Recurrence]]:
    """Return the groups with how prompts recur in each; of readers of a list, those it is dealt to by themselves."""

    def told(some: list[Group]) -> list[tuple[Group, Recurrence]]:
        return [
            (group, _pattern(askers, group, inside, others))
            for group, (inside, others) in zip(some, askers.collisions(some), strict=True)
        ]

    found: list[tuple[Group, Recurrence]] = []
    for group, recurring in told(groups):
        apart = _dealt(askers, sharing, tastes, group, settings) if recurring.pattern.is_of_people else None
        if apart is None:
            found.append((group, recurring))
            continue
        found.append(apart)
        rest = group.found.of(~np.isin(group.found.members, apart[0].found.members))
        if len(rest.members) >= settings.min_accounts:
            found += told([_part(sharing, tastes, group, rest)])
    return found


def _pattern(askers: Askers, group: Group, inside: Collisions, others: Collisions) -> Recurrence:
    """Return how prompts recur in *group*; to repeat each other rarely counts where like-minded people do not."""
    recurring = recurrence(inside, others, covered=group.common is not None)
    if recurring.pattern is Pattern.RARE and not repeat_more(askers.like_minded, inside):
        return replace(recurring, pattern=Pattern.UNKNOWN)
    return recurring


def _dealt(
    askers: Askers, sharing: Sharing, tastes: Tastes, group: Group, settings: CampaignsSettings
) -> tuple[Group, Recurrence] | None:
    """Return those of *group* to whom a list is dealt that the others read, and how that shows."""
    if group.common is not None or not group.asks_alike:
        return None
    members = group.found.members
    found = dealt(askers.askings(members), members, settings.min_accounts)
    if found is None:
        return None
    return _part(sharing, tastes, group, group.found.of(np.isin(members, found.members))), among_readers(found)


def _part(sharing: Sharing, tastes: Tastes, group: Group, found: Membership) -> Group:
    """Return *group*, judged by all that members ask, with the members *found* alone."""
    same = sameness(sharing.population.whole, found.members, tastes)
    return replace(group, found=found, same=same, shared=sharing.evidence(found.members))


def _by_content(population: Population, found: list[_Answered]) -> float:
    """Return the share of all accounts in groups that only content holds together."""
    members = [one.group.found.members for one in found if standing.is_by_content_alone(one.group, one.answer.kind)]
    return len(np.unique(np.concatenate(members))) / len(population) if members else 0.0


def _place(population: Population, one: _Answered) -> tuple[object, ...]:
    """Most severe first, and then by the points of what members use the model for."""
    members = one.group.found.members
    points = use.points(one.uses, one.recurring)
    return -one.severity.rank, -round(points, 3), -len(members), explain.name(population, members)


def _outside(population: Population, groups: list[Group]) -> Ints:
    members = np.concatenate([np.empty(0, np.int64), *(g.found.members for g in groups)])
    return np.setdiff1d(np.arange(len(population)), members)


def _campaign_row(population: Population, one: _Answered) -> dict[str, object]:
    group = one.group
    members, activity = group.found.members, population.activity
    reasons = explain.group_reasons(group, one.recurring, one.answer, one.uses)
    return {
        "n_accounts": len(members),
        "n_exchanges": int(activity["n_exchanges"][members].sum()),
        "output_tokens": int(activity["output_tokens"][members].sum()),
        "first_at": int(activity["first_at"][members].min()),
        "last_at": int(activity["last_at"][members].max()),
        "coordination": one.coordination,
        "p_group": standing.p_group(group, one.answer.kind, one.severity),
        "accountability": str(one.answer.kind),
        "q_value": group.q_value,
        "severity": str(one.severity),
        "capabilities": explain.capabilities(population, members),
        "reasons": [asdict(reason) for reason in reasons],
        "innocent_readings": explain.innocent_readings(group, one.recurring, one.answer, one.uses),
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
    p_values: dict[str, float] = field(default_factory=dict)


def _rows(sharing: Sharing, tastes: Tastes, reported: list[_Answered]) -> _Rows:
    """Return the rows of the groups that are *reported*, each under an id of its own, in the order of the queue."""
    population, rows = sharing.population, _Rows()
    for rank, one in enumerate(reported, start=1):
        named = explain.name(population, one.group.found.members, rows.p_values)
        rows.campaigns.append(_campaign_row(population, one) | {"campaign_id": named, "rank": rank})
        rows.p_values[named] = one.group.p_value
        rows.members.extend(_member_rows(sharing, one.group, named))
        rows.bonds.extend(bond_rows(sharing, one.group, named))
        rows.grounds.extend(ground_rows(sharing, tastes, one.group, named))
    return rows


def _written(rows: _Rows, counts: dict[str, int], shared: dict[str, Any]) -> Detection:
    return Detection(
        campaigns=pa.Table.from_pylist(rows.campaigns, schema=CAMPAIGNS.schema),
        members=pa.Table.from_pylist(rows.members, schema=MEMBERS.schema),
        bonds=pa.Table.from_pylist(rows.bonds, schema=BONDS.schema),
        grounds=pa.Table.from_pylist(rows.grounds, schema=GROUNDS.schema),
        counts=counts,
        everywhere=shared,
        p_values=rows.p_values,
    )
