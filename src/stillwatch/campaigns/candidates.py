"""Tests candidate groups on evidence that did not form them, and refines those that stand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from stillwatch.campaigns.common_part import CommonPart
from stillwatch.campaigns.content import Ints
from stillwatch.campaigns.coordination import Shared, Sharing, p_value
from stillwatch.campaigns.covered import Common, Covered, CoveredSearch
from stillwatch.campaigns.distance import Tastes
from stillwatch.campaigns.grouping import Seed
from stillwatch.campaigns.membership import Membership, asking, refine
from stillwatch.campaigns.sameness import Sameness, sameness
from stillwatch.campaigns.topic_tastes import topic_tastes
from stillwatch.campaigns.vicinity import TOGETHER, around, asking_alike
from stillwatch.engine import in_order
from stillwatch.model import Family
from stillwatch.settings import CampaignsSettings
from stillwatch.statistics.multiple_testing import focused_q_values, q_values

__all__ = ["TIED", "Group", "restated", "tested"]

_CONTAINED = 0.8
"""Share of a candidate's accounts in one group that was kept, from which it says nothing new."""
_SAME = 0.5
"""Overlap from which a later group is an earlier one again."""
_MOST = 2 / 3
"""Share of a group by a part of what it asks below which those within it, by all that they ask, are too little of it.
The rest of a larger share may as well be strangers who touch the same subjects."""
_SURE = 0.8
"""Least probability of a member by a part of what it asks: the rest looks like anybody's, and most of who is near are
people."""
_SECOND = 0.9
"""Least probability at which a later group lends an earlier one its members: the first weighing left them out."""
_HOPEFUL_P, _HOPEFUL = 0.05, 0.5
"""Evidence, in the half that formed a candidate, without which its members visibly ask for different things."""
_OF_LIST = 0.9
"""Least sameness, within the topics of a list, of members who ask of other things too."""
TIED = 1e-4
"""P-value of a shared value from which tastes do not matter: one signal in a hundred tells by chance."""
_GROWING = 0.9
"""Least probability at which half of the evidence lets a candidate group grow: one stranger can fail its test."""


@dataclass(frozen=True)
class Group:
    """A group whose coordination stood the test, with all that is known of it.

    *p_value* is that of the candidate the group was refined from, and *q_value* what it is among all groups that stand;
    *same* and *shared* describe the refined group.
    """

    p_value: float
    found: Membership
    same: Sameness | None
    shared: list[Shared]
    common: Common | None = None
    """The worklist that members mix with subjects of their own; None where all they ask is of one."""
    q_value: float = 1.0

    @property
    def asks_alike(self) -> bool:
        """Return whether the members were shown to work through one list."""
        return self.same is not None and self.same.tells


@dataclass(frozen=True)
class _Candidate:
    members: Ints
    half: int
    """The half that tests it."""
    found_by: str | None
    """The family that formed it and so cannot confirm it; None where every family may have had a part."""


@dataclass(frozen=True)
class _Outcome:
    candidate: _Candidate
    same: Sameness | None
    p_value: float

    @property
    def members(self) -> Ints:
        """Return the accounts of the candidate."""
        return self.candidate.members

    @property
    def coherent(self) -> bool:
        """Return whether the members were shown to ask alike, so that content may say who belongs."""
        return self.same is not None and self.same.tells


@dataclass(frozen=True)
class _Standing:
    """What stood the test, and the accounts of which its group is."""

    outcome: "_Outcome | Covered"
    among: Ints


