"""What is planned against accounts, who else agreed, when it comes into force, and how it is taken back.

Dry run is the default, and a dry run goes through every step but the last. Only accounts that people confirmed can be
acted on, and whether they still are is asked again at the moment itself.
"""

import secrets
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from random import Random

import sqlalchemy as sa

from stillwatch.cases import notices
from stillwatch.cases.allowances import allowed
from stillwatch.cases.arms import Arms, draw_moment, split
from stillwatch.cases.desk import Look, Work
from stillwatch.cases.judgement import Standing
from stillwatch.cases.judging import case_of, members_of, standings
from stillwatch.cases.roles import Actor, Permission, Role
from stillwatch.cases.schema import Action, ActionAccount, Approval, Case, Scan
from stillwatch.cases.words import account_facts, batches, said
from stillwatch.errors import InputError, MissingError, PolicyError

__all__ = [
    "SCHEDULE",
    "ActionKind",
    "ActionState",
    "InForce",
    "Plan",
    "Planned",
    "action_of",
    "answer",
    "cancel",
    "carry_out",
    "due",
    "in_force",
    "period_of",
    "plan",
    "undo",
]

SCHEDULE = Actor("schedule", Role.ANALYST)
"""Who carries out what people planned and approved, when its moment has come."""


class ActionKind(StrEnum):
    """What can be done, the mildest first."""

    OBSERVE = "observe"
    WATERMARK = "watermark"
    THROTTLE = "throttle"
    WITHHOLD = "withhold"
    STEP_UP = "step_up"
    SUSPEND = "suspend"


class ActionState(StrEnum):
    """How far an action has come."""

    PROPOSED = "proposed"
    SCHEDULED = "scheduled"
    REHEARSED = "rehearsed"
    IN_FORCE = "in_force"
    UNDONE = "undone"
    REFUSED = "refused"
    CANCELLED = "cancelled"


_TREATED, _HELD_OUT, _DROPPED = "treated", "held_out", "dropped"


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody wants done: to all confirmed accounts of a case, or to some; between two moments, or now."""

    kind: ActionKind
    why: str
    accounts: Collection[str] | None = None
    dry_run: bool = True
    earliest_at: datetime | None = None
    latest_at: datetime | None = None
    ends_at: datetime | None = None
    holdout: float = 0.0


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan as it was taken: whom it is about, and how many were left out, by why."""

    action_id: int
    state: ActionState
    due_at: datetime
    n_treated: int
    n_held_out: int
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InForce:
    """One account to which an action applies now, for a gateway."""

    account_id: str
    kind: ActionKind
    action_id: int
    since: datetime
    until: datetime | None


def plan(work: Work, case_id: int, wanted: Plan, chance: Random | None = None) -> Planned:
    """Plan an action; above ``cases.two_people_above`` accounts it waits for a second person.

    Raises ``PolicyError`` where no account of it may be acted on. *chance* draws the moment, for tests.
    """
    case_of(work, case_id)
    why = said(wanted.why, "reason")
    earliest, latest = _window(work, wanted)
    chosen, left_out = _eligible(work, case_id, wanted)
    if not chosen:
        raise PolicyError(
            f"no account may be acted on ({_told(left_out)})",
            where=f"case {case_id}",
            remedy="Confirm the campaign and its members first; what an allowance covers stays as it is.",
        )
    needs_second = len(chosen) > work.settings.two_people_above and wanted.kind is not ActionKind.OBSERVE
    action = Action(
        case_id=case_id,
        kind=str(wanted.kind),
        state=str(ActionState.PROPOSED if needs_second else ActionState.SCHEDULED),
        dry_run=wanted.dry_run,
        why=why,
        planned_by=work.actor.name,
        planned_at=work.now,
        approvals_needed=int(needs_second),
        earliest_at=earliest,
        latest_at=latest,
        due_at=draw_moment(earliest, latest, chance or secrets.SystemRandom()),
        ends_at=wanted.ends_at,
        holdout=wanted.holdout,
        salt=secrets.token_hex(16),
    )
    work.session.add(action)
    work.session.flush()
    arms = split(chosen, wanted.holdout, action.salt)
    _enter(work, action.action_id, arms)
    work.record(
        "action planned",
        f"case {case_id}",
        action_id=action.action_id,
        kind=action.kind,
        dry_run=action.dry_run,
        why=why,
        due_at=action.due_at.isoformat(),
        n_held_out=len(arms.held_out),
        approvals_needed=action.approvals_needed,
        **account_facts(chosen),
    )
    state = ActionState(action.state)
    return Planned(action.action_id, state, action.due_at, len(arms.treated), len(arms.held_out), left_out)


