"""The page that asks members of a case: the stated plan, its preview, the answers so far, and entering outcomes."""

from pydantic import BaseModel, Field

from stillwatch.cases.access.desk import Look
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions.asking import planning, progress
from stillwatch.cases.decisions.asking import status as experiments
from stillwatch.cases.decisions.asking.evidence import AskOutcome
from stillwatch.cases.decisions.asking.planning import AskPlan, AskPreview
from stillwatch.cases.decisions.asking.status import AskStatus
from stillwatch.cases.decisions.asking.wording import AskQuestion
from stillwatch.cases.decisions.judgements import case_of
from stillwatch.console.services.case_figures import case_sides
from stillwatch.console.web.rendering import FormValues, View
from stillwatch.console.web.request_context import ConsoleState, Requester
from stillwatch.console.web.request_types import AccountId, Number, ReasonText, SeenText
from stillwatch.console.web.routing import Routes
from stillwatch.errors import PolicyError
from stillwatch.report.both_sides import BothSides

__all__ = ["AskingView", "add"]


class AskingView(View):
    """The last experiment of a case, and what an experiment with the settings would be.

    ``hindrance`` is the reason why none can be planned now, or empty.
    """

    case_id: int
    title: str
    sides: BothSides | None
    status: AskStatus | None
    stated: AskPreview | None
    hindrance: str
    questions: list[AskQuestion]
    outcomes: list[AskOutcome]
    most: int
    two_people_above: int


class AskPreviewView(View):
    """What an experiment would be. Nobody is drawn or asked yet."""

    case_id: int
    title: str
    why: str
    sides: BothSides | None
    stated: AskPreview
    questions: list[AskQuestion]

    @property
    def typed(self) -> FormValues:
        """Return the plan as form values, which the page sends again."""
        return FormValues(question=str(self.stated.question), why=self.why, most=str(self.stated.rule.most))


class NewExperiment(BaseModel):
    """An experiment to preview."""

    question: AskQuestion
    why: ReasonText
    most: int | None = Field(None, ge=1, le=1000)

    def plan(self, seen: str = "") -> AskPlan:
        """Return the same as a plan of the desk, made on what a preview showed (*seen*)."""
        return AskPlan(self.question, self.why, self.most, seen)


class PreviewedExperiment(NewExperiment):
    """An experiment to plan. ``seen`` is what its preview showed."""

    seen: SeenText


class NewOutcome(BaseModel):
    """What came back from one asked account. An objection needs the statement, any other outcome a reason."""

    account: AccountId
    outcome: AskOutcome
    why: str = Field("", max_length=4_000)
    statement: str = Field("", max_length=20_000)


def add(routes: Routes) -> None:
    """Add the page that asks members of a case."""
    path, needs = "/cases/{case_id}/ask", Permission.ACT
    routes.page(path, "asking.html.j2", needs=Permission.VIEW)(asking)
    routes.action(f"{path}/preview", needs=needs, template="asking_preview.html.j2", form_page=asking)(preview_asking)
    routes.action(path, needs=needs, then=path, form_page=asking)(start_asking)
    routes.action(f"{path}/outcome", needs=needs, then=path, form_page=asking)(enter_outcome)


def asking(console: ConsoleState, case_id: Number) -> AskingView:
    """Show the last experiment of a case."""
    with console.desk.look() as look:
        return _view(look, case_id)


def preview_asking(console: ConsoleState, case_id: Number, sent: NewExperiment) -> AskPreviewView:
    """Show what an experiment would be: sample, rule, errors and notice. Nobody is drawn or asked."""
    with console.desk.look() as look:
        stated = planning.preview(look, case_id, sent.plan())
        title, sides = case_of(look, case_id).title, case_sides(look, case_id)
    return AskPreviewView(
        case_id=case_id, title=title, why=sent.why, sides=sides, stated=stated, questions=list(AskQuestion)
    )


def start_asking(console: ConsoleState, requester: Requester, case_id: Number, sent: PreviewedExperiment) -> AskingView:
    """Plan an experiment. A larger one needs approval; any other asks its first accounts at once."""
    with console.desk.work(requester.actor, Permission.ACT) as work:
        planning.plan(work, case_id, sent.plan(sent.seen))
        work.session.flush()
        return _view(work, case_id)


def enter_outcome(console: ConsoleState, requester: Requester, case_id: Number, sent: NewOutcome) -> AskingView:
    """Enter what came back from one asked account. An objection opens an appeal."""
    with console.desk.work(requester.actor, Permission.ACT) as work:
        progress.record(work, case_id, sent.account, sent.outcome, why=sent.why, statement=sent.statement)
        work.session.flush()
        return _view(work, case_id)


def _view(look: Look, case_id: int) -> AskingView:
    case = case_of(look, case_id)
    status = experiments.last_status(look, case_id)
    stated, hindrance = None, ""
    try:
        stated = planning.preview(look, case_id, AskPlan(AskQuestion.RECIPIENT, "stated"))
    except PolicyError as refused:
        hindrance = f"{refused.what[:1].upper()}{refused.what[1:]}. {refused.remedy}"
    return AskingView(
        case_id=case_id,
        title=case.title,
        sides=case_sides(look, case_id),
        status=status,
        stated=stated,
        hindrance=hindrance,
        questions=list(AskQuestion),
        outcomes=list(AskOutcome),
        most=look.settings.ask_most,
        two_people_above=look.settings.two_people_above,
    )