def tested(
    sharing: Sharing,
    tastes: Tastes,
    seeds: list[Seed],
    covered: CoveredSearch,
    settings: CampaignsSettings,
    *,
    threads: int,
) -> tuple[list[Group], int]:
    """Return the groups that act as one at the stated rate, each once, strongest first, and how many were tested.

    A group is grown on one half of what accounts asked and tested on the other, then refined on both. Groups are grown
    and tested by *threads* threads (0 is one per core), which change nothing of what is found.
    """
    candidates = _candidates(sharing, tastes, seeds, settings, threads)
    outcomes: list[_Outcome | Covered] = [*in_order(candidates, partial(_outcome, sharing, tastes), threads)]
    outcomes += covered.tested(seeds)
    # What stands here is at least what stands in the end: groups that turn out to be one are one rejection.
    q = q_values(np.array([outcome.p_value for outcome in outcomes]))
    stood = [outcome for outcome, value in zip(outcomes, q, strict=True) if value <= settings.false_discovery_rate]
    ordered = sorted(stood, key=_strength)
    groups: list[Group] = []
    refined = partial(_refined, sharing, tastes, covered, settings)
    while ordered:
        some = [outcome for outcome in ordered[:TOGETHER] if not _is_known(outcome, groups)]
        del ordered[:TOGETHER]
        near = _near(some, sharing, tastes, covered)
        standing = (
            _Standing(outcome, around(sharing, outcome.members, accounts))
            for outcome, accounts in zip(some, near, strict=True)
            if not _is_known(outcome, groups)
        )
        # Some are refined ahead of their turn, in vain where what stands before them turns out to hold them.
        for stands, found in in_order(standing, refined, threads):
            if not _is_known(stands.outcome, groups):
                _place(groups, stands, found, sharing, tastes, covered, settings)
    return _reported(groups, len(outcomes), covered, settings), len(outcomes)


def _reported(groups: list[Group], n_tested: int, covered: CoveredSearch, settings: CampaignsSettings) -> list[Group]:
    """Return those of *groups* that stand among *n_tested* candidates.

    Every filter lies inside the procedure (focused Benjamini-Hochberg: Katsevich, Sabatti and Bogomolov, 2021): the
    false discovery rate is that of the groups that are left.
    """
    kept = restated([group for group in groups if not _keeps_tastes(group, covered)], n_tested)
    return [group for group in kept if group.q_value <= settings.false_discovery_rate]


def restated(groups: Sequence[Group], n_tested: int) -> list[Group]:
    """Return *groups*, which filters left of *n_tested* candidates, with the q-values that they have by themselves."""
    q = focused_q_values(np.array([group.p_value for group in groups]), n_tested)
    return [replace(group, q_value=float(value)) for group, value in zip(groups, q, strict=True)]


def _keeps_tastes(group: Group, covered: CoveredSearch) -> bool:
    """Return whether only what members ask holds *group* together, and they keep tastes of their own in it."""
    if any(test.p_value < TIED for test in group.shared):
        return False
    if group.common is not None and (group.same is None or group.same.share < _OF_LIST):
        return True
    topics = group.common.part.topics if group.common is not None else None
    found = topic_tastes(covered.cells, group.found.members, topics)
    return found is not None and found.shown


def _is_known(outcome: "_Outcome | Covered", groups: Sequence[Group]) -> bool:
    """Return whether nearly all of *outcome* are of one of *groups*."""
    return any(np.isin(outcome.members, group.found.members).mean() > _CONTAINED for group in groups)


def _near(
    outcomes: Sequence["_Outcome | Covered"], sharing: Sharing, tastes: Tastes, covered: CoveredSearch
) -> list[Ints]:
    """Return, per outcome, the accounts that what they ask leaves a chance to belong to its group."""
    population = sharing.population
    if len(population.some) == len(population):
        return [population.some] * len(outcomes)
    alike = [outcome.members for outcome in outcomes if isinstance(outcome, _Outcome) and outcome.coherent]
    found = iter(asking_alike(population, tastes, alike))
    return [
        covered.near(outcome.part)
        if isinstance(outcome, Covered)
        else next(found) if outcome.coherent else outcome.members
        for outcome in outcomes
    ]  # fmt: skip


def _place(
    groups: list[Group],
    standing: _Standing,
    found: Membership,
    sharing: Sharing,
    tastes: Tastes,
    covered: CoveredSearch,
    settings: CampaignsSettings,
) -> None:
    """Add to *groups* that of *standing*, which was *found* to have these members, or what it adds to one of them, or
    nothing.
    """
    outcome, p_value = standing.outcome, standing.outcome.p_value
    if isinstance(outcome, Covered):
        _place_part(groups, found, outcome.part, p_value, sharing, covered, settings)
    elif len(found.members) >= settings.min_accounts and _is_new(found, groups):
        same = sameness(sharing.population.whole, found.members, tastes)
        groups.append(Group(p_value, found, same, sharing.evidence(found.members)))


