"""Prepares one campaign for the page: numbers as text, and figures as coordinates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.model import CAPABILITIES, Severity
from stillwatch.report import figures, graph, wording
from stillwatch.report.answers import Answer, answers, short_accountability, what_would_change, why_severity
from stillwatch.report.both_sides import BothSides, both_sides
from stillwatch.report.evidence import EvidenceGroup, SignalTexts, evidence_groups
from stillwatch.report.measures import number
from stillwatch.report.timeline import Timeline
from stillwatch.tables.scan_folder import FinishedScan

__all__ = [
    "Bar",
    "CampaignEntry",
    "EntrySources",
    "MemberRow",
    "campaign_entry",
    "ranked",
]

_SHOWN_MEMBERS = 200
_SHOWN_REASONS = 3
_DAY_S = 86_400
_MARKS = {Severity.URGENT: "▲", Severity.REVIEW: "◆", Severity.WATCH: "○"}
_MEANINGS = {capability.name: capability.sentence for capability in CAPABILITIES}


@dataclass(frozen=True, slots=True)
class Bar:
    """One capability and its share of the exchanges, as text and as the width of a bar in per cent."""

    name: str
    sentence: str
    text: str
    width: float


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One row of the member table. ``p_both`` is ``p_group`` × ``p_member``: that the account is in such a group."""

    account_id: str
    p_member: str
    p_both: str
    reasons: str


@dataclass(frozen=True, slots=True)
class EntrySources:
    """The data from which the entries of one page are made.

    ``n_groups`` is the number of groups in the queue. ``rate`` is the false discovery rate of the scan, if known.
    """

    scan: FinishedScan
    timeline: Timeline | None
    signals: SignalTexts
    max_accounts: int
    n_groups: int
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class CampaignEntry:
    """All data of one campaign on the page. ``series`` is its exchanges per bucket, ``panel`` their drawn line."""

    anchor: str
    campaign_id: str
    severity: str
    mark: str
    advice: str
    change: str
    rank: str
    accountability: str
    likelihood: str
    n_accounts: int
    n_exchanges: int
    output_tokens: int
    period: str
    pace: str
    q_value: str
    sides: BothSides
    answers: list[Answer]
    capabilities: list[Bar]
    evidence: list[EvidenceGroup]
    readings: list[str]
    panel: figures.Panel | None
    series: list[int]
    graph: graph.Graph | None
    members: list[MemberRow]
    n_members: int


def ranked(campaigns: pa.Table) -> list[dict[str, Any]]:
    """Return the campaigns as rows in the order of ``rank``; rows without a rank last, the highest severity first."""
    return sorted(
        campaigns.to_pylist(),
        key=lambda row: (row["rank"] is None, row["rank"] or 0, -_severity(row).rank, row["campaign_id"]),
    )


def campaign_entry(row: dict[str, Any], place: int, sources: EntrySources) -> CampaignEntry:
    """Return the entry of one row of ``tables.CAMPAIGNS``; *place* counts the entries of the page from 1.

    The row of a scan by an earlier version may lack columns; what it lacks is shown as not known.
    """
    severity, q_value, p_group = _severity(row), number(row["q_value"]), number(row.get("p_group"))
    members = _of(sources.scan.members, row["campaign_id"])
    counts = sources.timeline.of(row["campaign_id"]) if sources.timeline else None
    return CampaignEntry(
        anchor=f"campaign-{place}",
        campaign_id=row["campaign_id"],
        severity=severity.value,
        mark=_MARKS[severity],
        advice=why_severity(row),
        change=what_would_change(row),
        rank=f"{row['rank']:,} of {max(sources.n_groups, row['rank']):,}" if row.get("rank") else "not known",
        accountability=short_accountability(row),
        likelihood=wording.probability(p_group),
        n_accounts=row["n_accounts"] or 0,
        n_exchanges=row["n_exchanges"] or 0,
        output_tokens=row["output_tokens"] or 0,
        period=_period(row["first_at"], row["last_at"]),
        pace=_pace(row),
        q_value=wording.q_value(q_value),
        sides=both_sides(row, sources.rate),
        answers=answers(row, sources.signals),
        capabilities=_bars(row["capabilities"] or []),
        evidence=evidence_groups(row["reasons"] or [], sources.signals),
        readings=[text for text in row["innocent_readings"] or [] if text],
        panel=figures.panel(counts) if counts is not None else None,
        series=counts.tolist() if counts is not None else [],
        graph=_graph(row["campaign_id"], members, sources),
        members=_members(members, p_group, sources.signals),
        n_members=members.num_rows,
    )


def _severity(row: dict[str, Any]) -> Severity:
    # An unknown severity must not stop the report and must not look urgent.
    return Severity(row["severity"]) if row["severity"] in set(Severity) else Severity.WATCH


def _of(table: pa.Table, campaign_id: str) -> pa.Table:
    return table.filter(pc.equal(table["campaign_id"], campaign_id))


def _period(first: datetime | None, last: datetime | None) -> str:
    return wording.period(first, last) if first and last else "period not known"


def _pace(row: dict[str, Any]) -> str:
    """Return exchanges per account and day, which is usually inconspicuous; empty where it is not known."""
    first, last, accounts = row["first_at"], row["last_at"], row["n_accounts"] or 0
    if not (first and last and accounts):
        return ""
    days = max((last - first).total_seconds() / _DAY_S, 1.0)
    return wording.measure(float(f"{(row['n_exchanges'] or 0) / accounts / days:.2g}"))


def _bars(capabilities: list[dict[str, Any]]) -> list[Bar]:
    known = [(c["name"] or "", share) for c in capabilities if (share := number(c["share"])) > 0]
    known.sort(key=lambda pair: (-pair[1], pair[0]))
    return [
        Bar(name, _MEANINGS.get(name, ""), wording.share(share), round(100 * min(share, 1.0), 1))
        for name, share in known
    ]


def _graph(campaign_id: str, members: pa.Table, sources: EntrySources) -> graph.Graph | None:
    if sources.scan.bonds is None:
        return None
    rows = _of(sources.scan.bonds, campaign_id).select(["account_id", "signal", "family", "hub", "bits"]).drop_null()
    bonds = [graph.Bond(*values) for values in zip(*(c.to_pylist() for c in rows.columns), strict=True)]
    p_member = dict(zip(members["account_id"].to_pylist(), members["p_member"].fill_null(0.0).to_pylist(), strict=True))
    return graph.draw(bonds, p_member, sources.max_accounts)


def _members(members: pa.Table, p_group: float, signals: SignalTexts) -> list[MemberRow]:
    first = members.sort_by([("p_member", "descending"), ("account_id", "ascending")]).slice(0, _SHOWN_MEMBERS)
    shown = []
    for row in first.to_pylist():
        titles = dict.fromkeys(signals.title(r["signal"] or "") for r in row["reasons"] or [])
        reasons, p_member = ", ".join(list(titles)[:_SHOWN_REASONS]), number(row["p_member"])
        shown.append(
            MemberRow(
                row["account_id"] or "", wording.probability(p_member), wording.probability(p_group * p_member), reasons
            )
        )
    return shown
