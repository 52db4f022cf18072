"""Holds back a snapshot that would deny too much of the last hour's traffic on one person's word."""

from collections.abc import Mapping
from dataclasses import dataclass

from stillwatch.enforcement.snapshot.account_index import AccountIndex
from stillwatch.errors import PolicyError

__all__ = ["Breadth", "Traffic", "breadth", "require_narrow"]


@dataclass(frozen=True, slots=True)
class Traffic:
    """What gateways answered lately: requests per account; or, where nobody counted, only the number of accounts."""

    requests: Mapping[str, int] | None
    n_accounts: int


@dataclass(frozen=True, slots=True)
class Breadth:
    """The shares of accounts and of requests that limits with one person's name would deny.

    ``requests`` is ``None`` where nobody counted the requests.
    """

    n_denied: int
    accounts: float
    requests: float | None

    @property
    def widest(self) -> float:
        """Return the larger of the two shares."""
        return max(self.accounts, self.requests or 0.0)


def breadth(denied: AccountIndex, traffic: Traffic) -> Breadth:
    """Return how much of *traffic* the accounts in *denied* are. Without any traffic to compare with, all of it."""
    n_denied = denied.n_accounts
    if not n_denied:
        return Breadth(0, 0.0, None if traffic.requests is None else 0.0)
    if traffic.requests is None:
        return Breadth(n_denied, min(1.0, n_denied / traffic.n_accounts) if traffic.n_accounts else 1.0, None)
    hit = [n for account, n in traffic.requests.items() if denied.rules_of(account)]
    total = sum(traffic.requests.values())
    if not total:
        return Breadth(n_denied, 1.0, 1.0)
    return Breadth(n_denied, len(hit) / len(traffic.requests), sum(hit) / total)


def require_narrow(found: Breadth, most: float) -> None:
    """Raise ``PolicyError`` where *found* is wider than the share *most*."""
    if found.widest <= most:
        return
    counted = "accounts" if found.requests is None or found.accounts >= found.requests else "requests"
    raise PolicyError(
        f"limits with one person's name would deny {found.n_denied:,} accounts, {found.widest:.1%} of the {counted} "
        f"that were seen lately; at most {most:.1%} are denied so",
        where="gateway snapshot",
        remedy="Let a second person approve these actions, or undo them. The snapshot before stays in force.",
    )
