"""Compares a scan with the truth of the world that it scanned."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Group
from rich.table import Table

from stillwatch.errors import InputError
from stillwatch.model import Severity
from stillwatch.statistics import proportions

__all__ = [
    "CampaignResult",
    "LookalikeResult",
    "Measurement",
    "Rate",
    "ReportedResult",
    "measure",
    "show",
    "wilson",
]

_MEMBER = 0.5


@dataclass(frozen=True, slots=True)
class Rate:
    """The share *n* of *of* with its 95% Wilson interval; 0 of 0 has the interval 0 to 1."""

    n: int
    of: int
    rate: float
    low: float
    high: float


def wilson(n: int, of: int) -> Rate:
    """Return the share *n* of *of* with its 95% Wilson interval."""
    low, high = proportions.wilson(n, of)
    return Rate(n, of, n / of if of else 0.0, low, high)


@dataclass(frozen=True, slots=True)
class CampaignResult:
    """How much of one true campaign a scan found.

    ``above_watch`` and ``any_severity`` count its accounts among reported members. The other fields describe the
    reported campaign that holds most of them. The campaign is ``found`` if that one is above watch, holds at least half
    of its accounts, and at least half of its members are campaign accounts.
    """

    name: str
    family: str
    above_watch: Rate
    any_severity: Rate
    found: bool
    reported_as: str | None
    severity: str | None
    q_value: float | None
    purity: float | None
    in_pieces: int


@dataclass(frozen=True, slots=True)
class LookalikeResult:
    """One look-alike: the highest severity of a reported campaign with its accounts, and the shares of its accounts."""

    name: str
    family: str
    highest: str | None
    any_severity: Rate
    above_watch: Rate


@dataclass(frozen=True, slots=True)
class ReportedResult:
    """One reported campaign against the truth; ``purity`` is the share of its members that are campaign accounts."""

    campaign_id: str
    severity: str
    q_value: float
    n_members: int
    purity: float
    mostly: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """A scan against the truth. Honest rates are over all accounts outside campaigns, look-alikes included."""

    campaigns: tuple[CampaignResult, ...]
    lookalikes: tuple[LookalikeResult, ...]
    reported: tuple[ReportedResult, ...]
    honest_above_watch: Rate
    honest_any_severity: Rate

    def to_json(self) -> str:
        """Return the measurement as JSON."""
        return json.dumps(asdict(self), indent=2, sort_keys=True)


@dataclass(frozen=True, slots=True)
class _Truth:
    campaign: dict[str, str]
    lookalike: dict[str, str]
    family: dict[str, str]
    honest: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Group:
    campaign_id: str
    severity: Severity
    q_value: float
    members: frozenset[str]


def measure(scan: Path, world: Path) -> Measurement:
    """Compare the folder *scan* (``campaigns.parquet``, ``members.parquet``) with the truth in the folder *world*.

    A member counts if its ``p_member`` is at least one half. Raises ``InputError`` if a table is missing, or if no
    account identifier of the scan is in the world.
    """
    truth = _read_truth(world)
    groups = _read_scan(scan)
    everyone = truth.campaign.keys() | truth.honest
    named = frozenset[str]().union(*(group.members for group in groups)) if groups else frozenset[str]()
    if named and not named & everyone:
        raise InputError(
            "no account of the scan is in the world",
            where=str(scan),
            remedy="Measure with ingest.identifier_key unset.",
        )
    high = _members(groups, above_watch=True)
    return Measurement(
        campaigns=tuple(_campaign(name, truth, groups) for name in sorted(set(truth.campaign.values()))),
        lookalikes=tuple(_lookalike(name, truth, groups) for name in sorted(set(truth.lookalike.values()))),
        reported=tuple(_reported(group, truth) for group in groups),
        honest_above_watch=wilson(len(high - truth.campaign.keys()), len(truth.honest)),
        honest_any_severity=wilson(len(named - truth.campaign.keys()), len(truth.honest)),
    )


def _members(groups: list[_Group], *, above_watch: bool) -> frozenset[str]:
    picked = [g.members for g in groups if not above_watch or g.severity is not Severity.WATCH]
    return frozenset[str]().union(*picked)


def _campaign(name: str, truth: _Truth, groups: list[_Group]) -> CampaignResult:
    ours = {account for account, group in truth.campaign.items() if group == name}
    touching = [g for g in groups if g.members & ours]
    main = max(touching, key=lambda g: (len(g.members & ours), g.severity.rank, g.campaign_id), default=None)
    purity = _purity(main, truth) if main else None
    found = (
        main is not None
        and main.severity is not Severity.WATCH
        and 2 * len(main.members & ours) >= len(ours)
        and purity is not None
        and purity >= 0.5
    )
    return CampaignResult(
        name=name,
        family=truth.family[name],
        above_watch=wilson(len(_members(groups, above_watch=True) & ours), len(ours)),
        any_severity=wilson(len(_members(groups, above_watch=False) & ours), len(ours)),
        found=found,
        reported_as=main.campaign_id if main else None,
        severity=main.severity.value if main else None,
        q_value=main.q_value if main else None,
        purity=purity,
        in_pieces=len(touching),
    )


def _lookalike(name: str, truth: _Truth, groups: list[_Group]) -> LookalikeResult:
    ours = {account for account, group in truth.lookalike.items() if group == name}
    touching = [g.severity for g in groups if g.members & ours]
    highest = max(touching, key=lambda s: s.rank, default=None)
    return LookalikeResult(
        name=name,
        family=truth.family[name],
        highest=highest.value if highest else None,
        any_severity=wilson(len(_members(groups, above_watch=False) & ours), len(ours)),
        above_watch=wilson(len(_members(groups, above_watch=True) & ours), len(ours)),
    )


def _reported(group: _Group, truth: _Truth) -> ReportedResult:
    counts: dict[str, int] = {}
    for account in group.members:
        name = truth.campaign.get(account) or truth.lookalike.get(account) or "honest"
        counts[name] = counts.get(name, 0) + 1
    mostly = max(sorted(counts), key=lambda n: counts[n], default="nobody")
    return ReportedResult(
        group.campaign_id,
        group.severity.value,
        group.q_value,
        len(group.members),
        _purity(group, truth),
        mostly,
    )


def _purity(group: _Group, truth: _Truth) -> float:
    return len(group.members & truth.campaign.keys()) / len(group.members) if group.members else 0.0


def _read(path: Path, columns: list[str]) -> dict[str, list[object]]:
    try:
        return dict(pq.read_table(path, columns=columns).to_pydict())
    except (OSError, KeyError, pa.ArrowException) as error:
        raise InputError(
            "the table cannot be read", where=str(path), remedy=f"It needs {', '.join(columns)}."
        ) from error


def _read_truth(world: Path) -> _Truth:
    columns = _read(world / "truth.parquet", ["account_id", "kind", "group", "is_campaign"])
    rows = list(zip(*columns.values(), strict=True))
    return _Truth(
        campaign={str(a): str(g) for a, _, g, hidden in rows if hidden},
        lookalike={str(a): str(g) for a, _, g, hidden in rows if g and not hidden},
        family={str(g): str(kind) for _, kind, g, _ in rows if g},
        honest=frozenset(str(a) for a, _, _, hidden in rows if not hidden),
    )


def _read_scan(scan: Path) -> list[_Group]:
    campaigns = _read(scan / "campaigns.parquet", ["campaign_id", "severity", "q_value"])
    members = _read(scan / "members.parquet", ["campaign_id", "account_id", "p_member"])
    inside: dict[str, set[str]] = {}
    for campaign, account, p in zip(*members.values(), strict=True):
        if isinstance(p, float) and p >= _MEMBER:
            inside.setdefault(str(campaign), set()).add(str(account))
    groups = [
        _Group(str(campaign), Severity(str(severity)), float(str(q)), frozenset(inside.get(str(campaign), ())))
        for campaign, severity, q in zip(*campaigns.values(), strict=True)
    ]
    return sorted(groups, key=lambda g: (-g.severity.rank, g.q_value, g.campaign_id))


def _percent(rate: Rate) -> str:
    return f"{rate.n:,} of {rate.of:,} ({100 * rate.rate:.2f}%, {100 * rate.low:.2f}-{100 * rate.high:.2f})"


def show(measurement: Measurement) -> Group:
    """Return tables of *measurement* for a rich console; intervals are 95%."""
    honest = Table("honest accounts included", "rate", title="Honest accounts")
    honest.add_row("above watch", _percent(measurement.honest_above_watch))
    honest.add_row("at any severity", _percent(measurement.honest_any_severity))
    return Group(_campaign_table(measurement), _lookalike_table(measurement), honest)


def _campaign_table(measurement: Measurement) -> Table:
    table = Table(title="Campaigns")
    for name in (
        "campaign",
        "family",
        "accounts above watch",
        "at any severity",
        "severity",
        "q",
        "purity",
        "found",
    ):
        table.add_column(name)
    for c in measurement.campaigns:
        table.add_row(
            c.name,
            c.family,
            _percent(c.above_watch),
            _percent(c.any_severity),
            c.severity or "-",
            "" if c.q_value is None else f"{c.q_value:.2g}",
            "" if c.purity is None else f"{100 * c.purity:.1f}%",
            "yes" if c.found else "no",
        )
    return table


def _lookalike_table(measurement: Measurement) -> Table:
    table = Table(
        "look-alike", "family", "highest severity", "accounts that appear", "above watch", title="Look-alikes"
    )
    for look in measurement.lookalikes:
        table.add_row(
            look.name,
            look.family,
            look.highest or "-",
            _percent(look.any_severity),
            _percent(look.above_watch),
        )
    return table
