"""Appeals: an account holder objects, and a user who took no part in the decision answers for each account."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from stillwatch.cases.access.desk import Look
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions import appeals as cases_appeals
from stillwatch.cases.decisions.appeals import AppealOutcome
from stillwatch.cases.queries import appeal_queries
from stillwatch.cases.queries.action_queries import Progress
from stillwatch.cases.queries.appeal_queries import Heard, Promised
from stillwatch.console.decisions.actions import action
from stillwatch.console.services.case_figures import case_sides
from stillwatch.console.web.paging import PAGE, Paging, paged
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState, Requester
from stillwatch.console.web.request_types import AccountId, Accounts, Key, Number, ReasonText, SeenText, Start
from stillwatch.console.web.routing import Routes
from stillwatch.errors import InputError
from stillwatch.report.both_sides import BothSides

__all__ = ["AppealView", "AppealsView", "add"]


class AppealsView(View):
    """The appeals: first the open ones, the oldest first, then the answered ones."""

    appeals: list[appeal_queries.ListedAppeal]
    paging: Paging


class AppealView(View):
    """One appeal. ``statement`` is the text of the account holder, for users with the permission to read it.

    ``hindrance`` is the reason why the requester may not answer, or empty.
    """

    appeal_id: int
    state: str
    statement: str | None
    received_at: datetime
    received_by: str
    answered_at: datetime | None
    answered_by: str | None
    why: str | None
    action: Progress
    case_title: str
    deciders: list[str]
    hindrance: str
    sides: BothSides | None
    reasons: list[dict[str, Any]]
    innocent_readings: list[str]
    notices: list[Promised]
    seen: str = Field(description="What this page shows. Send it with an answer, which is refused where it changed.")
    accounts: list[Heard]
    paging: Paging


class NewAppeal(BaseModel):
    """The appeal of account holders against an action."""

    action_id: Key
    accounts: Accounts = Field(min_length=1)
    statement: str = Field(min_length=1, max_length=20_000)


class AppealAnswer(BaseModel):
    """The outcome for each account. ``others`` is the outcome for all accounts that are not named."""

    outcomes: dict[AccountId, AppealOutcome] = Field(default_factory=dict, max_length=100_000)
    others: AppealOutcome | None = None
    why: ReasonText
    seen: SeenText


class ReceivedView(View):
    """The number of the recorded appeal."""

    appeal_id: int


def add(routes: Routes) -> None:
    """Add the pages of appeals."""
    one = "/appeals/{appeal_id}"
    routes.page("/appeals", "appeals.html.j2", needs=Permission.VIEW)(appeals)
    routes.page(one, "appeal.html.j2", needs=Permission.VIEW)(appeal)
    routes.action("/appeals", needs=Permission.JUDGE, then=_to_appeal, form_page=action)(receive_appeal)
    routes.action(f"{one}/answer", needs=Permission.APPROVE, then=one, form_page=appeal)(answer_appeal)


def appeals(console: ConsoleState, start: Start = 0) -> AppealsView:
    """List the appeals: first the open ones, then the answered ones."""
    with console.desk.look() as look:
        found, total = appeal_queries.listed(look, start=start, count=PAGE)
    return AppealsView(appeals=found, paging=paged("/appeals", start, total))


def appeal(console: ConsoleState, requester: Requester, appeal_id: Number, start: Start = 0) -> AppealView:
    """Show one appeal. Reading the statement is written to the audit log."""
    if not requester.actor.may(Permission.REVEAL):
        with console.desk.look() as look:
            return _view(look, requester, appeal_id, start, None)
    with console.desk.work(requester.actor, Permission.REVEAL) as work:
        return _view(work, requester, appeal_id, start, cases_appeals.read(work, appeal_id))


def receive_appeal(console: ConsoleState, requester: Requester, sent: NewAppeal) -> ReceivedView:
    """Record an appeal against an action."""
    with console.desk.work(requester.actor, Permission.JUDGE) as work:
        number = cases_appeals.receive(work, sent.action_id, sent.accounts, sent.statement)
    return ReceivedView(appeal_id=number)


def answer_appeal(console: ConsoleState, requester: Requester, appeal_id: Number, sent: AppealAnswer) -> AppealView:
    """Answer an appeal. Overturned decisions are undone at once, and the notices are written."""
    with console.desk.work(requester.actor, Permission.APPROVE) as work:
        asked = appeal_queries.everybody(work, appeal_id)
        if sent.outcomes.keys() - set(asked):
            raise InputError("an account is not part of this appeal", where=f"appeal {appeal_id}")
        outcomes = dict.fromkeys(asked, sent.others) if sent.others else {}
        cases_appeals.answer(work, appeal_id, {**outcomes, **sent.outcomes}, sent.why, seen=sent.seen)
        return _view(work, requester, appeal_id, 0, None)


def _to_appeal(view: ReceivedView) -> str:
    return f"/appeals/{view.appeal_id}"


def _view(look: Look, requester: Requester, appeal_id: int, start: int, statement: str | None) -> AppealView:
    found = appeal_queries.hearing(look, appeal_id, start=start, count=PAGE)
    return AppealView(
        appeal_id=appeal_id,
        state=found.state,
        statement=statement,
        received_at=found.received_at,
        received_by=found.received_by,
        answered_at=found.answered_at,
        answered_by=found.answered_by,
        why=found.why,
        action=found.action,
        case_title=found.case_title,
        deciders=list(found.deciders),
        hindrance=appeal_queries.hindrance(look, appeal_id, requester.actor),
        sides=case_sides(look, found.action.case_id),
        reasons=[dict(reason) for reason in found.reasons],
        innocent_readings=list(found.innocent_readings),
        notices=list(found.notices),
        seen=str(cases_appeals.seen_appeal(look, appeal_id)),
        accounts=list(found.accounts),
        paging=paged(f"/appeals/{appeal_id}", start, found.total),
    )
