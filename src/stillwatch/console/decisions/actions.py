"""Pages about actions: the list by stage, one action with its operations, and the limits in force."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field, model_validator

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.access.users import known_as
from stillwatch.cases.decisions import actions as acts
from stillwatch.cases.decisions.actions.active_limits import InForce, n_in_force
from stillwatch.cases.decisions.actions.active_limits import in_force as limits_in_force
from stillwatch.cases.decisions.actions.approval import may_still
from stillwatch.cases.decisions.chances import GroupChances, chances_of_action
from stillwatch.cases.decisions.judgements import standing_counts
from stillwatch.cases.decisions.verdict import Standing, Verdict
from stillwatch.cases.queries import action_queries, case_queries
from stillwatch.cases.queries.action_queries import ActionStage, Arm, Progress, Told, Treated
from stillwatch.console.services.case_figures import case_sides
from stillwatch.console.web.paging import PAGE, Paging, paged
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState, Requester
from stillwatch.console.web.request_types import (
    AccountId,
    Accounts,
    Number,
    ReasonText,
    SeenDecision,
    SeenText,
    Start,
)
from stillwatch.console.web.routing import Routes
from stillwatch.report.both_sides import BothSides

__all__ = ["ActionView", "action", "add"]

_SHORT = 20
_LONGEST = 50_000


class StageView(View):
    """A page of the actions in one stage."""

    stage: ActionStage
    actions: list[Progress]
    paging: Paging


class ActionsView(View):
    """Actions by stage. ``stage`` is null where each stage shows only its first actions."""

    stage: ActionStage | None
    stages: list[StageView]


class AnswerLine(View):
    """One answer about the campaign as a whole that is in effect. ``n_joined`` is the number of members that joined
    after it.
    """

    verdict: Verdict
    why: str
    by: str
    at: datetime
    n_joined: int


class ActionView(View):
    """One action, a page of its accounts, and the messages to the account holders.

    What a second person needs stands in it: both ``sides`` of the case, the ``answers`` of people about the campaign
    and the ``members`` by standing, and the ``notice`` that is written when the action is carried out. ``n_applies``
    is the number of accounts that the action may touch now, those held out included.
    """

    action: Progress
    arm: Arm | None
    accounts: list[Treated]
    paging: Paging
    told: list[Told]
    sides: BothSides | None
    answers: list[AnswerLine]
    members: dict[Standing, int]
    notice: str | None
    n_applies: int
    chances: GroupChances = Field(description="How probable it is that the accounts are in such a group.")
    seen: str = Field(description="What this page shows. Send it with an answer, which is refused where it changed.")
    is_own: bool = Field(description="Whether you planned it. Another user has to approve it then.")


class InForceView(View):
    """A page of the accounts to which an action applies now, sorted by account."""

    account: str | None
    limits: list[InForce]
    paging: Paging


class UndoRequest(BaseModel):
    """The reason to undo an action, its accounts, and what was on the screen. Without accounts all are undone."""

    why: ReasonText
    which: str = Field("", pattern="^(|all|listed)$")
    accounts: Accounts | None = None
    seen: SeenText

    @model_validator(mode="after")
    def _are_clear(self) -> "UndoRequest":
        if (self.which == "all" and self.accounts) or (self.which == "listed" and not self.accounts):
            raise ValueError("choose all accounts, or list accounts")
        return self


def add(routes: Routes) -> None:
    """Add the pages of actions."""
    one = "/actions/{action_id}"
    routes.page("/actions", "actions.html.j2", needs=Permission.VIEW)(actions)
    routes.page(one, "action.html.j2", needs=Permission.VIEW)(action)
    routes.action(f"{one}/approve", needs=Permission.APPROVE, then=one, form_page=action)(approve_action)
    routes.action(f"{one}/refuse", needs=Permission.APPROVE, then=one, form_page=action)(refuse_action)
    routes.action(f"{one}/cancel", needs=Permission.ACT, then=one, form_page=action)(cancel_action)
    routes.action(f"{one}/undo", needs=Permission.ACT, then=one, form_page=action)(undo_action)
    routes.page("/in-force", "active_limits.html.j2", needs=Permission.VIEW)(in_force)


def actions(console: ConsoleState, stage: ActionStage | None = None, start: Start = 0) -> ActionsView:
    """List the actions by stage: needs approval, scheduled, in force, past."""
    with console.desk.look() as look:
        parts = []
        for one in ActionStage if stage is None else (stage,):
            count = _SHORT if stage is None else PAGE
            first = 0 if stage is None else start
            found, total = action_queries.actions(look, stage=one, start=first, count=count)
            paging = paged("/actions", first, total, count=count, query={"stage": one})
            parts.append(StageView(stage=one, actions=found, paging=paging))
    return ActionsView(stage=stage, stages=parts)


def action(
    console: ConsoleState, requester: Requester, action_id: Number, arm: Arm | None = None, start: Start = 0
) -> ActionView:
    """Show one action with its accounts."""
    with console.desk.look() as look:
        found = action_queries.progress(look, action_id)
        accounts, total = action_queries.accounts(look, action_id, arm=arm, start=start, count=PAGE)
        return ActionView(
            action=found,
            arm=arm,
            accounts=accounts,
            paging=paged(f"/actions/{action_id}", start, total, query={"arm": arm}),
            told=action_queries.told(look, action_id),
            sides=case_sides(look, found.case_id),
            answers=[
                AnswerLine(verdict=Verdict(one.verdict), why=one.why, by=one.by, at=one.at, n_joined=n)
                for one, n in case_queries.answers_now(look, found.case_id)
            ],
            members=standing_counts(look, found.case_id),
            notice=action_queries.planned_notice(look, action_id),
            n_applies=len(may_still(look, action_id)),
            chances=chances_of_action(look, action_id),
            seen=str(acts.seen_action(look, action_id)),
            is_own=known_as(found.planned_by) == known_as(requester.actor.name),
        )


def approve_action(console: ConsoleState, requester: Requester, action_id: Number, sent: SeenDecision) -> ActionView:
    """Approve a proposed action as the second person."""
    with console.desk.work(requester.actor, Permission.APPROVE) as work:
        acts.answer(work, action_id, sent.why, approve=True, seen=sent.seen)
    return action(console, requester, action_id)


def refuse_action(console: ConsoleState, requester: Requester, action_id: Number, sent: SeenDecision) -> ActionView:
    """Refuse a proposed action as the second person."""
    with console.desk.work(requester.actor, Permission.APPROVE) as work:
        acts.answer(work, action_id, sent.why, approve=False, seen=sent.seen)
    return action(console, requester, action_id)


def cancel_action(console: ConsoleState, requester: Requester, action_id: Number, sent: SeenDecision) -> ActionView:
    """Cancel an action that has not been carried out."""
    with console.desk.work(requester.actor, Permission.ACT) as work:
        acts.cancel(work, action_id, sent.why, seen=sent.seen)
    return action(console, requester, action_id)


def undo_action(console: ConsoleState, requester: Requester, action_id: Number, sent: UndoRequest) -> ActionView:
    """Undo an action that is in force, for all or some of its accounts."""
    with console.desk.work(requester.actor, Permission.ACT) as work:
        acts.undo(work, action_id, sent.why, sent.accounts, seen=sent.seen)
    return action(console, requester, action_id)


def in_force(
    console: ConsoleState,
    account: AccountId | None = None,
    start: Start = 0,
    count: Annotated[int, Query(ge=1, le=_LONGEST, description="largest number of lines")] = PAGE,
) -> InForceView:
    """List the accounts to which an action applies now, for gateways: all accounts, or one."""
    with console.desk.look() as look:
        total = n_in_force(look, account=account)
        found = limits_in_force(look, account=account, start=start, count=count)
    query = {"account": account, "count": count if count != PAGE else None}
    return InForceView(
        account=account,
        limits=found,
        paging=paged("/in-force", start, total, count=count, query=query),
    )
