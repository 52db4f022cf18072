"""Pages about scans: the list of imported scans, the cases of one scan, and the comparison of two scans."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Path, Query

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.queries import scan_diff
from stillwatch.cases.queries.scan_diff import Change, Seen
from stillwatch.cases.store.schema import ImportedScan
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState
from stillwatch.console.web.routing import Routes
from stillwatch.model import Severity

__all__ = ["ScanComparisonView", "ScanView", "ScansView", "add"]

_NEEDS = Permission.VIEW
_MOST = 1_000_000_000
_KINDS = ("new", "changed", "gone", "same")
_PAGE = 50


class ScanLine(View):
    """One scan: number, name, period of the log, and sizes."""

    number: int
    name: str
    taken_at: datetime
    first_at: datetime | None
    last_at: datetime | None
    n_accounts: int
    n_exchanges: int
    n_campaigns: int


class ScansView(View):
    """All imported scans, the newest first."""

    scans: list[ScanLine]


class SeenLine(View):
    """A case as one scan reported it. ``event`` is the change in that scan."""

    case_id: int
    title: str
    campaign_id: str | None
    severity: str
    rank: int | None
    accountability: str | None
    p_group: float | None
    n_accounts: int
    n_exchanges: int
    q_value: float | None
    event: str
    n_joined: int
    n_left: int


class ScanView(View):
    """One scan and a page of its ``total`` cases.

    ``n_aside`` counts campaigns below the severity of a case. ``n_unopened`` counts groups
    that imports left without a case because of ``cases.open_per_day``. ``next_page`` is the address of further cases.
    ``earlier`` and ``later`` are the numbers of the neighbouring scans.
    """

    scan: ScanLine
    version: str | None
    false_discovery_rate: float | None
    n_groups_tested: int | None
    cases: list[SeenLine]
    start: int
    total: int
    next_page: str | None
    n_aside: int
    n_unopened: int
    earlier: int | None
    later: int | None


class CampaignFigures(View):
    """The figures of a campaign in one scan."""

    n_accounts: int | None
    n_exchanges: int | None
    rank: int | None
    severity: str | None
    accountability: str | None
    q_value: float | None
    coordination: float | None
    p_group: float | None


class ChangeLine(View):
    """A case in two scans. A side is null where that scan does not have the case.

    ``differs`` names the figures that changed. ``n_joined`` and ``n_left`` are null where they are not known: another
    scan between the two has the case too.
    """

    case_id: int
    title: str
    kind: Literal["new", "changed", "gone", "same"]
    before: CampaignFigures | None
    after: CampaignFigures | None
    differs: list[str]
    n_joined: int | None
    n_left: int | None


class ScanComparisonView(View):
    """The comparison of two scans. ``before`` and ``after`` are null where there are fewer than two scans.

    ``counts`` counts all cases by kind. ``changes`` are the first cases of each kind, or a page of the requested kind.
    ``more`` has the address of further cases, by kind.
    """

    scans: list[ScanLine]
    before: ScanLine | None
    after: ScanLine | None
    kind: str
    counts: dict[str, int]
    changes: list[ChangeLine]
    more: dict[str, str]


def add(routes: Routes) -> None:
    """Add the pages of scans. The comparison is added before the path that matches any number."""
    routes.page("/scans", "scans.html.j2", needs=_NEEDS)(scans)
    routes.page("/scans/compare", "scan_comparison.html.j2", needs=_NEEDS)(compare)
    routes.page("/scans/{number}", "scan.html.j2", needs=_NEEDS)(scan)


def scans(console: ConsoleState) -> ScansView:
    """List all imported scans, the newest first."""
    with console.desk.look() as look:
        return ScansView(scans=[_line(one) for one in scan_diff.scans(look)])


def scan(
    console: ConsoleState,
    number: Annotated[int, Path(ge=1, le=_MOST)],
    start: Annotated[int, Query(ge=0, le=_MOST, description="number of cases to skip")] = 0,
) -> ScanView:
    """Show one scan and its cases, the highest severity first, then by rank."""
    with console.desk.look() as look:
        found = scan_diff.scan_of(look, number)
        numbers = [one.number for one in scan_diff.scans(look)]
        seen = scan_diff.seen_by(look, found)
        line, summary, unopened = _line(found), found.summary, scan_diff.n_unopened(look, found)
    seen.sort(key=lambda one: _place(one.campaign, one.case_id))
    further = start + _PAGE
    return ScanView(
        scan=line,
        version=_text(summary.get("version")),
        false_discovery_rate=_number(summary.get("false_discovery_rate")),
        n_groups_tested=int(_number(summary.get("n_groups_tested")) or 0) or None,
        cases=[_seen(one) for one in seen[start:further]],
        start=start,
        total=len(seen),
        next_page=f"/scans/{number}?start={further}" if further < len(seen) else None,
        n_aside=max(line.n_campaigns - len(seen) - len(found.unopened), 0),
        n_unopened=unopened,
        earlier=max((other for other in numbers if other < number), default=None),
        later=min((other for other in numbers if other > number), default=None),
    )


def compare(
    console: ConsoleState,
    before: Annotated[int | None, Query(ge=1, le=_MOST, description="scan number, by default the last but one")] = None,
    after: Annotated[int | None, Query(ge=1, le=_MOST, description="scan number, by default the last")] = None,
    kind: Annotated[str, Query(pattern="^(|new|changed|gone|same)$", description="only this kind")] = "",
    start: Annotated[int, Query(ge=0, le=_MOST, description="number of cases of each kind to skip")] = 0,
) -> ScanComparisonView:
    """Compare the campaigns of two scans."""
    with console.desk.look() as look:
        found = scan_diff.scans(look)
        lines = {one.number: _line(one) for one in found}
        newest = sorted(lines)
        after = after if after is not None else (newest[-1] if newest else None)
        earlier = [number for number in newest if after is None or number < after]
        before = before if before is not None else (earlier[-1] if earlier else None)
        if before is None or after is None:
            return ScanComparisonView(
                scans=list(lines.values()), before=None, after=None, kind="", counts={}, changes=[], more={}
            )
        found_of = _by_kind(scan_diff.compare(look, before, after))
    further, here = start + _PAGE, f"/scans/compare?before={before}&after={after}"
    asked = {one: rows for one, rows in found_of.items() if kind in ("", one)}
    return ScanComparisonView(
        scans=list(lines.values()),
        before=lines[before],
        after=lines[after],
        kind=kind,
        counts={one: len(rows) for one, rows in found_of.items()},
        changes=[_change(row) for rows in asked.values() for row in rows[start:further]],
        more={one: f"{here}&kind={one}&start={further}" for one, rows in asked.items() if further < len(rows)},
    )


def _by_kind(changes: list[Change]) -> dict[str, list[Change]]:
    """Return the changes by kind, the highest severity first, then by rank."""
    found: dict[str, list[Change]] = {kind: [] for kind in _KINDS}
    for one in changes:
        found[one.kind].append(one)
    for rows in found.values():
        rows.sort(key=lambda one: _place(one.after or one.before or {}, one.case_id))
    return found


def _seen(one: Seen) -> SeenLine:
    return SeenLine(
        case_id=one.case_id,
        title=one.title,
        campaign_id=one.campaign.get("campaign_id"),
        severity=str(one.campaign.get("severity") or ""),
        rank=one.campaign.get("rank"),
        accountability=one.campaign.get("accountability"),
        p_group=one.campaign.get("p_group"),
        n_accounts=one.campaign.get("n_accounts") or 0,
        n_exchanges=one.campaign.get("n_exchanges") or 0,
        q_value=one.campaign.get("q_value"),
        event=one.event,
        n_joined=one.n_joined,
        n_left=one.n_left,
    )


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


def _figures(row: Mapping[str, Any] | None) -> CampaignFigures | None:
    return None if row is None else CampaignFigures(**{name: row.get(name) for name in CampaignFigures.model_fields})


def _line(one: ImportedScan) -> ScanLine:
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


def _place(campaign: Mapping[str, Any], case_id: int) -> tuple[int, bool, int, int]:
    """Return the key that sorts by severity, then by rank; campaigns without a rank are last in their severity."""
    rank = campaign.get("rank")
    return -_level(str(campaign.get("severity") or "")), rank is None, rank or 0, case_id


def _level(severity: str) -> int:
    return Severity(severity).rank if severity in set(Severity) else -1


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
