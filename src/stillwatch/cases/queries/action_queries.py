"""Reads actions: lists, and one action with its accounts, its approval and its notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.actions import ActionKind, ActionState, action_of, notices
from stillwatch.cases.decisions.asking import wording
from stillwatch.cases.store.asking_schema import Experiment
from stillwatch.cases.store.schema import Action, ActionAccount, Approval, Notice

__all__ = [
    "ActionStage",
    "Answered",
    "Arm",
    "Progress",
    "Told",
    "Treated",
    "accounts",
    "actions",
    "planned_notice",
    "progress",
    "told",
]


class ActionStage(StrEnum):
    """The groups of the list of actions. An action whose end has passed is past, whatever its state."""

    PROPOSED = "proposed"
    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    PAST = "past"


class Arm(StrEnum):
    """The arm of an account.

    *undone* accounts were treated and are no longer. *waiting* accounts were drawn for an experiment and not asked yet.
    """

    TREATED = "treated"
    WAITING = "waiting"
    HELD_OUT = "held_out"
    DROPPED = "dropped"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer of a second person."""

    by: str
    answer: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """An action and its progress. ``is_over`` says that its end has passed, which does not change its state."""

    action_id: int
    case_id: int
    kind: ActionKind
    state: ActionState
    dry_run: bool
    why: str
    planned_by: str
    planned_at: datetime
    needs_second: bool
    earliest_at: datetime
    latest_at: datetime
    due_at: datetime
    ends_at: datetime | None
    is_over: bool
    holdout: float
    carried_out_at: datetime | None
    undone_at: datetime | None
    undone_by: str | None
    undone_why: str | None
    accounts: dict[Arm, int]
    answers: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class Treated:
    """One account of an action."""

    account_id: str
    arm: Arm
    note: str
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """The text of a notice, the number of accounts that got it, and the time of the first."""

    kind: str
    text: str
    n_accounts: int
    at: datetime


def actions(
    look: Look, *, case_id: int | None = None, stage: ActionStage | None = None, start: int = 0, count: int = 50
) -> tuple[list[Progress], int]:
    """Return one page of the actions and the number of all.

    They are sorted by due time; the actions of all stages together and past actions come newest first.
    """
    query = sa.select(Action)
    if case_id is not None:
        query = query.where(Action.case_id == case_id)
    if stage is not None:
        query = query.where(_at(look, stage))
    total = look.session.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one()
    newest = stage in (None, ActionStage.PAST)
    order = (Action.action_id.desc(),) if newest else (Action.due_at, Action.action_id)
    found = look.session.execute(query.order_by(*order).offset(start).limit(count)).scalars()
    return _followed(look, list(found)), total


def progress(look: Look, action_id: int) -> Progress:
    """Return one action. Raises ``MissingError`` where there is none of that number."""
    return _followed(look, [action_of(look, action_id)])[0]


def accounts(
    look: Look, action_id: int, *, arm: Arm | None = None, start: int = 0, count: int = 100
) -> tuple[list[Treated], int]:
    """Return one page of the accounts of an action, sorted, and the number of all: of one arm, or of all arms."""
    query = sa.select(ActionAccount).where(ActionAccount.action_id == action_id)
    if arm is not None:
        query = query.where(_arm() == str(arm))
    total = look.session.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one()
    rows = query.with_only_columns(ActionAccount.account_id, _arm(), ActionAccount.note, ActionAccount.undone_at)
    found = look.session.execute(rows.order_by(ActionAccount.account_id).offset(start).limit(count))
    return [Treated(account, Arm(name), note, undone_at) for account, name, note, undone_at in found], total


def planned_notice(look: Look, action_id: int) -> str | None:
    """Return the notice that account holders get when the action is carried out, or None where they get none."""
    action = action_of(look, action_id)
    if action.kind != ActionKind.ASK:
        kind = notices.NoticeKind.LIMITED
        return notices.notice_text(look, kind, action.kind, action.case_id, action.ends_at)
    experiment = look.session.scalars(sa.select(Experiment).where(Experiment.action_id == action_id)).one()
    answer_by = look.now + timedelta(days=experiment.days)
    return wording.asked_text(wording.AskQuestion(experiment.question), answer_by, look.settings.appeal_address)


def told(look: Look, action_id: int) -> list[Told]:
    """Return the notices of an action, each text once, the first sent first."""
    query = (
        sa.select(Notice.kind, Notice.text, sa.func.count(), sa.func.min(Notice.at, type_=Notice.at.type))
        .where(Notice.action_id == action_id)
        .group_by(Notice.kind, Notice.text)
        .order_by(sa.func.min(Notice.notice_id))
    )
    return [Told(*row) for row in look.session.execute(query)]


def _at(look: Look, stage: ActionStage) -> sa.ColumnElement[bool]:
    holds = sa.and_(
        Action.state == str(ActionState.IN_FORCE), sa.or_(Action.ends_at.is_(None), Action.ends_at > look.now)
    )
    waiting = (str(ActionState.PROPOSED), str(ActionState.SCHEDULED))
    if stage is ActionStage.IN_FORCE:
        return holds
    if stage is ActionStage.PAST:
        return sa.not_(sa.or_(holds, Action.state.in_(waiting)))
    return Action.state == str(stage)


def _arm() -> sa.ColumnElement[str]:
    # A literal and no parameter: PostgreSQL treats two equal parameters in GROUP BY as two expressions.
    undone: sa.ColumnElement[str] = sa.literal_column(f"'{Arm.UNDONE}'", sa.Text)
    return sa.case((ActionAccount.undone_at.is_not(None), undone), else_=ActionAccount.arm)


def _followed(look: Look, found: Sequence[Action]) -> list[Progress]:
    numbers = [action.action_id for action in found]
    arms, answers = _counts(look, numbers), _answers(look, numbers)
    return [
        Progress(
            action_id=a.action_id,
            case_id=a.case_id,
            kind=ActionKind(a.kind),
            state=ActionState(a.state),
            dry_run=a.dry_run,
            why=a.why,
            planned_by=a.planned_by,
            planned_at=a.planned_at,
            needs_second=a.approvals_needed > 0,
            earliest_at=a.earliest_at,
            latest_at=a.latest_at,
            due_at=a.due_at,
            ends_at=a.ends_at,
            is_over=a.ends_at is not None and a.ends_at <= look.now,
            holdout=a.holdout,
            carried_out_at=a.carried_out_at,
            undone_at=a.undone_at,
            undone_by=a.undone_by,
            undone_why=a.undone_why,
            accounts=arms.get(a.action_id, {}),
            answers=tuple(answers.get(a.action_id, ())),
        )
        for a in found
    ]


def _counts(look: Look, numbers: list[int]) -> dict[int, dict[Arm, int]]:
    arm = _arm()
    query = (
        sa.select(ActionAccount.action_id, arm, sa.func.count())
        .where(ActionAccount.action_id.in_(numbers))
        .group_by(ActionAccount.action_id, arm)
    )
    found: dict[int, dict[Arm, int]] = {}
    for action_id, name, n in look.session.execute(query):
        found.setdefault(action_id, {})[Arm(name)] = n
    return {action_id: {arm: counts[arm] for arm in Arm if arm in counts} for action_id, counts in found.items()}


def _answers(look: Look, numbers: list[int]) -> dict[int, list[Answered]]:
    found: dict[int, list[Answered]] = {}
    query = sa.select(Approval).where(Approval.action_id.in_(numbers)).order_by(Approval.at, Approval.by)
    for row in look.session.execute(query).scalars():
        found.setdefault(row.action_id, []).append(Answered(row.by, row.answer, row.why, row.at))
    return found
