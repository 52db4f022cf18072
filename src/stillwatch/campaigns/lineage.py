"""Which of today's groups is which earlier campaign: by the accounts they have in common, one to one."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Descent", "descents"]

_LEAST = 2
"""Fewer accounts than this in common could be one mistaken member of each."""


@dataclass(frozen=True, slots=True)
class Descent:
    """Where a group comes from: the earlier campaign that it is, the one it was part of, the ones it took up."""

    campaign_id: str | None = None
    split_from: str | None = None
    absorbed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pair:
    group: int
    campaign_id: str
    common: int
    union: int


def descents(groups: Sequence[Collection[str]], earlier: Mapping[str, Collection[str]], least: float) -> list[Descent]:
    """Return the descent of each of *groups* (accounts, each once) from *earlier* campaigns (id → accounts).

    A group and a campaign can be one where they have at least *least* of the smaller in common, and two accounts. The
    pair with the most in common is joined first: of the parts of a campaign the largest keeps its id, and of campaigns
    that became one the larger does. Ties go by the order of *groups* and by id, never by names of accounts. Linear in
    accounts and the campaigns they were in.
    """
    pairs = _pairs(groups, earlier, least)
    joined: dict[int, str] = {}
    for pair in pairs:
        if pair.group not in joined and pair.campaign_id not in joined.values():
            joined[pair.group] = pair.campaign_id
    taken = set(joined.values())
    split: dict[int, str] = {}
    absorbed: dict[str, int] = {}
    for pair in pairs:
        if pair.group not in joined:
            split.setdefault(pair.group, pair.campaign_id)
        elif pair.campaign_id not in taken:
            absorbed.setdefault(pair.campaign_id, pair.group)
    return [
        Descent(joined.get(i), split.get(i), tuple(sorted(c for c, group in absorbed.items() if group == i)))
        for i in range(len(groups))
    ]


def _pairs(groups: Sequence[Collection[str]], earlier: Mapping[str, Collection[str]], least: float) -> list[_Pair]:
    """Return the pairs that can be one campaign, those with the most in common first."""
    campaigns_of: defaultdict[str, list[str]] = defaultdict(list)
    for campaign_id, accounts in earlier.items():
        for account in accounts:
            campaigns_of[account].append(campaign_id)
    pairs = []
    for i, group in enumerate(groups):
        common = Counter(campaign_id for account in group for campaign_id in campaigns_of.get(account, ()))
        for campaign_id, n in common.items():
            sizes = len(group), len(earlier[campaign_id])
            if n >= max(_LEAST, least * min(sizes)):
                pairs.append(_Pair(i, campaign_id, n, sum(sizes) - n))
    return sorted(pairs, key=lambda pair: (-pair.common, pair.union, pair.group, pair.campaign_id))
