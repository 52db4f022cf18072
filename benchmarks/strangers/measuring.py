"""Scans one world and says what was reported: of every crowd its accounts and its place, of every group its truth."""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from stillwatch import runs
from stillwatch.settings import load
from strangers.compose import ORDINARY, Part
from strangers.composed import world_of

__all__ = ["MOSTLY", "PURE", "CrowdResult", "GroupResult", "Result", "is_held_by_identity", "measure", "summarise"]

MOSTLY = 0.5
"""Least share of a group's members that are of one crowd, for the group to be that crowd's."""
PURE = 0.8
"""Least share of a group's members that are of one crowd, for the group to be true of it."""
_RANK = {"urgent": 0, "review": 1, "watch": 2}
_ONE_CUSTOMER = {"one_organization", "one_payer"}
"""Facts by which a scan itself says that the accounts are one customer's."""
_NEARLY_ALL = 0.8

_Row = Mapping[str, Any]


@dataclass(frozen=True)
class GroupResult:
    """One reported group: what the scan states, and what is true of it.

    The crowd is the one of most members, and ``share`` is its share of them. ``inside`` and ``outside`` hold the
    ``p_member`` of the members of that crowd and of all others.
    """

    crowd: str
    author: str
    is_harvest: bool
    one_list: bool
    accountability: str
    share: float
    p_group: float
    severity: str
    answer: str
    rank: int
    by_identity: bool
    inside: tuple[float, ...]
    outside: tuple[float, ...]

    @property
    def size(self) -> int:
        """Return the number of members."""
        return len(self.inside) + len(self.outside)

    @property
    def is_one_list(self) -> bool:
        """Return whether at least 80% of the members are of one crowd that works through one list."""
        return self.share >= PURE and self.one_list

    @property
    def is_one_customer(self) -> bool:
        """Return whether identity holds the group together, and 80% of it are of one crowd of one operator."""
        return self.by_identity and self.share >= PURE and self.accountability == "operator"

    @property
    def is_true(self) -> bool:
        """Return whether the accounts really work through one list or are run as one."""
        return self.is_one_list or self.is_one_customer


@dataclass(frozen=True)
class CrowdResult:
    """The accounts of one crowd by the highest severity at which they were reported.

    ``answers`` counts the groups that are mostly of this crowd by the accountability that the scan states. ``place`` is
    the rank of the first of them above ``watch``; None where there is none.
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
    answers: Mapping[str, int]
    place: int | None

    @property
    def n_above(self) -> int:
        """Return the accounts above ``watch``."""
        return self.n_urgent + self.n_review


@dataclass(frozen=True)
class Result:
    """One world: its size, its crowds, its groups, and the ordinary people above ``watch`` by account."""

    n_accounts: int
    n_exchanges: int
    crowds: tuple[CrowdResult, ...]
    groups: tuple[GroupResult, ...]
    people_above: tuple[str, ...] = field(default=())

    @classmethod
    def read(cls, kept: _Row) -> "Result":
        """Return the result that ``dataclasses.asdict`` made *kept* of, also after a way through JSON."""
        groups = (
            GroupResult(**{**g, "inside": tuple(g["inside"]), "outside": tuple(g["outside"])}) for g in kept["groups"]
        )
        crowds = tuple(CrowdResult(**crowd) for crowd in kept["crowds"])
        return cls(kept["n_accounts"], kept["n_exchanges"], crowds, tuple(groups), tuple(kept["people_above"]))


def measure(name: str, parts: Sequence[Part], *, seed: int, days: int, threads: int = 0) -> Result:
    """Compose the world *name* of *parts*, scan it, and compare the result with the truth.

    *threads* are those of the engine, 0 for one per core. Results do not depend on them.
    """
    with (
        world_of(name, parts, seed=seed, days=days) as (world, n_exchanges),
        tempfile.TemporaryDirectory(prefix="strangers-") as folder,
    ):
        scan = Path(folder) / "scan"
        runs.scan(
            [str(world / "exchanges.parquet")],
            scan,
            settings=load(environment={}, engine__threads=threads),
            accounts=str(world / "accounts.parquet"),
        )
        truth = {row["account_id"]: row for row in pq.read_table(world / "truth.parquet").to_pylist()}
        campaigns = pq.read_table(scan / "campaigns.parquet").to_pylist()
        members = pq.read_table(scan / "members.parquet").to_pylist()
    return summarise(truth, campaigns, members, n_exchanges)


def summarise(
    truth: Mapping[str, _Row], campaigns: Sequence[_Row], members: Sequence[_Row], n_exchanges: int
) -> Result:
    """Return the result from the rows of ``truth``, ``campaigns`` and ``members``."""
    of_group: dict[str, list[_Row]] = {str(c["campaign_id"]): [] for c in campaigns}
    for member in members:
        of_group[str(member["campaign_id"])].append(member)
    queue = sorted(campaigns, key=lambda c: int(c["rank"]))
    groups = tuple(_group(c, of_group[str(c["campaign_id"])], truth) for c in queue if of_group[str(c["campaign_id"])])
    severity = {str(c["campaign_id"]): str(c["severity"]) for c in campaigns}
    highest: dict[str, str] = {}
    for member in members:
        account, own = str(member["account_id"]), severity[str(member["campaign_id"])]
        if account not in highest or _RANK[own] < _RANK[highest[account]]:
            highest[account] = own
    people = (a for a, row in truth.items() if row["crowd"] == ORDINARY and highest.get(a, "watch") != "watch")
    return Result(len(truth), n_exchanges, tuple(_crowds(truth, highest, groups)), groups, tuple(sorted(people)))


def is_held_by_identity(reasons: Sequence[_Row]) -> bool:
    """Return whether shared means of identity are among the evidence, or the scan says that all are one customer's."""
    return any(
        reason["value"] > 0 and reason["kind"] != "description"
        if reason["family"] == "identity"
        else reason["signal"] in _ONE_CUSTOMER and reason["observed"] >= _NEARLY_ALL
        for reason in reasons
    )


