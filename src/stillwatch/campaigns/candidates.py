"""Tests candidate groups on evidence that did not form them, and refines those that stand."""

from dataclasses import dataclass

import numpy as np

from stillwatch.campaigns.coordination import Sameness, Shared, Sharing, p_value, sameness
from stillwatch.campaigns.discovery import q_values
from stillwatch.campaigns.distance import Tastes
from stillwatch.campaigns.grouping import Seed
from stillwatch.campaigns.membership import Membership, refine
from stillwatch.campaigns.population import Ints
from stillwatch.settings import CampaignsSettings

__all__ = ["Group", "tested"]

_GROWING = 0.9
"""Least probability at which half of the evidence lets a candidate group grow: one stranger can fail its test."""


@dataclass(frozen=True)
class Group:
    """A group whose coordination stood the test, with all that is known of it.

    *q_value* is that of the candidate the group was refined from; *same* and *shared* describe the refined group.
    """

    q_value: float
    found: Membership
    same: Sameness | None
    shared: list[Shared]


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
    def coherent(self) -> bool:
        """Return whether the members were shown to ask alike, so that content may say who belongs."""
        return self.same is not None and self.same.tells


def tested(sharing: Sharing, tastes: Tastes, seeds: list[Seed], settings: CampaignsSettings) -> tuple[list[Group], int]:
    """Return the groups that act as one at the stated rate, each once, strongest first, and how many were tested.

    A group is grown on one half of what accounts asked and tested on the other, then refined on both.
    """
    outcomes = [_outcome(sharing, tastes, candidate) for candidate in _candidates(sharing, tastes, seeds, settings)]
    q = q_values(np.array([outcome.p_value for outcome in outcomes]))
    standing = [i for i in range(len(outcomes)) if q[i] <= settings.false_discovery_rate]
    groups: list[Group] = []
    for i in sorted(standing, key=lambda i: _strength(outcomes[i])):
        members = outcomes[i].candidate.members
        if any(np.isin(members, g.found.members).mean() > 0.8 for g in groups):
            continue
        content = sharing.population.whole if outcomes[i].coherent else None
        found = refine(sharing, members, tastes, content=content, least=settings.min_member)
        if content is not None and len(found.members) < len(members) / 2:
            # What they ask in common is part of what each asks: then only what they share can say who belongs.
            found = refine(sharing, members, tastes, content=None, least=settings.min_member)
        if len(found.members) < settings.min_accounts:
            continue
        if any(_overlap(found.members, g.found.members) > 0.5 for g in groups):
            continue
        whole = sameness(sharing.population.whole, found.members, tastes)
        groups.append(Group(float(q[i]), found, whole, sharing.test(found.members)))
    return groups, len(outcomes)


def _candidates(sharing: Sharing, tastes: Tastes, seeds: list[Seed], settings: CampaignsSettings) -> list[_Candidate]:
    """Return every seed and what it grows to, each set of accounts once per half that tests it."""
    found: dict[tuple[int, bytes], _Candidate] = {}
    for seed in seeds:
        plain = _Candidate(seed.members, 1 - seed.half, seed.family)
        grown = _Candidate(_grown(sharing, seed, tastes, settings), 1 - seed.half, None)
        for candidate in (plain, grown):
            found.setdefault((candidate.half, candidate.members.tobytes()), candidate)
    return list(found.values())


def _grown(sharing: Sharing, seed: Seed, tastes: Tastes, settings: CampaignsSettings) -> Ints:
    """Return the seed with everybody who asks like it in the half that found it, where its members do ask alike."""
    content, members = sharing.population.halves[seed.half], seed.members
    same = sameness(content, members, tastes)
    if same is None or same.share < 0.5:
        return members
    found = refine(sharing, members, tastes, content=content, least=_GROWING)
    return found.members if len(found.members) >= settings.min_accounts else members


def _outcome(sharing: Sharing, tastes: Tastes, candidate: _Candidate) -> _Outcome:
    same = sameness(sharing.population.halves[candidate.half], candidate.members, tastes)
    shared = sharing.test(candidate.members) if candidate.found_by is not None else []
    return _Outcome(candidate, same, p_value(same, shared, candidate.found_by))


def _strength(outcome: _Outcome) -> tuple[object, ...]:
    """Order: shown to ask alike, then strongest, then purest, then largest; the first of overlapping groups is kept."""
    share = outcome.same.share if outcome.same is not None else 0.0
    members = outcome.candidate.members
    return not outcome.coherent, outcome.p_value, -round(share, 3), -len(members), members.tolist()


def _overlap(left: Ints, right: Ints) -> float:
    return len(np.intersect1d(left, right, assume_unique=True)) / min(len(left), len(right))