def answer(work: Work, action_id: int, why: str, *, approve: bool) -> ActionState:
    """Approve or refuse a proposed action as the second person; return how far it has come."""
    work.actor.require(Permission.APPROVE)
    action = action_of(work, action_id)
    if action.state != ActionState.PROPOSED:
        raise PolicyError(f"the action is {action.state}, not proposed", where=f"action {action_id}")
    if action.planned_by == work.actor.name:
        raise PolicyError(
            "who planned an action cannot approve it", where=f"action {action_id}", remedy="Ask a second person."
        )
    said_why, word = said(why, "reason"), "approved" if approve else "refused"
    work.session.add(
        Approval(action_id=action_id, by=work.actor.name, answer=word, why=said_why, at=work.now),
    )
    action.state = str(ActionState.SCHEDULED if approve else ActionState.REFUSED)
    work.record(f"action {word}", f"case {action.case_id}", action_id=action_id, why=said_why)
    return ActionState(action.state)


def cancel(work: Work, action_id: int, why: str) -> None:
    """Give up an action that has not been carried out."""
    action = action_of(work, action_id)
    if action.state not in (ActionState.PROPOSED, ActionState.SCHEDULED):
        raise PolicyError(f"the action is {action.state}", where=f"action {action_id}", remedy="Undo it instead.")
    action.state = str(ActionState.CANCELLED)
    work.record("action cancelled", f"case {action.case_id}", action_id=action_id, why=said(why, "reason"))


def due(look: Look) -> list[int]:
    """Return the numbers of the actions whose moment has come."""
    query = sa.select(Action.action_id).where(Action.state == ActionState.SCHEDULED, Action.due_at <= look.now)
    return list(look.session.execute(query.order_by(Action.due_at, Action.action_id)).scalars())


def carry_out(work: Work, action_id: int) -> ActionState:
    """Bring a due action into force, or rehearse it where it is a dry run; who may no longer be acted on is dropped."""
    action = action_of(work, action_id)
    if action.state != ActionState.SCHEDULED or action.due_at > work.now:
        raise PolicyError("the action is not due", where=f"action {action_id}", remedy="Wait for its moment.")
    treated = _accounts(work, action_id, _TREATED)
    still, dropped = _eligible(work, action.case_id, Plan(ActionKind(action.kind), action.why, treated))
    for some in batches(treated - still):
        work.session.execute(
            sa.update(ActionAccount)
            .where(ActionAccount.action_id == action_id, ActionAccount.account_id.in_(some))
            .values(arm=_DROPPED, note="no longer confirmed, or allowed, at the moment")
        )
    action.carried_out_at = work.now
    action.state = str(ActionState.REHEARSED if action.dry_run else ActionState.IN_FORCE)
    if not action.dry_run:
        _tell(work, action, sorted(still), notices.NoticeKind.LIMITED)
    facts = account_facts(still)
    n_dropped = sum(dropped.values())
    work.record(f"action {action.state}", f"case {action.case_id}", action_id=action_id, n_dropped=n_dropped, **facts)
    return ActionState(action.state)


def undo(work: Work, action_id: int, why: str, accounts: Collection[str] | None = None, *, tell: bool = True) -> int:
    """Take an action that is in force back, for *accounts* or for all; return for how many it was."""
    action = action_of(work, action_id)
    if action.state != ActionState.IN_FORCE:
        raise PolicyError(f"the action is {action.state}, not in force", where=f"action {action_id}")
    limited = _accounts(work, action_id, _TREATED, undone=False)
    chosen = limited if accounts is None else limited & set(accounts)
    if not chosen:
        raise InputError("the action is in force for none of these accounts", where=f"action {action_id}")
    for some in batches(chosen):
        work.session.execute(
            sa.update(ActionAccount)
            .where(ActionAccount.action_id == action_id, ActionAccount.account_id.in_(some))
            .values(undone_at=work.now)
        )
    said_why = said(why, "reason")
    if chosen == limited:
        action.state, action.undone_at = str(ActionState.UNDONE), work.now
        action.undone_by, action.undone_why = work.actor.name, said_why
    if tell:
        _tell(work, action, sorted(chosen), notices.NoticeKind.LIFTED)
    facts = account_facts(chosen)
    work.record("action undone", f"case {action.case_id}", action_id=action_id, why=said_why, **facts)
    return len(chosen)


