"""The page of a case: its evidence, innocent readings, status and history, and the forms for judgements."""

from datetime import UTC, datetime
from typing import Annotated, Any, Self

from fastapi import Query
from pydantic import BaseModel, Field, PrivateAttr, field_validator

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions import exemplars
from stillwatch.cases.decisions import judgements as judging
from stillwatch.cases.decisions import labels as labelling
from stillwatch.cases.decisions.asking import status as experiments
from stillwatch.cases.decisions.asking.status import AskStatus
from stillwatch.cases.decisions.verdict import Standing, Verdict
from stillwatch.cases.queries import case_queries, queue, serialise
from stillwatch.console.services.case_figures import CaseFigures, case_sides
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState, Requester
from stillwatch.console.web.request_types import ReasonOnly, SeenDecision, SeenText
from stillwatch.console.web.routing import Routes
from stillwatch.report.both_sides import BothSides

__all__ = ["CaseView", "NewJudgement", "NewcomersView", "ShownBefore", "add", "newcomers_view", "utc"]

_NAMED = 20
ShownBefore = Annotated[
    str, Query(max_length=120, description="`seen` of an earlier look; what joined since is marked")
]
"""What the requester looked at before, in a query."""


class NewcomersView(View):
    """The accounts that joined after the scan number ``since``: their number, and the first of them."""

    since: int | None
    total: int
    accounts: list[str]


class CaseView(View):
    """A case. ``campaign`` is the row of its last scan, with the columns of the table ``campaigns``."""

    case_id: int
    campaign_id: str | None
    title: str
    severity: str
    state: str
    closed_as: str | None
    opened_at: datetime
    opened_by: str
    assigned_to: str | None
    merged_into: int | None
    split_from: int | None
    stands_at: Standing
    members: dict[Standing, int]
    seen: str = Field(description="What this page shows. Send it with a decision, which is refused where it changed.")
    newcomers: NewcomersView
    sides: BothSides | None = Field(description="What speaks for one list, and what could make it innocent.")
    campaign: dict[str, Any]
    events: list[dict[str, Any]]
    labels: list[dict[str, Any]]
    judgements: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    exemplars: list[exemplars.MaskedExemplar]
    asked: AskStatus | None = Field(description="The last experiment that asked members.")
    next_case: int | None = Field(description="The next case in the queue.")
    _drawn: CaseFigures | None = PrivateAttr(default=None)

    @property
    def drawn(self) -> CaseFigures | None:
        """Return the figures of the page. JSON responses leave them out."""
        return self._drawn

    def with_drawing(self, drawn: CaseFigures | None) -> Self:
        """Return the view with the figures of the page."""
        self._drawn = drawn
        return self


class NewJudgement(BaseModel):
    """A judgement of the campaign as a whole."""

    verdict: Verdict
    why: str = Field(min_length=1, max_length=4_000)
    seen: SeenText
    expires_at: datetime | None = None

    @field_validator("expires_at", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        """Read the empty field of a form as None."""
        return value or None

    @field_validator("expires_at")
    @classmethod
    def _has_a_zone(cls, value: datetime | None) -> datetime | None:
        return utc(value)


class Closing(SeenDecision):
    """The reason to close a case, and the standing that was shown."""

    stands_at: Standing | None = None


class Assignment(BaseModel):
    """The user to assign the case to. An empty name removes the assignment."""

    to: str = Field("", max_length=200)


class NewCaseLabel(BaseModel):
    """A label for the case."""

    name: str = Field(min_length=1, max_length=60)
    why: str = Field(min_length=1, max_length=4_000)


def utc(moment: datetime | None) -> datetime | None:
    """Return *moment* in UTC where it has no time zone, as from a form."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def add(routes: Routes) -> None:
    """Add the page of a case and its actions."""
    to_case = "/cases/{case_id}"
    routes.page("/cases/{case_id}", "case.html.j2", needs=Permission.VIEW)(case)
    for name, change in (("judge", judge), ("close", close), ("reopen", reopen), ("assign", assign), ("label", label)):
        routes.action(f"{to_case}/{name}", needs=Permission.JUDGE, then=to_case, form_page=case)(change)


def case(console: ConsoleState, case_id: int, seen: ShownBefore = "") -> CaseView:
    """Show a case."""
    return _view(console, case_id, seen)


def judge(console: ConsoleState, requester: Requester, case_id: int, sent: NewJudgement) -> CaseView:
    """Judge the campaign as a whole. Your earlier judgement is superseded."""
    with console.desk.work(requester.actor, Permission.JUDGE) as work:
        judging.judge(work, case_id, sent.verdict, sent.why, expires_at=sent.expires_at, seen=sent.seen)
    return _view(console, case_id)


def close(console: ConsoleState, requester: Requester, case_id: int, sent: Closing) -> CaseView:
    """Close a case with its current status."""
    with console.desk.work(requester.actor, Permission.JUDGE) as work:
        judging.close(work, case_id, sent.why, seen=sent.seen, stood_at=sent.stands_at)
    return _view(console, case_id)


def reopen(console: ConsoleState, requester: Requester, case_id: int, sent: ReasonOnly) -> CaseView:
    """Reopen a closed case."""
    with console.desk.work(requester.actor, Permission.JUDGE) as work:
        judging.reopen(work, case_id, sent.why)
    return _view(console, case_id)


def assign(console: ConsoleState, requester: Requester, case_id: int, sent: Assignment) -> CaseView:
    """Assign a case to a user."""
    with console.desk.work(requester.actor, Permission.JUDGE) as work:
        labelling.assign(work, case_id, sent.to.strip() or None)
    return _view(console, case_id)


def label(console: ConsoleState, requester: Requester, case_id: int, sent: NewCaseLabel) -> CaseView:
    """Add a label to a case."""
    with console.desk.work(requester.actor, Permission.JUDGE) as work:
        labelling.label_case(work, case_id, sent.name, sent.why)
    return _view(console, case_id)


def newcomers_view(found: case_queries.Newcomers) -> NewcomersView:
    """Return the number of the accounts that joined, and the first of them."""
    return NewcomersView(since=found.since, total=len(found.accounts), accounts=list(found.accounts[:_NAMED]))


def _view(console: ConsoleState, case_id: int, carried: str = "") -> CaseView:
    with console.desk.look() as look:
        shown = case_queries.show(look, case_id)
        told = serialise.plain(serialise.case(look, case_id, shown))
        view = CaseView(
            **told,
            exemplars=exemplars.shown(look, case_id),
            asked=experiments.last_status(look, case_id),
            next_case=queue.after(look, case_id),
            sides=case_sides(look, case_id),
            newcomers=newcomers_view(case_queries.newcomers(look, case_id, carried)),
        )
        return view.with_drawing(console.figures.of(look, shown))