def _place_part(
    groups: list[Group],
    found: Membership,
    part: CommonPart,
    p_value: float,
    sharing: Sharing,
    covered: CoveredSearch,
    settings: CampaignsSettings,
) -> None:
    """Add *found*, who have *part* of what they ask in common, to *groups*, or what they add to one of them."""
    left = _without(found, groups)
    if 2 * len(left.members) >= len(found.members):
        # Some deal a whole list plainly and others hide it: who is left is a group of its own.
        if (group := _with_part(left, part, p_value, sharing, covered, settings)) is not None:
            groups.append(group)
        return
    within = _within(found, groups)
    several = len(left.members) > (1 - _MOST) * len(found.members)
    if within and several and _with_part(left, part, p_value, sharing, covered, settings) is not None:
        # Those who hide least were found by all they ask, and are judged by that; what they ask in common says more.
        # Only if the others were shown to ask it by themselves: beside some who ask alike, strangers seem to.
        others = [group for i, group in enumerate(groups) if i not in within]
        wider = _with_part(_without(found, others), part, p_value, sharing, covered, settings)
        if wider is not None:
            groups[:] = [*others, wider]
            return
    at = max(range(len(groups)), key=lambda g: int(np.isin(found.members, groups[g].found.members).sum()))
    known = groups[at]
    sure = left.of(left.probability >= _SECOND)
    if known.common is not None and len(sure.members):
        wider = _with_part(known.found.joined(sure), known.common.part, known.p_value, sharing, covered, settings)
        groups[at] = wider or known


def _within(found: Membership, groups: Sequence[Group]) -> set[int]:
    """Return which of *groups*, by all that their members ask, are but parts of *found*, by a part of what it asks."""
    return {
        i
        for i, group in enumerate(groups)
        if group.common is None and np.isin(group.found.members, found.members).mean() > _CONTAINED
    }


def _with_part(
    found: Membership,
    part: CommonPart,
    p_value: float,
    sharing: Sharing,
    covered: CoveredSearch,
    settings: CampaignsSettings,
) -> Group | None:
    """Return the group of *found* with *part* in common; None where it is small or its members do not ask alike."""
    if len(found.members) < settings.min_accounts:
        return None
    common = covered.common(part, found.members)
    if not common.tells:
        return None
    return Group(p_value, found, common.same, sharing.evidence(found.members), common)


def _is_new(found: Membership, groups: list[Group]) -> bool:
    return all(_overlap(found.members, g.found.members) <= _SAME for g in groups)


def _refined(
    sharing: Sharing, tastes: Tastes, covered: CoveredSearch, settings: CampaignsSettings, standing: _Standing
) -> tuple[_Standing, Membership]:
    """Return *standing* and who belongs to its group."""
    outcome, among = standing.outcome, standing.among
    if isinstance(outcome, Covered):
        return standing, _refined_by_part(sharing, outcome, among, covered, settings)
    return standing, _refined_by_all(sharing, tastes, outcome, among, settings)


def _refined_by_all(
    sharing: Sharing, tastes: Tastes, outcome: "_Outcome", among: Ints, settings: CampaignsSettings
) -> Membership:
    """Return who *among* them belongs to the group of *outcome*, by both halves of the evidence."""
    members = outcome.members
    asks = partial(asking, sharing.population.whole, tastes) if outcome.coherent else None
    found = refine(sharing, members, asks=asks, least=settings.min_member, among=among)
    if asks is not None and len(found.members) < len(members) / 2:
        # What they ask in common is part of what each asks: then only what they share can say who belongs.
        found = refine(sharing, members, asks=None, least=settings.min_member, among=among)
    return found


