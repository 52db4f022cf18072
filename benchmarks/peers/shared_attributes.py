"""Flags accounts that are connected by shared values: connected components, without values of many accounts.

This is what fraud teams run first (for components see for example Zhao et al., BotGraph, NSDI 2009). A value held by
two to ``hub`` accounts connects them. Components of at least ``least`` parties are flagged; the accounts of one
declared organization are one party. No threshold is calibrated.
"""

from collections import defaultdict
from collections.abc import Iterable

from peers.scores import Scored
from peers.world import World

__all__ = ["components", "flag", "holdings"]

_ATTRIBUTES = "payment_fingerprint", "phone_digest", "device_fingerprint", "email"


def holdings(world: World) -> list[tuple[str, str]]:
    """Return (account, value) for every value of an attribute that unrelated accounts do not share."""
    known = world.columns("accounts")
    parts = [
        f"SELECT account_id, '{name}:' || {name} AS value FROM accounts WHERE {name} IS NOT NULL AND {name} <> ''"
        for name in _ATTRIBUTES
        if name in known
    ]
    if not parts:
        return []
    found = world.table(f"SELECT DISTINCT * FROM ({' UNION ALL '.join(parts)}) ORDER BY value, account_id")
    return list(zip(found["account_id"].to_pylist(), found["value"].to_pylist(), strict=True))


def components(pairs: Iterable[tuple[str, str]], *, hub: int) -> dict[str, str]:
    """Return, per account, the first account of its component, over values of at most *hub* accounts."""
    parent: dict[str, str] = {}
    holders = defaultdict(list)
    for account, value in pairs:
        parent[account] = account
        holders[value].append(account)

    def root(account: str) -> str:
        while parent[account] != account:
            parent[account] = parent[parent[account]]
            account = parent[account]
        return account

    for held in holders.values():
        if len(held) <= hub:
            for other in held[1:]:
                low, high = sorted((root(held[0]), root(other)))
                parent[high] = low
    return {account: root(account) for account in parent}


def flag(world: World, trusted: frozenset[str], *, hub: int = 50, least: int = 5) -> list[Scored]:
    """Return all accounts except the *trusted*, scored by the number of parties in their component."""
    of = components(holdings(world), hub=hub)
    party = "coalesce(organization_id, account_id)" if "organization_id" in world.columns("accounts") else "account_id"
    payers = world.table(f"SELECT account_id, {party} AS party FROM accounts ORDER BY account_id")
    parties = defaultdict(set)
    for account, payer in zip(payers["account_id"].to_pylist(), payers["party"].to_pylist(), strict=True):
        parties[of.get(account, account)].add(payer)
    scores = {account: len(parties[of.get(account, account)]) for account in payers["account_id"].to_pylist()}
    return [Scored(a, float(size), size >= least) for a, size in scores.items() if a not in trusted]