def _group(campaign: _Row, members: Sequence[_Row], truth: Mapping[str, _Row]) -> GroupResult:
    crowds = Counter((truth[str(m["account_id"])]["author"], truth[str(m["account_id"])]["crowd"]) for m in members)
    crowd, n = min(crowds.items(), key=lambda item: (-item[1], item[0]))
    sides: dict[bool, list[float]] = {True: [], False: []}
    known: _Row = {}
    for member in members:
        row = truth[str(member["account_id"])]
        belongs = (row["author"], row["crowd"]) == crowd
        known = row if belongs else known
        sides[belongs].append(round(float(member["p_member"]), 4))
    return GroupResult(
        crowd=str(crowd[1]), author=str(crowd[0]), is_harvest=bool(known["is_harvest"]),
        one_list=bool(known["one_list"]), accountability=str(known["accountability"]), share=n / len(members),
        p_group=float(campaign["p_group"]), severity=str(campaign["severity"]), answer=str(campaign["accountability"]),
        rank=int(campaign["rank"]), by_identity=is_held_by_identity(campaign["reasons"] or ()),
        inside=tuple(sorted(sides[True])), outside=tuple(sorted(sides[False])),
    )  # fmt: skip


def _crowds(
    truth: Mapping[str, _Row], highest: Mapping[str, str], groups: Sequence[GroupResult]
) -> Iterator[CrowdResult]:
    """Yield the result of every crowd, by name and author; *groups* come in the order of the queue."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    known: dict[tuple[str, str], _Row] = {}
    for account, row in truth.items():
        key = str(row["crowd"]), str(row["author"])
        known[key] = row
        counts.setdefault(key, Counter())[highest.get(account, "")] += 1
    for key, found in sorted(counts.items()):
        own = [g for g in groups if (g.crowd, g.author) == key and g.share >= MOSTLY]
        yield CrowdResult(
            *key, bool(known[key]["is_harvest"]), bool(known[key]["one_list"]), str(known[key]["accountability"]),
            found.total(), found["urgent"], found["review"], found["watch"],
            dict(sorted(Counter(g.answer for g in own).items())),
            next((g.rank for g in own if g.severity != "watch"), None),
        )  # fmt: skip
