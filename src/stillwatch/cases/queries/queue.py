"""The queue of cases: filtered by state, severity, person or word, the most pressing first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.verdict import Standing, Verdict, VerdictTally
from stillwatch.cases.store.schema import Action, Appeal, AppealAccount, Case, CaseMember, Judgement, Label
from stillwatch.model import Severity

__all__ = ["Page", "QueueFilter", "Queued", "after", "queue"]

_LEVEL = sa.case(*((Case.severity == str(s), s.rank) for s in Severity), else_=0)
_ORDER = (_LEVEL.desc(), Case.rank.is_(None), Case.rank, Case.case_id)


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """A filter of cases. A field without a value filters nothing.

    ``word`` is searched in titles, ids, accounts and labels.
    """

    state: str | None = "open"
    severity: Severity | None = None
    assigned_to: str | None = None
    word: str = ""
    start: int = 0
    count: int = 50


@dataclass(frozen=True, slots=True)
class Queued:
    """One line of the queue."""

    case_id: int
    campaign_id: str | None
    title: str
    severity: Severity
    state: str
    standing: Standing
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


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the queue. ``total`` is the number of cases on all pages."""

    rows: tuple[Queued, ...]
    total: int


def queue(look: Look, wanted: QueueFilter) -> Page:
    """Return one page of the matching cases, sorted by severity, by rank in the last scan, and by case number.

    A case without a rank, as one opened by hand, comes last in its severity.
    """
    matching = sa.select(Case).where(*_conditions(wanted))
    total = look.session.execute(sa.select(sa.func.count()).select_from(matching.subquery())).scalar_one()
    chosen = matching.order_by(*_ORDER).offset(wanted.start).limit(wanted.count)
    cases = list(look.session.execute(chosen).scalars())
    numbers = [case.case_id for case in cases]
    wholes, judged = _tallies(look, numbers), _judged(look, numbers)
    appeals, proposed = _appeals(look, numbers), _proposed(look, numbers)
    rows = tuple(
        Queued(
            case_id=case.case_id,
            campaign_id=case.campaign_id,
            title=case.title,
            severity=Severity(case.severity),
            state=case.state,
            standing=wholes.get(case.case_id, VerdictTally()).standing,
            n_accounts=case.n_accounts,
            n_exchanges=case.n_exchanges,
            q_value=case.q_value,
            rank=case.rank,
            p_group=case.p_group,
            assigned_to=case.assigned_to,
            opened_at=case.opened_at,
            n_judged=judged.get(case.case_id, 0),
            n_appeals=appeals.get(case.case_id, 0),
            n_proposed=proposed.get(case.case_id, 0),
        )
        for case in cases
    )
    return Page(rows, total)


def after(look: Look, case_id: int) -> int | None:
    """Return the open case that follows this one in the queue, or ``None`` at the end of the queue."""
    query = sa.select(Case.case_id).where(sa.or_(Case.state == "open", Case.case_id == case_id)).order_by(*_ORDER)
    numbers = list(look.session.execute(query).scalars())
    place = numbers.index(case_id) + 1 if case_id in numbers else 0
    return numbers[place] if place < len(numbers) else None


def _conditions(wanted: QueueFilter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.state is not None:
        found.append(Case.state == wanted.state)
    if wanted.severity is not None:
        found.append(Case.severity == str(wanted.severity))
    if wanted.assigned_to is not None:
        found.append(Case.assigned_to == wanted.assigned_to)
    if wanted.word.strip():
        found.append(_mentions(wanted.word.strip()))
    return found


def _mentions(word: str) -> sa.ColumnElement[bool]:
    """Return the condition that title or campaign id contain *word*, or case number, an account or a label equal it."""
    accounts = sa.select(CaseMember.case_id).where(CaseMember.account_id == word)
    # The subject of a label is text, so the case number is cast for the comparison.
    labels = sa.select(Label.subject).where(
        Label.kind == "case", sa.func.lower(Label.name) == word.lower(), Label.withdrawn_at.is_(None)
    )
    either = [
        Case.title.icontains(word, autoescape=True),
        Case.campaign_id.icontains(word, autoescape=True),
        Case.case_id.in_(accounts),
        sa.cast(Case.case_id, sa.Text).in_(labels),
    ]
    if word.isascii() and word.isdigit() and len(word) < 10:
        either.append(Case.case_id == int(word))
    return sa.or_(*either)


def _counts(look: Look, query: Any) -> dict[int, int]:
    return {case_id: int(n) for case_id, n in look.session.execute(query)}


def _tallies(look: Look, cases: list[int]) -> dict[int, VerdictTally]:
    """Return the answers about each campaign as a whole, by case."""
    sums = [sa.func.sum(sa.case((Judgement.verdict == str(verdict), 1), else_=0)) for verdict in Verdict]
    query = (
        sa.select(Judgement.case_id, *sums)
        .where(Judgement.case_id.in_(cases), Judgement.account_id.is_(None), *_stands(look))
        .group_by(Judgement.case_id)
    )
    return {case_id: VerdictTally(*map(int, numbers)) for case_id, *numbers in look.session.execute(query)}


def _stands(look: Look) -> tuple[sa.ColumnElement[bool], ...]:
    lasting = sa.or_(Judgement.expires_at.is_(None), Judgement.expires_at > look.now)
    return Judgement.superseded_at.is_(None), lasting


def _judged(look: Look, cases: list[int]) -> dict[int, int]:
    """Return the number of members with an answer, by case."""
    query = (
        sa.select(Judgement.case_id, sa.func.count(Judgement.account_id.distinct()))
        .where(Judgement.case_id.in_(cases), *_stands(look))
        .group_by(Judgement.case_id)
    )
    return _counts(look, query)


def _appeals(look: Look, cases: list[int]) -> dict[int, int]:
    """Return the number of accounts with an open appeal, by case."""
    query = (
        sa.select(Action.case_id, sa.func.count())
        .join(Appeal, Appeal.action_id == Action.action_id)
        .join(AppealAccount, AppealAccount.appeal_id == Appeal.appeal_id)
        .where(Action.case_id.in_(cases), Appeal.state == "open")
        .group_by(Action.case_id)
    )
    return _counts(look, query)


def _proposed(look: Look, cases: list[int]) -> dict[int, int]:
    """Return the number of actions that wait for a second person, by case."""
    query = (
        sa.select(Action.case_id, sa.func.count())
        .where(Action.case_id.in_(cases), Action.state == "proposed")
        .group_by(Action.case_id)
    )
    return _counts(look, query)
