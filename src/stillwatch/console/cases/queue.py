"""The queue page: the cases by severity and rank. It can be used with the keyboard alone."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions.verdict import Standing
from stillwatch.cases.queries import queue as cases_queue
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState
from stillwatch.console.web.routing import Routes
from stillwatch.model import Severity

__all__ = ["QueueView", "add"]

_PAGE = 50
_NEEDS = Permission.VIEW


class CaseLine(View):
    """One case in the queue. ``n_judged`` counts judged members, ``n_appeals`` accounts with an open appeal.

    ``rank`` is its place in the last scan that reported it.
    """

    case_id: int
    campaign_id: str | None
    title: str
    severity: Severity
    state: str
    stands_at: Standing
    n_accounts: int
    n_exchanges: int
    q_value: float | None
    rank: int | None
    p_group: float | None
    assigned_to: str | None
    opened_at: datetime
    n_judged: int
    n_appeals: int
    n_proposed: int


class QueueFilterView(View):
    """The filters of the request. An empty field does not filter."""

    state: str
    severity: str
    assigned: str
    word: str

    def query(self, start: int = 0) -> str:
        """Return the address of a page of the queue with the same filters."""
        named = self.model_dump() | ({"start": start} if start else {})
        return "/cases?" + urlencode({name: value for name, value in named.items() if value != ""})


class QueueView(View):
    """A page of the ``total`` cases that match the filters."""

    cases: list[CaseLine]
    total: int
    start: int
    filters: QueueFilterView
    earlier: str | None
    later: str | None


def add(routes: Routes) -> None:
    """Add the queue."""
    routes.page("/cases", "queue.html.j2", needs=_NEEDS)(queue)


def queue(
    console: ConsoleState,
    state: Annotated[str, Query(pattern="^(open|closed|all)$", description="open, closed or all")] = "open",
    severity: Annotated[str, Query(pattern="^(|watch|review|urgent)$", description="only this severity")] = "",
    assigned: Annotated[str, Query(max_length=200, description="assigned to this user")] = "",
    word: Annotated[str, Query(max_length=200, description="part of a title or campaign id; an account; a label")] = "",
    start: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> QueueView:
    """List the cases, the highest severity first, then by rank in the last scan."""
    filters = QueueFilterView(state=state, severity=severity, assigned=assigned, word=word)
    wanted = cases_queue.QueueFilter(
        state=None if state == "all" else state,
        severity=Severity(severity) if severity else None,
        assigned_to=assigned or None,
        word=word,
        start=start,
        count=_PAGE,
    )
    with console.desk.look() as look:
        page = cases_queue.queue(look, wanted)
    return QueueView(
        cases=[_line(row) for row in page.rows],
        total=page.total,
        start=start,
        filters=filters,
        earlier=filters.query(max(start - _PAGE, 0)) if start else None,
        later=filters.query(start + _PAGE) if start + _PAGE < page.total else None,
    )


def _line(row: cases_queue.Queued) -> CaseLine:
    return CaseLine(
        case_id=row.case_id,
        campaign_id=row.campaign_id,
        title=row.title,
        severity=row.severity,
        state=row.state,
        stands_at=row.standing,
        n_accounts=row.n_accounts,
        n_exchanges=row.n_exchanges,
        q_value=row.q_value,
        rank=row.rank,
        p_group=row.p_group,
        assigned_to=row.assigned_to,
        opened_at=row.opened_at,
        n_judged=row.n_judged,
        n_appeals=row.n_appeals,
        n_proposed=row.n_proposed,
    )
