"""Renders ``report.html`` from a finished scan. The same scan gives the same bytes, and the page makes no requests."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from stillwatch.cases.queries.precision import UNSAID
from stillwatch.errors import EngineError
from stillwatch.model import Family, Precision
from stillwatch.report import entries, evidence, figures, inline, measures, timeline, wording
from stillwatch.report.both_sides import NOBODY_ACCUSED
from stillwatch.settings import ReportSettings
from stillwatch.tables import scan_folder

__all__ = ["FAMILIES", "GLOBALS", "described", "false_discovery_rate", "render", "write"]

FAMILIES = {
    Family.IDENTITY: "payment and sign-up data",
    Family.INFRASTRUCTURE: "network addresses of the requests",
    Family.CLIENT: "the software that sends the requests",
    Family.CONTENT: "the content of the requests",
    Family.TEMPO: "the times of the requests",
}
GLOBALS: Mapping[str, Any] = {
    "count": wording.count,
    "plural": wording.plural,
    "amount": wording.amount,
    "glyph": figures.glyph,
    "group_chances": wording.group_chances,
    "probability": wording.probability,
    "compared": measures.compared,
    "weight": measures.weight,
    "nobody_accused": NOBODY_ACCUSED,
    "family_class": evidence.family_class,
}
"""The functions that the templates call; the console uses them, too."""


def write(scan: Path, settings: ReportSettings, judged: Sequence[Precision] | None = None) -> Path:
    """Write ``report.html`` into the folder of a finished scan, replace an older one, and return its path.

    *judged* is the precision of scans according to people's judgements, per severity. Without ``bonds.parquet`` or
    ``timeline.parquet`` the page says what it leaves out.

    Raises ``InputError`` where the folder is not a finished scan, ``EngineError`` where the page cannot be written.
    """
    page = render(scan_folder.read(scan), settings, judged)
    path = scan / "report.html"
    try:
        path.write_bytes(page.encode())
    except OSError as error:
        raise EngineError("the report cannot be written", where=str(path)) from error
    return path


def render(scan: scan_folder.FinishedScan, settings: ReportSettings, judged: Sequence[Precision] | None = None) -> str:
    """Return the page as HTML text; see :func:`write`."""
    line = timeline.lay(scan.timeline) if scan.timeline is not None else None
    sources = entries.EntrySources(
        scan,
        line,
        evidence.SignalTexts(described(scan.summary)),
        settings.max_graph_accounts,
        n_groups=len(scan.campaigns),
        rate=false_discovery_rate(scan.summary),
    )
    rows = entries.ranked(scan.campaigns)
    shown = [
        entries.campaign_entry(row, number, sources)
        for number, row in enumerate(rows[: settings.max_campaigns], start=1)
    ]
    style = inline.style("uPlot.min.css", "figures.css", "page.css")
    script = inline.script("uPlot.iife.min.js", "page.js") if line else None
    page = _environment().get_template("page.html.j2")
    text = page.render(
        style=style,
        script=script,
        policy=inline.policy(style, script),
        chart=inline.embed(_chart(line, shown)) if line else None,
        facts=_facts(scan),
        entries=shown,
        n_campaigns=len(rows),
        judged=[one for one in judged or () if one.n_settled or one.n_open],
        unsaid=UNSAID,
        signals=sources.signals,
        families=FAMILIES,
        has_bonds=scan.bonds is not None,
        timeline=line,
        ticks=figures.time_ticks(line) if line else [],
        everybody=figures.panel(line.of(timeline.EVERYBODY_ELSE)) if line else None,
    )
    return text.rstrip() + "\n"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("stillwatch.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(GLOBALS)
    return environment


def _chart(line: timeline.Timeline, shown: list[entries.CampaignEntry]) -> dict[str, Any]:
    return {
        "start": line.start_s,
        "width": line.width_s,
        "others": line.of(timeline.EVERYBODY_ELSE).tolist(),
        "campaigns": [entry.series for entry in shown],
    }


def _facts(scan: scan_folder.FinishedScan) -> dict[str, Any]:
    """Return the facts of the summary for the page; a missing or unusable fact is ``None``."""
    summary = scan.summary
    first, last = _time(summary.get("first_at")), _time(summary.get("last_at"))
    rate = false_discovery_rate(summary)
    notices = summary.get("notices")
    return {
        "n_exchanges": _whole(summary.get("n_exchanges")),
        "n_accounts": _whole(summary.get("n_accounts")),
        "n_rejects": _whole(summary.get("n_rejects")),
        "n_groups": _whole(summary.get("n_groups_tested")),
        "period": wording.period(first, last) if first and last else None,
        "rate": wording.rate(rate) if rate is not None else None,
        "notices": [n for n in notices if isinstance(n, str)] if isinstance(notices, list) else [],
        "version": _text(summary.get("version")),
        "settings_digest": _text(summary.get("settings_digest")),
    }


def false_discovery_rate(summary: Mapping[str, Any]) -> float | None:
    """Return the false discovery rate that a scan accepted; None where its summary states none."""
    rate = _number(summary.get("false_discovery_rate"))
    return rate if rate is not None and 0 < rate < 1 else None


def described(summary: Mapping[str, Any]) -> dict[str, str]:
    """Return the sentences of the signals by name, from the summary of a scan."""
    described = summary.get("signals")
    if not isinstance(described, dict):
        return {}
    return {
        name: value["sentence"]
        for name, value in described.items()
        if isinstance(value, dict) and isinstance(value.get("sentence"), str)
    }


def _number(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None


def _whole(value: object) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _time(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
