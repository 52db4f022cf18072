"""The actions of a case, and the form to plan an action. A preview is shown before anything is planned."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field, PrivateAttr, model_validator

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions import actions as acts
from stillwatch.cases.decisions.actions import ActionKind, Plan
from stillwatch.cases.decisions.actions.kinds import PLANNED
from stillwatch.cases.decisions.chances import GroupChances
from stillwatch.cases.decisions.judgements import case_of, standing_counts
from stillwatch.cases.decisions.verdict import Standing
from stillwatch.cases.queries import action_queries
from stillwatch.cases.queries.action_queries import Progress
from stillwatch.console.services.case_figures import case_sides
from stillwatch.console.web.paging import PAGE, Paging, paged
from stillwatch.console.web.rendering import FormValues, View
from stillwatch.console.web.request_context import ConsoleState, Requester
from stillwatch.console.web.request_types import Accounts, Moment, Number, ReasonText, SeenText, Start
from stillwatch.console.web.routing import Routes
from stillwatch.report.both_sides import BothSides

__all__ = ["CaseActionsView", "NewAction", "add"]


class CaseActionsView(View):
    """The actions of a case, the newest first. ``members`` counts the members by judgement."""

    case_id: int
    title: str
    sides: BothSides | None
    members: dict[Standing, int]
    actions: list[Progress]
    paging: Paging
    kinds: list[ActionKind]
    two_people_above: int
    max_holdout: float


class NewAction(BaseModel):
    """An action to preview. Without ``accounts`` it applies to all confirmed members."""

    kind: ActionKind
    why: ReasonText
    which: str = Field("", pattern="^(|all|listed)$")
    accounts: Accounts | None = None
    dry_run: bool = True
    earliest_at: Moment | None = None
    latest_at: Moment | None = None
    ends_at: Moment | None = None
    holdout: float = Field(0.0, ge=0, lt=1)

    @model_validator(mode="after")
    def _are_clear(self) -> "NewAction":
        if (self.which == "all" and self.accounts) or (self.which == "listed" and not self.accounts):
            raise ValueError("Choose all confirmed accounts, or list accounts.")
        return self

    def plan(self, seen: str = "") -> Plan:
        """Return the same as a plan of the desk, made on what a preview showed (*seen*)."""
        return Plan(
            kind=self.kind,
            why=self.why,
            accounts=self.accounts,
            dry_run=self.dry_run,
            earliest_at=self.earliest_at,
            latest_at=self.latest_at,
            ends_at=self.ends_at,
            holdout=self.holdout,
            seen=seen,
        )


class PreviewedAction(NewAction):
    """An action to plan. ``seen`` is what its preview showed."""

    seen: SeenText


class PreviewView(View):
    """The effect of a plan. Nothing is planned yet. ``notice`` is the message to each account holder."""

    case_id: int
    title: str
    kind: ActionKind
    dry_run: bool
    n_treated: int
    n_held_out: int
    left_out: dict[str, int]
    chances: GroupChances = Field(description="How probable it is that the accounts are in such a group.")
    needs_second: bool
    earliest_at: datetime
    latest_at: datetime
    ends_at: datetime | None
    sides: BothSides | None
    notice: str | None
    seen: str = Field(description="Send it with the plan, which is refused where the accounts have changed.")
    why: str
    kinds: list[ActionKind]
    max_holdout: float
    _sent: NewAction = PrivateAttr()

    def of(self, sent: NewAction) -> Self:
        """Return the view with the request *sent*, which the page sends again."""
        self._sent = sent
        return self

    @property
    def typed(self) -> FormValues:
        """Return the request as form values."""
        sent = self._sent
        moments = {"earliest_at": sent.earliest_at, "latest_at": sent.latest_at, "ends_at": sent.ends_at}
        return FormValues(
            kind=str(sent.kind),
            why=sent.why,
            which="listed" if sent.accounts else "all",
            accounts="\n".join(sent.accounts or ()),
            dry_run="true" if sent.dry_run else "false",
            holdout=f"{sent.holdout:g}",
            **{name: at.strftime("%Y-%m-%dT%H:%M:%S") for name, at in moments.items() if at is not None},
        )


class PlannedView(View):
    """An action that was planned."""

    action: Progress
    left_out: dict[str, int]


def add(routes: Routes) -> None:
    """Add the page of a case's actions."""
    path, needs = "/cases/{case_id}/actions", Permission.ACT
    routes.page(path, "case_actions.html.j2", needs=Permission.VIEW)(case_actions)
    routes.action(f"{path}/preview", needs=needs, template="action_preview.html.j2", form_page=case_actions)(
        preview_action
    )
    routes.action(path, needs=needs, then=_to_action, form_page=case_actions)(plan_action)


def case_actions(console: ConsoleState, case_id: Number, start: Start = 0) -> CaseActionsView:
    """List the actions of a case."""
    with console.desk.look() as look:
        case = case_of(look, case_id)
        found, total = action_queries.actions(look, case_id=case_id, start=start, count=PAGE)
        return CaseActionsView(
            case_id=case_id,
            title=case.title,
            sides=case_sides(look, case_id),
            members=standing_counts(look, case_id),
            actions=found,
            paging=paged(f"/cases/{case_id}/actions", start, total),
            kinds=list(PLANNED),
            two_people_above=look.settings.two_people_above,
            max_holdout=look.settings.max_holdout,
        )


def preview_action(console: ConsoleState, case_id: Number, sent: NewAction) -> PreviewView:
    """Show the effect of a plan: how many accounts are treated, held out and left out, and why. Nothing changes."""
    with console.desk.look() as look:
        title = case_of(look, case_id).title
        found = acts.preview(look, case_id, sent.plan())
        sides = case_sides(look, case_id)
    return PreviewView(
        case_id=case_id,
        title=title,
        kind=sent.kind,
        dry_run=sent.dry_run,
        n_treated=found.n_treated,
        n_held_out=found.n_held_out,
        left_out=dict(found.left_out),
        chances=found.chances,
        needs_second=found.needs_second,
        earliest_at=found.earliest_at,
        latest_at=found.latest_at,
        ends_at=sent.ends_at,
        sides=sides,
        notice=found.notice,
        seen=found.seen,
        why=sent.why,
        kinds=list(PLANNED),
        max_holdout=console.desk.settings.max_holdout,
    ).of(sent)


def plan_action(console: ConsoleState, requester: Requester, case_id: Number, sent: PreviewedAction) -> PlannedView:
    """Plan an action. A large one needs approval; any other is scheduled."""
    with console.desk.work(requester.actor, Permission.ACT) as work:
        planned = acts.plan(work, case_id, sent.plan(sent.seen))
        work.session.flush()
        line = action_queries.progress(work, planned.action_id)
    return PlannedView(action=line, left_out=dict(planned.left_out))


def _to_action(view: PlannedView) -> str:
    return f"/actions/{view.action.action_id}"