def _refined_by_part(
    sharing: Sharing, outcome: Covered, among: Ints, covered: CoveredSearch, settings: CampaignsSettings
) -> Membership:
    """Return who *among* them belongs to the group of *outcome*, by the part of what they ask that all ask."""
    asks = partial(covered.nats, outcome.part)
    found = refine(sharing, outcome.members, asks=asks, least=settings.min_member, among=among)
    return found.of(found.probability >= max(_SURE, settings.min_member))


def _without(found: Membership, groups: Sequence[Group]) -> Membership:
    """Return *found* without the members of *groups*."""
    taken = np.concatenate([np.empty(0, np.int64), *(g.found.members for g in groups)])
    return found.of(~np.isin(found.members, taken))


def _candidates(
    sharing: Sharing, tastes: Tastes, seeds: list[Seed], settings: CampaignsSettings, threads: int
) -> list[_Candidate]:
    """Return every group to test, once per half that tests it.

    What identity or addresses formed is tested as it is. What members ask in the half that formed a seed says whether
    they may work through one list; if so, the seed with all who ask alike is tested on the other half.
    """
    found: dict[tuple[int, bytes], _Candidate] = {}
    accounts = in_order(seeds, lambda seed: _grown(sharing, seed, tastes, settings), threads)
    for seed, members in zip(seeds, accounts, strict=True):
        if seed.family in {Family.IDENTITY, Family.INFRASTRUCTURE}:
            plain = _Candidate(seed.members, 1 - seed.half, seed.family)
            found.setdefault((plain.half, plain.members.tobytes()), plain)
        if members is None:
            continue
        grown = _Candidate(members, 1 - seed.half, None)
        # What grew to the same of those looked at is the same group, whichever seed it grew from: one test, not many.
        known_by = np.intersect1d(grown.members, sharing.population.some, assume_unique=True)
        if len(known_by) < settings.min_accounts:
            known_by = grown.members
        found.setdefault((grown.half, known_by.tobytes()), grown)
    return list(found.values())


def _grown(sharing: Sharing, seed: Seed, tastes: Tastes, settings: CampaignsSettings) -> Ints | None:
    """Return the seed with who asks like it in the half that found it: of everybody, or of some where there are too
    many. None where its members visibly ask for different things there. A group that stands the test is refined among
    all who may belong.
    """
    content, members = sharing.population.halves[seed.half], seed.members
    same = sameness(content, members, tastes)
    if same is None or same.share < _HOPEFUL or same.p_value >= _HOPEFUL_P:
        return None
    asks, among = partial(asking, content, tastes), sharing.population.some
    found = refine(sharing, members, asks=asks, least=_GROWING, among=among)
    return found.members if len(found.members) >= settings.min_accounts else members


def _outcome(sharing: Sharing, tastes: Tastes, candidate: _Candidate) -> _Outcome:
    same = sameness(sharing.population.halves[candidate.half], candidate.members, tastes)
    shared = sharing.test(candidate.members) if candidate.found_by is not None else []
    crossed = sharing.crossed(candidate.members).p_value if candidate.found_by == Family.IDENTITY else 1.0
    return _Outcome(candidate, same, p_value(same, shared, candidate.found_by, crossed))


def _strength(outcome: "_Outcome | Covered") -> tuple[object, ...]:
    """Order: shown to ask alike in all they ask, then in a part, then who shares who they are, then others; of these
    strongest, purest, largest.

    The first of overlapping groups is kept. All of what an account asks says more of who belongs than a part does; a
    card or a device more than an exit through which several campaigns and their neighbours go.
    """
    share = outcome.same.share if outcome.same is not None else 0.0
    rank = _rank(outcome)
    return rank, outcome.p_value, -round(share, 3), -len(outcome.members), outcome.members.tolist()


def _rank(outcome: "_Outcome | Covered") -> int:
    if isinstance(outcome, Covered):
        return 1
    if outcome.coherent:
        return 0
    return 2 if outcome.candidate.found_by == Family.IDENTITY else 3


def _overlap(left: Ints, right: Ints) -> float:
    return len(np.intersect1d(left, right, assume_unique=True)) / min(len(left), len(right))