def in_force(look: Look) -> list[InForce]:
    """Return every account to which an action applies now, for gateways to obey; what is allowed since is left out."""
    query = (
        sa.select(ActionAccount.account_id, Action.kind, Action.action_id, Action.carried_out_at, Action.ends_at)
        .join(Action, Action.action_id == ActionAccount.action_id)
        .where(
            Action.state == ActionState.IN_FORCE,
            ActionAccount.arm == _TREATED,
            ActionAccount.undone_at.is_(None),
            sa.or_(Action.ends_at.is_(None), Action.ends_at > look.now),
        )
        .order_by(ActionAccount.account_id, Action.action_id)
    )
    rows = look.session.execute(query).all()
    spared = allowed(look, {row.account_id for row in rows})
    return [
        InForce(row.account_id, ActionKind(row.kind), row.action_id, row.carried_out_at, row.ends_at)
        for row in rows
        if row.account_id not in spared
    ]


def action_of(look: Look, action_id: int) -> Action:
    """Return the action of that number; ``MissingError`` where there is none."""
    action = look.row(Action, action_id)
    if action is None:
        raise MissingError("there is no such action", where=f"action {action_id}", remedy="See `stillwatch case show`.")
    return action


def period_of(look: Look, case_id: int) -> str:
    """Return the period that the last scan of a case looked at, as a notice says it."""
    last = look.session.execute(
        sa.select(Scan.first_at, Scan.last_at).join(Case, Case.last_scan == Scan.scan_id).where(Case.case_id == case_id)
    ).one_or_none()
    if last is None or last.first_at is None or last.last_at is None:
        return "the weeks before this notice"
    return f"{last.first_at:%Y-%m-%d} to {last.last_at:%Y-%m-%d}"


def _window(work: Work, wanted: Plan) -> tuple[datetime, datetime]:
    earliest = wanted.earliest_at or work.now
    latest = wanted.latest_at or earliest
    if not work.now <= earliest <= latest or (wanted.ends_at is not None and wanted.ends_at <= latest):
        raise InputError(
            "the moments are out of order",
            where="action",
            remedy="Give an earliest moment from now on, a latest one not before it, and an end after both.",
        )
    if not 0 <= wanted.holdout <= work.settings.max_holdout:
        raise InputError(
            "the hold-out is out of range", where="holdout", remedy=f"Give 0 to {work.settings.max_holdout:g}."
        )
    return earliest, latest


def _eligible(work: Work, case_id: int, wanted: Plan) -> tuple[set[str], dict[str, int]]:
    """Return which accounts the action may touch, and how many not, by why."""
    stands = standings(work, case_id)
    named = set(stands) if wanted.accounts is None else members_of(work, case_id, wanted.accounts)
    fit = {Standing.CONFIRMED} if wanted.kind is not ActionKind.OBSERVE else set(Standing) - {Standing.INNOCENT}
    spared = allowed(work, named)
    chosen = {account for account in named if stands[account] in fit and account not in spared}
    why = Counter("allowed" if account in spared else str(stands[account]) for account in named - chosen)
    return chosen, dict(sorted(why.items()))


def _told(left_out: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {why}" for why, n in left_out.items()) or "none is a member"


def _enter(work: Work, action_id: int, arms: Arms) -> None:
    rows = [
        {"action_id": action_id, "account_id": account, "arm": arm, "note": ""}
        for arm, accounts in ((_TREATED, arms.treated), (_HELD_OUT, arms.held_out))
        for account in sorted(accounts)
    ]
    work.session.execute(sa.insert(ActionAccount), rows)


def _accounts(look: Look, action_id: int, arm: str, *, undone: bool | None = None) -> set[str]:
    query = sa.select(ActionAccount.account_id).where(ActionAccount.action_id == action_id, ActionAccount.arm == arm)
    if undone is not None:
        query = query.where(ActionAccount.undone_at.is_not(None) if undone else ActionAccount.undone_at.is_(None))
    return set(look.session.execute(query).scalars())


def _tell(work: Work, action: Action, accounts: list[str], kind: notices.NoticeKind) -> None:
    if action.kind not in notices.LIMITS:
        return
    text = notices.text_of(
        kind,
        action.kind,
        period=period_of(work, action.case_id),
        until=action.ends_at,
        address=work.settings.appeal_address,
    )
    notices.notify(work, action.action_id, accounts, kind, text, None)
