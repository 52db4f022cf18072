"""Scans one world and says of every crowd how many accounts were reported, and where its group stands in the queue."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from stillwatch import runs
from stillwatch.settings import load
from strangers.compose import Part, compose

__all__ = ["CrowdResult", "Result", "measure"]

_RANK = {"urgent": 0, "review": 1, "watch": 2}


@dataclass(frozen=True)
class CrowdResult:
    """The accounts of one crowd by the highest severity at which they were reported.

    ``place`` is the place in the queue (from 1, most severe first, then by q-value) of the first group above ``watch``
    that is mostly of this crowd; None where there is none.
    """

    crowd: str
    author: str
    is_harvest: bool
    one_list: bool
    accountability: str
    n_accounts: int
    n_urgent: int
    n_review: int
    n_watch: int
    place: int | None

    @property
    def n_named(self) -> int:
        """Return the accounts above ``watch``."""
        return self.n_urgent + self.n_review


@dataclass(frozen=True)
class Result:
    """One world: its size, its groups above ``watch``, and its crowds."""

    n_accounts: int
    n_exchanges: int
    n_groups: int
    crowds: tuple[CrowdResult, ...]


def measure(parts: Sequence[Part], *, seed: int, days: int) -> Result:
    """Build the world of *parts* in a temporary folder, scan it, and compare the result with the truth."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        n_exchanges = compose(parts, folder / "world", seed=seed, days=days)
        runs.scan(
            [str(folder / "world" / "exchanges.parquet")],
            folder / "scan",
            settings=load(environment={}),
            accounts=str(folder / "world" / "accounts.parquet"),
        )
        truth = {row["account_id"]: row for row in pq.read_table(folder / "world" / "truth.parquet").to_pylist()}
        campaigns = pq.read_table(folder / "scan" / "campaigns.parquet").to_pylist()
        members = pq.read_table(folder / "scan" / "members.parquet").to_pylist()
    return _result(truth, campaigns, members, n_exchanges)


def _result(
    truth: dict[str, dict[str, object]],
    campaigns: list[dict[str, object]],
    members: list[dict[str, object]],
    n_exchanges: int,
) -> Result:
    severity = {str(c["campaign_id"]): str(c["severity"]) for c in campaigns}
    queue = sorted(campaigns, key=lambda c: (_RANK[str(c["severity"])], c["q_value"], str(c["campaign_id"])))
    above = [str(c["campaign_id"]) for c in queue if c["severity"] != "watch"]
    highest: dict[str, str] = {}
    crowds_in: dict[str, Counter[tuple[object, object]]] = {}
    for member in members:
        account, group = str(member["account_id"]), str(member["campaign_id"])
        if account not in highest or _RANK[severity[group]] < _RANK[highest[account]]:
            highest[account] = severity[group]
        row = truth[account]
        crowds_in.setdefault(group, Counter())[row["crowd"], row["author"]] += 1
    places: dict[tuple[object, object], int] = {}
    for place, group in enumerate(above, start=1):
        (crowd, _), *_ = crowds_in[group].most_common(1)
        places.setdefault(crowd, place)
    found = []
    for key in sorted({(str(row["crowd"]), str(row["author"])) for row in truth.values()}):
        own = [account for account, row in truth.items() if (row["crowd"], row["author"]) == key]
        row, counts = truth[own[0]], Counter(highest.get(account, "") for account in own)
        found.append(
            CrowdResult(
                *key, bool(row["is_harvest"]), bool(row["one_list"]), str(row["accountability"]), len(own),
                counts["urgent"], counts["review"], counts["watch"], places.get(key),
            )
        )  # fmt: skip
    return Result(len(truth), n_exchanges, len(above), tuple(found))
