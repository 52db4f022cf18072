"""Draws the figures of a case: the figures of the report, made from the data that a case keeps of its last scan."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any

import pyarrow as pa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.judgements import case_of
from stillwatch.cases.queries.case_queries import CaseDetail, probabilities
from stillwatch.cases.queries.precision import precision
from stillwatch.cases.store.schema import ImportedScan, Sighting
from stillwatch.report import entries, figures, timeline
from stillwatch.report.both_sides import BothSides, both_sides
from stillwatch.report.evidence import SignalTexts
from stillwatch.report.page import FAMILIES, described, false_discovery_rate
from stillwatch.settings import ReportSettings
from stillwatch.tables import CAMPAIGNS, MEMBERS
from stillwatch.tables.scan_folder import FinishedScan

__all__ = ["CaseFigures", "FigureCache", "case_sides", "draw"]

_KEPT = 64
"""Number of cached results. A sighting never changes, and a large campaign takes a while to draw."""


@dataclass(frozen=True)
class CaseFigures:
    """The values that the report template ``evidence.html.j2`` draws, and the data of the chart over time."""

    values: Mapping[str, Any]
    chart: dict[str, Any] | None


class FigureCache:
    """Draws the figures of each sighting once and keeps them in memory."""

    def __init__(self, settings: ReportSettings) -> None:
        self._settings = settings
        self._kept: dict[tuple[int, str], CaseFigures] = {}
        self._lock = Lock()

    def of(self, look: Look, shown: CaseDetail) -> CaseFigures | None:
        """Return the figures of the case, or None where no scan reported it."""
        if not shown.campaign or shown.scan is None:
            return None
        key = shown.case.case_id, shown.scan.scan_id
        with self._lock:
            if key not in self._kept:
                while len(self._kept) >= _KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[key] = draw(shown, probabilities(look, shown.case.case_id), self._settings)
            return self._kept[key]


def case_sides(look: Look, case_id: int) -> BothSides | None:
    """Return both sides of a case, as its last scan reported it, or None where no scan did.

    The measured rate is followed by how people settled cases of the same severity here.
    """
    case = case_of(look, case_id)
    found = look.session.get(Sighting, (case_id, case.last_scan)) if case.last_scan else None
    scan = look.session.get(ImportedScan, case.last_scan) if case.last_scan else None
    if found is None or scan is None:
        return None
    sides = both_sides(found.campaign, false_discovery_rate(scan.summary))
    here = next((one for one in precision(look) if one.severity == case.severity), None)
    if here is None or not here.n_settled:
        return sides
    told = f"Here people confirmed {here.n_confirmed:,} of {here.n_settled:,} settled cases at {case.severity}."
    return replace(sides, measured=f"{sides.measured} {told}")


def draw(shown: CaseDetail, p_member: Mapping[str, float | None], settings: ReportSettings) -> CaseFigures:
    """Return the figures of the case *shown*. *p_member* is the membership probability of each account."""
    campaign_id = str(shown.campaign["campaign_id"])
    columns = {
        "campaign_id": [campaign_id] * len(p_member),
        "account_id": list(p_member),
        "p_member": list(p_member.values()),
    }
    members = pa.table({**columns, "reasons": pa.nulls(len(p_member), MEMBERS.schema.field("reasons").type)})
    lines = [table for table in (shown.timeline, shown.background) if table is not None]
    line = timeline.lay(pa.concat_tables(lines)) if lines else None
    signals = SignalTexts(described(shown.scan.summary if shown.scan else {}))
    empty = CAMPAIGNS.schema.empty_table()
    scan = FinishedScan(summary={}, campaigns=empty, members=members, bonds=shown.bonds, timeline=None)
    row = dict(shown.campaign) | {name: _moment(shown.campaign.get(name)) for name in ("first_at", "last_at")}
    n_groups = shown.scan.n_campaigns if shown.scan else 0
    rate = false_discovery_rate(shown.scan.summary) if shown.scan else None
    sources = entries.EntrySources(scan, line, signals, settings.max_graph_accounts, n_groups, rate)
    entry = entries.campaign_entry(row, 1, sources)
    others = line.of(timeline.EVERYBODY_ELSE) if line else None
    values = {
        "entry": entry,
        "index": 0,
        "signals": signals,
        "families": FAMILIES,
        "has_bonds": shown.bonds is not None,
        "timeline": line,
        "ticks": figures.time_ticks(line) if line else [],
        "everybody": figures.panel(others) if others is not None else None,
    }
    chart = None
    if line is not None and others is not None:
        chart = {
            "start": line.start_s,
            "width": line.width_s,
            "others": others.tolist(),
            "campaigns": [entry.series],
        }
    return CaseFigures(values, chart)


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
