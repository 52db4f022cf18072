"""Allowances: approved uses that resemble a campaign. Each has an end date."""

from pydantic import BaseModel, Field

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions import allowances as cases_allowances
from stillwatch.cases.decisions.allowances import AllowanceKind
from stillwatch.console.web.paging import PAGE, Paging, paged
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState, Requester
from stillwatch.console.web.request_types import Accounts, Moment, Number, ReasonOnly, ReasonText, Start, Text
from stillwatch.console.web.routing import Routes

__all__ = ["AllowancesView", "add"]


class AllowancesView(View):
    """The allowances: first those in effect, by end date, then the past ones."""

    allowances: list[cases_allowances.ListedAllowance]
    kinds: list[AllowanceKind]
    paging: Paging


class NewAllowance(BaseModel):
    """A use to allow."""

    kind: AllowanceKind
    holder: Text
    accounts: Accounts = Field(min_length=1)
    why: ReasonText
    expires_at: Moment


class AllowedView(View):
    """The number of an allowance that was created or ended."""

    allowance_id: int


def add(routes: Routes) -> None:
    """Add the page of allowances."""
    needs, here = Permission.APPROVE, "/allowances"
    routes.page(here, "allowances.html.j2", needs=Permission.VIEW)(allowances)
    routes.action(here, needs=needs, then=here, form_page=allowances)(make_allowance)
    routes.action("/allowances/{allowance_id}/revoke", needs=needs, then=here, form_page=allowances)(revoke_allowance)


def allowances(console: ConsoleState, start: Start = 0) -> AllowancesView:
    """List the allowances: first those in effect, then the past ones."""
    with console.desk.look() as look:
        found, total = cases_allowances.listed(look, start=start, count=PAGE)
    return AllowancesView(allowances=found, kinds=list(AllowanceKind), paging=paged("/allowances", start, total))


def make_allowance(console: ConsoleState, requester: Requester, sent: NewAllowance) -> AllowedView:
    """Allow a use of some accounts until a date. Actions in force stop applying to these accounts."""
    with console.desk.work(requester.actor, Permission.APPROVE) as work:
        number = cases_allowances.allow(work, sent.kind, sent.holder, sent.accounts, sent.why, sent.expires_at)
    return AllowedView(allowance_id=number)


def revoke_allowance(
    console: ConsoleState, requester: Requester, allowance_id: Number, sent: ReasonOnly
) -> AllowedView:
    """End an allowance before its end date."""
    with console.desk.work(requester.actor, Permission.APPROVE) as work:
        cases_allowances.revoke(work, allowance_id, sent.why)
    return AllowedView(allowance_id=allowance_id)
