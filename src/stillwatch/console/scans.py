"""The scans that were taken in, each with the cases it saw, and two of them side by side."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Path, Query

from stillwatch.cases import comparing
from stillwatch.cases.comparing import Change
from stillwatch.cases.roles import Permission
from stillwatch.cases.schema import Scan
from stillwatch.console.context import Console
from stillwatch.console.rendering import View
from stillwatch.console.routing import Routes
from stillwatch.model import Severity

__all__ = ["ComparedView", "ScanView", "ScansView", "add"]

_NEEDS = Permission.VIEW
_MOST = 1_000_000_000
_KINDS = ("new", "changed", "gone", "same")


class ScanLine(View):
    """One scan: its number and name, the period of the log that it read, and how much that was."""

    number: int
    name: str
    taken_at: datetime
    first_at: datetime | None
    last_at: datetime | None
    n_accounts: int
    n_exchanges: int
    n_campaigns: int


class ScansView(View):
    """Every scan that was taken in, the newest first."""

    scans: list[ScanLine]


class SeenLine(View):
    """A case as one scan saw it; ``event`` is what became of it there."""

    case_id: int
    title: str
    campaign_id: str | None
    severity: str
    n_accounts: int
    n_exchanges: int
    q_value: float | None
    event: str
    n_joined: int
    n_left: int


class ScanView(View):
    """One scan and the cases it saw; ``n_aside`` campaigns were too mild to become cases."""

    scan: ScanLine
    version: str | None
    false_discovery_rate: float | None
    n_groups_tested: int | None
    cases: list[SeenLine]
    n_aside: int
    earlier: int | None
    later: int | None


class Figures(View):
    """What a scan said of a campaign, in numbers."""

    n_accounts: int | None
    n_exchanges: int | None
    severity: str | None
    q_value: float | None
    coordination: float | None
    harvest: float | None
    concealment: float | None


class ChangeLine(View):
    """A case in two scans; a side is missing where that scan did not see it.

    ``differs`` names the figures that changed. ``n_joined`` and ``n_left`` are missing where they are not known: where
    another sighting lies between the two.
    """

    case_id: int
    title: str
    kind: Literal["new", "changed", "gone", "same"]
    before: Figures | None
    after: Figures | None
    differs: list[str]
    n_joined: int | None
    n_left: int | None


class ComparedView(View):
    """Two scans side by side; without two scans there is nothing to compare, and both are missing."""

    scans: list[ScanLine]
    before: ScanLine | None
    after: ScanLine | None
    counts: dict[str, int]
    changes: list[ChangeLine]


def add(routes: Routes) -> None:
    """Add the pages of scans; the comparison comes before what any number would match."""
    routes.page("/scans", "scans.html.j2", needs=_NEEDS)(scans)
    routes.page("/scans/compare", "compared.html.j2", needs=_NEEDS)(compare)
    routes.page("/scans/{number}", "scan.html.j2", needs=_NEEDS)(scan)


def scans(console: Console) -> ScansView:
    """Every scan that was taken in, the newest first."""
    with console.desk.look() as look:
        return ScansView(scans=[_line(one) for one in comparing.scans(look)])


def scan(console: Console, number: Annotated[int, Path(ge=1, le=_MOST)]) -> ScanView:
    """Show one scan and the cases it saw, the most severe first."""
    with console.desk.look() as look:
        found = comparing.scan_of(look, number)
        numbers = [one.number for one in comparing.scans(look)]
        seen = comparing.seen_by(look, found)
        line, summary = _line(found), found.summary
    rows = [
        SeenLine(
            case_id=one.case_id,
            title=one.title,
            campaign_id=one.campaign.get("campaign_id"),
            severity=str(one.campaign.get("severity") or ""),
            n_accounts=one.campaign.get("n_accounts") or 0,
            n_exchanges=one.campaign.get("n_exchanges") or 0,
            q_value=one.campaign.get("q_value"),
            event=one.event,
            n_joined=one.n_joined,
            n_left=one.n_left,
        )
        for one in seen
    ]
    return ScanView(
        scan=line,
        version=_text(summary.get("version")),
        false_discovery_rate=_number(summary.get("false_discovery_rate")),
        n_groups_tested=int(_number(summary.get("n_groups_tested")) or 0) or None,
        cases=sorted(rows, key=lambda row: (-_rank(row.severity), row.case_id)),
        n_aside=max(line.n_campaigns - len(rows), 0),
        earlier=max((other for other in numbers if other < number), default=None),
        later=min((other for other in numbers if other > number), default=None),
    )


def compare(
    console: Console,
    before: Annotated[int | None, Query(ge=1, le=_MOST, description="a scan; the last but one where left out")] = None,
    after: Annotated[int | None, Query(ge=1, le=_MOST, description="a scan; the last where left out")] = None,
) -> ComparedView:
    """What became of campaigns between two scans."""
    with console.desk.look() as look:
        found = comparing.scans(look)
        lines = {one.number: _line(one) for one in found}
        newest = sorted(lines)
        after = after if after is not None else (newest[-1] if newest else None)
        earlier = [number for number in newest if after is None or number < after]
        before = before if before is not None else (earlier[-1] if earlier else None)
        if before is None or after is None:
            return ComparedView(scans=list(lines.values()), before=None, after=None, counts={}, changes=[])
        changes = comparing.compare(look, before, after)
    rows = sorted((_change(one) for one in changes), key=_place)
    return ComparedView(
        scans=list(lines.values()),
        before=lines[before],
        after=lines[after],
        counts={kind: sum(row.kind == kind for row in rows) for kind in _KINDS},
        changes=rows,
    )


def _place(row: ChangeLine) -> tuple[int, int, int]:
    figures = row.after or row.before
    severity = figures.severity if figures is not None else None
    return _KINDS.index(row.kind), -_rank(severity or ""), row.case_id


def _change(one: Change) -> ChangeLine:
    return ChangeLine(
        case_id=one.case_id,
        title=one.title,
        kind=one.kind,
        before=_figures(one.before),
        after=_figures(one.after),
        differs=list(one.differences),
        n_joined=one.n_joined,
        n_left=one.n_left,
    )


def _figures(row: Mapping[str, Any] | None) -> Figures | None:
    return None if row is None else Figures(**{name: row.get(name) for name in Figures.model_fields})


def _line(one: Scan) -> ScanLine:
    return ScanLine(
        number=one.number,
        name=one.name,
        taken_at=one.taken_at,
        first_at=one.first_at,
        last_at=one.last_at,
        n_accounts=one.n_accounts,
        n_exchanges=one.n_exchanges,
        n_campaigns=one.n_campaigns,
    )


def _rank(severity: str) -> int:
    return Severity(severity).rank if severity in set(Severity) else -1


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
