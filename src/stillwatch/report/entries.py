"""Prepares one campaign for the page: numbers as text, and figures as coordinates."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.model import CAPABILITIES, Family, Severity
from stillwatch.report import figures, graph, wording
from stillwatch.report.timeline import Timeline
from stillwatch.tables.scan_folder import FinishedScan

__all__ = [
    "Bar",
    "CampaignEntry",
    "EntrySources",
    "MemberRow",
    "ReasonRow",
    "SignalTexts",
    "campaign_entry",
    "family_class",
    "ranked",
]

_SHOWN_MEMBERS = 200
_SHOWN_REASONS = 3
_DAY_S = 86_400
_DIALS = (
    ("coordination", "How strongly the accounts act together."),
    ("harvest", "How strongly their requests look like collecting training data."),
    ("concealment", "How strongly accounts that appear unrelated share values that unrelated accounts do not share."),
)
_SEVERITIES = {
    Severity.URGENT: ("▲", "Look at this first."),
    Severity.REVIEW: ("◆", "A person should look at this."),
    Severity.WATCH: ("○", "No action yet. Look again after the next scan."),
}
_MEANINGS = {capability.name: capability.sentence for capability in CAPABILITIES}


@dataclass(frozen=True, slots=True)
class Bar:
    """One capability and its share of the exchanges, as text and as the width of a bar in per cent."""

    name: str
    sentence: str
    text: str
    width: float


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One reason: the value expected of unrelated accounts, the observed value, and the weight in bits."""

    title: str
    sentence: str
    family: str
    family_class: str
    expected: str
    observed: str
    ratio: str
    bits: str
    expected_at: float
    observed_at: float


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One row of the member table."""

    account_id: str
    p_member: str
    reasons: str


@dataclass(frozen=True, slots=True)
class SignalTexts:
    """The title and the sentence of each signal, from the summary of the scan."""

    described: Mapping[str, str]

    def title(self, name: str) -> str:
        """Return the name of a signal as words."""
        return wording.title(name)

    def sentence(self, name: str) -> str:
        """Return the sentence that explains a signal; empty where the scan has none."""
        return self.described.get(name, "")


@dataclass(frozen=True, slots=True)
class EntrySources:
    """The data from which the entries of one page are made."""

    scan: FinishedScan
    timeline: Timeline | None
    signals: SignalTexts
    max_accounts: int


@dataclass(frozen=True, slots=True)
class CampaignEntry:
    """All data of one campaign on the page. ``series`` is its exchanges per bucket, ``panel`` their drawn line."""

    anchor: str
    campaign_id: str
    severity: str
    mark: str
    advice: str
    n_accounts: int
    n_exchanges: int
    output_tokens: int
    period: str
    pace: str
    chance: str
    q_exact: str
    dials: list[figures.Dial]
    capabilities: list[Bar]
    scale: figures.LogScale
    reasons: list[ReasonRow]
    readings: list[str]
    panel: figures.Panel | None
    series: list[int]
    graph: graph.Graph | None
    members: list[MemberRow]
    n_members: int


def ranked(campaigns: pa.Table) -> list[dict[str, Any]]:
    """Return the campaigns as rows: the highest severity first, then the most exchanges, then by id."""
    return sorted(
        campaigns.to_pylist(),
        key=lambda row: (-_severity(row).rank, -(row["n_exchanges"] or 0), row["campaign_id"]),
    )


def campaign_entry(row: dict[str, Any], number: int, sources: EntrySources) -> CampaignEntry:
    """Return the entry of one row of ``tables.CAMPAIGNS``; *number* counts the entries of the page from 1."""
    severity = _severity(row)
    mark, advice = _SEVERITIES[severity]
    members = _of(sources.scan.members, row["campaign_id"])
    counts = sources.timeline.of(row["campaign_id"]) if sources.timeline else None
    scale, reasons = _reasons(row["reasons"] or [], sources.signals)
    q_value = _number(row["q_value"])
    return CampaignEntry(
        anchor=f"campaign-{number}",
        campaign_id=row["campaign_id"],
        severity=severity.value,
        mark=mark,
        advice=advice,
        n_accounts=row["n_accounts"] or 0,
        n_exchanges=row["n_exchanges"] or 0,
        output_tokens=row["output_tokens"] or 0,
        period=_period(row["first_at"], row["last_at"]),
        pace=_pace(row),
        chance=wording.chance(q_value),
        q_exact=f"{q_value:.3g}",
        dials=[figures.dial(name.title(), row[name], sentence) for name, sentence in _DIALS],
        capabilities=_bars(row["capabilities"] or []),
        scale=scale,
        reasons=reasons,
        readings=[text for text in row["innocent_readings"] or [] if text],
        panel=figures.panel(counts) if counts is not None else None,
        series=counts.tolist() if counts is not None else [],
        graph=_graph(row["campaign_id"], members, sources),
        members=_members(members, sources.signals),
        n_members=members.num_rows,
    )


def family_class(family: str) -> str:
    """Return the CSS class of a family; an unknown family gets ``f-other``."""
    return f"f-{family}" if family in set(Family) else "f-other"


def _severity(row: dict[str, Any]) -> Severity:
    # An unknown severity must not stop the report and must not look urgent.
    return Severity(row["severity"]) if row["severity"] in set(Severity) else Severity.WATCH


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


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
    known = [(c["name"] or "", share) for c in capabilities if (share := _number(c["share"])) > 0]
    known.sort(key=lambda pair: (-pair[1], pair[0]))
    return [
        Bar(name, _MEANINGS.get(name, ""), wording.share(share), round(100 * min(share, 1.0), 1))
        for name, share in known
    ]


def _reasons(reasons: list[dict[str, Any]], signals: SignalTexts) -> tuple[figures.LogScale, list[ReasonRow]]:
    # Evidence against a campaign appears as text among the innocent readings.
    reasons = [reason for reason in reasons if not _number(reason["bits"]) < 0]
    pairs = [(_number(r["expected"]), _number(r["observed"])) for r in reasons]
    scale = figures.log_scale([value for pair in pairs for value in pair])
    rows = []
    for reason, (expected, observed) in zip(reasons, pairs, strict=True):
        name, family = reason["signal"] or "", reason["family"] or ""
        rows.append(
            ReasonRow(
                title=signals.title(name),
                sentence=signals.sentence(name),
                family=family,
                family_class=family_class(family),
                expected=wording.measure(expected),
                observed=wording.measure(observed),
                ratio=wording.ratio(observed, expected),
                bits=wording.measure(_number(reason["bits"])),
                expected_at=scale.place(expected),
                observed_at=scale.place(observed),
            )
        )
    return scale, rows


def _graph(campaign_id: str, members: pa.Table, sources: EntrySources) -> graph.Graph | None:
    if sources.scan.bonds is None:
        return None
    rows = _of(sources.scan.bonds, campaign_id).select(["account_id", "signal", "family", "hub", "bits"]).drop_null()
    bonds = [graph.Bond(*values) for values in zip(*(c.to_pylist() for c in rows.columns), strict=True)]
    p_member = dict(zip(members["account_id"].to_pylist(), members["p_member"].fill_null(0.0).to_pylist(), strict=True))
    return graph.draw(bonds, p_member, sources.max_accounts)


def _members(members: pa.Table, signals: SignalTexts) -> list[MemberRow]:
    first = members.sort_by([("p_member", "descending"), ("account_id", "ascending")]).slice(0, _SHOWN_MEMBERS)
    shown = []
    for row in first.to_pylist():
        titles = dict.fromkeys(signals.title(r["signal"] or "") for r in row["reasons"] or [])
        reasons = ", ".join(list(titles)[:_SHOWN_REASONS])
        shown.append(MemberRow(row["account_id"] or "", f"{_number(row['p_member']):.3f}", reasons))
    return shown
