"""Shows a stored prompt of a case, for a stated reason. Each access is written to the audit log."""

from datetime import datetime

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions import exemplars
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState, Requester
from stillwatch.console.web.request_types import ReasonOnly
from stillwatch.console.web.routing import Routes

__all__ = ["RevealedView", "add"]


class RevealedView(View):
    """A stored prompt. It is redacted and is deleted at ``kept_until``."""

    case_id: int
    exemplar_id: int
    account_id: str
    at: datetime
    kept_until: datetime
    text: str


def add(routes: Routes) -> None:
    """Add the page of a prompt."""
    path = "/cases/{case_id}/exemplars/{exemplar_id}/reveal"
    routes.action(path, needs=Permission.REVEAL, template="exemplar.html.j2")(reveal)


def reveal(
    console: ConsoleState, requester: Requester, case_id: int, exemplar_id: int, sent: ReasonOnly
) -> RevealedView:
    """Read one prompt. The audit log records the reader and the reason."""
    with console.desk.work(requester.actor, Permission.REVEAL) as work:
        text = exemplars.reveal(work, case_id, exemplar_id, sent.why)
        [one] = [x for x in exemplars.shown(work, case_id) if x.exemplar_id == exemplar_id]
    return RevealedView(
        case_id=case_id,
        exemplar_id=exemplar_id,
        account_id=one.account_id,
        at=one.at,
        kept_until=one.kept_until,
        text=text,
    )
