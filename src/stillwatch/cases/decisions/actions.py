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

from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.access.roles import Actor, Permission, Role
from stillwatch.cases.access.users import known_as
from stillwatch.cases.decisions import notices
from stillwatch.cases.decisions.allowances import allowed
from stillwatch.cases.decisions.holdout import Arms, draw_moment, n_held_out, split
from stillwatch.cases.decisions.judgements import case_of, members_of, standings
from stillwatch.cases.decisions.verdict import Standing
from stillwatch.cases.store.schema import Action, ActionAccount, Approval, Case, Scan
from stillwatch.cases.store.text_limits import account_facts, batches, said
from stillwatch.errors import InputError, MissingError, PolicyError

__all__ = [
    "SCHEDULE",
    "ActionKind",
    "ActionState",
    "Plan",
    "Planned",
    "Preview",
    "action_of",
    "answer",
    "cancel",
    "carry_out",
    "due",
    "lift",
    "notice_text",
    "period_of",
    "plan",
    "preview",
    "undo",
]

SCHEDULE = Actor("(schedule)", Role.ANALYST)
"""Who carries out what people planned and approved, when its moment has come; no user can have this name."""


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
_ALREADY = "under this already"


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody wants done: to all confirmed accounts of a case, or to some; between two moments, or now.

    ``seen`` is the digest of the accounts that a preview counted: where they have changed since, nothing is planned.
    """

    kind: ActionKind
    why: str
    accounts: Collection[str] | None = None
    dry_run: bool = True
    earliest_at: datetime | None = None
    latest_at: datetime | None = None
    ends_at: datetime | None = None
    holdout: float = 0.0
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a plan would come to; ``notice`` is what a holder would be told, missing where nobody would be."""

    n_treated: int
    n_held_out: int
    left_out: Mapping[str, int]
    needs_second: bool
    earliest_at: datetime
    latest_at: datetime
    notice: str | None
    seen: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan as it was taken: whom it is about, and how many were left out, by why."""

    action_id: int
    state: ActionState
    due_at: datetime
    n_treated: int
    n_held_out: int
    left_out: Mapping[str, int] = field(default_factory=dict)


def plan(work: Work, case_id: int, wanted: Plan, chance: Random | None = None) -> Planned:
    """Plan an action; above ``cases.two_people_above`` accounts it waits for a second person.

    Raises ``PolicyError`` where no account of it may be acted on. *chance* draws the moment, for tests.
    """
    work.actor.require(Permission.ACT)
    checked = _checked(work, case_id, wanted)
    if wanted.seen and wanted.seen != checked.digest:
        raise PolicyError(
            "the accounts that it would be are others than the preview counted",
            where=f"case {case_id}",
            remedy="Look at a new preview.",
        )
    chosen, needs_second = checked.chosen, checked.needs_second
    action = Action(
        case_id=case_id,
        kind=str(wanted.kind),
        state=str(ActionState.PROPOSED if needs_second else ActionState.SCHEDULED),
        dry_run=wanted.dry_run,
        why=checked.why,
        planned_by=work.actor.name,
        planned_at=work.now,
        approvals_needed=int(needs_second),
        earliest_at=checked.earliest_at,
        latest_at=checked.latest_at,
        due_at=draw_moment(checked.earliest_at, checked.latest_at, chance or secrets.SystemRandom()),
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
        why=checked.why,
        due_at=action.due_at.isoformat(),
        n_held_out=len(arms.held_out),
        approvals_needed=action.approvals_needed,
        **account_facts(chosen),
    )
    state = ActionState(action.state)
    return Planned(action.action_id, state, action.due_at, len(arms.treated), len(arms.held_out), checked.left_out)


def preview(look: Look, case_id: int, wanted: Plan) -> Preview:
    """Return what :func:`plan` would come to, and change nothing; it raises what that would raise."""
    checked = _checked(look, case_id, wanted)
    n = len(checked.chosen)
    held = n_held_out(n, wanted.holdout)
    told = notice_text(look, notices.NoticeKind.LIMITED, wanted.kind, case_id, wanted.ends_at)
    return Preview(
        n_treated=n - held,
        n_held_out=held,
        left_out=checked.left_out,
        needs_second=checked.needs_second,
        earliest_at=checked.earliest_at,
        latest_at=checked.latest_at,
        notice=told,
        seen=checked.digest,
    )


def answer(work: Work, action_id: int, why: str, *, approve: bool) -> ActionState:
    """Approve or refuse a proposed action as the second person; return how far it has come."""
    work.actor.require(Permission.APPROVE)
    action = _held(work, action_id)
    if action.state != ActionState.PROPOSED:
        raise PolicyError(f"the action is {action.state}, not proposed", where=f"action {action_id}")
    if approve and _is_over(work, action):
        raise PolicyError("its end has passed", where=f"action {action_id}", remedy="Refuse it, and plan another.")
    if known_as(action.planned_by) == known_as(work.actor.name):
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
    work.actor.require(Permission.ACT)
    action = _held(work, action_id)
    if action.state not in (ActionState.PROPOSED, ActionState.SCHEDULED):
        raise PolicyError(f"the action is {action.state}", where=f"action {action_id}", remedy="Undo it instead.")
    action.state = str(ActionState.CANCELLED)
    work.record("action cancelled", f"case {action.case_id}", action_id=action_id, why=said(why, "reason"))


def due(look: Look) -> list[int]:
    """Return the numbers of the actions whose moment has come."""
    query = sa.select(Action.action_id).where(Action.state == ActionState.SCHEDULED, Action.due_at <= look.now)
    return list(look.session.execute(query.order_by(Action.due_at, Action.action_id)).scalars())


def carry_out(work: Work, action_id: int) -> ActionState:
    """Bring a due action into force, or rehearse it where it is a dry run; who may no longer be acted on is dropped.

    Where nobody is left, or its end has passed before it began, it is cancelled.
    """
    action = _held(work, action_id)
    if action.state != ActionState.SCHEDULED or action.due_at > work.now:
        raise PolicyError("the action is not due", where=f"action {action_id}", remedy="Wait for its moment.")
    treated = _accounts(work, action_id, _TREATED)
    wanted = Plan(ActionKind(action.kind), action.why, treated)
    still, dropped = _eligible(work, action.case_id, wanted, work.now)
    _drop(work, action_id, treated - still)
    if _is_over(work, action) or not still:
        action.state = str(ActionState.CANCELLED)
    else:
        action.carried_out_at = work.now
        action.state = str(ActionState.REHEARSED if action.dry_run else ActionState.IN_FORCE)
    if action.state == ActionState.IN_FORCE:
        _tell(work, action, sorted(still), notices.NoticeKind.LIMITED)
    facts = account_facts(still)
    n_dropped = sum(dropped.values())
    work.record(f"action {action.state}", f"case {action.case_id}", action_id=action_id, n_dropped=n_dropped, **facts)
    return ActionState(action.state)


def undo(work: Work, action_id: int, why: str, accounts: Collection[str] | None = None) -> int:
    """Take an action that is in force back, for *accounts* or for all; return for how many it was."""
    work.actor.require(Permission.ACT)
    return lift(work, action_id, why, accounts)


def lift(work: Work, action_id: int, why: str, accounts: Collection[str] | None = None, *, tell: bool = True) -> int:
    """Do what :func:`undo` does for somebody who may decide so on other grounds, as who answers an appeal may."""
    action = _held(work, action_id)
    if action.state != ActionState.IN_FORCE:
        raise PolicyError(f"the action is {action.state}, not in force", where=f"action {action_id}")
    limited = _accounts(work, action_id, _TREATED, undone=False)
    chosen = limited if accounts is None else set(accounts)
    if not chosen or not chosen <= limited:
        missing = len(chosen - limited)
        raise InputError(
            f"the action is not in force for {missing} of these accounts" if missing else "no accounts are named",
            where=f"action {action_id}",
            remedy="Name accounts that it limits now.",
        )
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


def notice_text(
    look: Look,
    kind: notices.NoticeKind,
    limit: str,
    case_id: int,
    until: datetime | None,
    *,
    holds: bool = True,
) -> str | None:
    """Return what a holder would be told of *limit*, or nothing where it changes nothing for them."""
    if limit not in notices.LIMITS:
        return None
    period, address = period_of(look, case_id), look.settings.appeal_address
    return notices.text_of(kind, limit, period=period, until=until, address=address, holds=holds)


@dataclass(frozen=True, slots=True)
class _Checked:
    why: str
    earliest_at: datetime
    latest_at: datetime
    chosen: set[str]
    left_out: Mapping[str, int]
    needs_second: bool

    @property
    def digest(self) -> str:
        return str(account_facts(self.chosen)["accounts_sha256"])


def _checked(look: Look, case_id: int, wanted: Plan) -> _Checked:
    """Return what plan and preview have in common; in a work the case is held, so that plans come one by one."""
    case_of(look, case_id)
    if isinstance(look, Work):
        look.session.execute(sa.select(Case.case_id).where(Case.case_id == case_id).with_for_update())
    why = said(wanted.why, "reason")
    earliest, latest = _window(look, wanted)
    chosen, left_out = _eligible(look, case_id, wanted, earliest)
    if not chosen:
        raise PolicyError(
            f"no account may be acted on ({_told(left_out)})",
            where=f"case {case_id}",
            remedy="Confirm the campaign and its members first; what an allowance covers stays as it is.",
        )
    return _Checked(why, earliest, latest, chosen, left_out, _needs_second(look, case_id, wanted, chosen))


def _needs_second(look: Look, case_id: int, wanted: Plan, chosen: Collection[str]) -> bool:
    """Return whether a second person has to agree: parts of one size are no way around what the whole would need."""
    if wanted.kind is ActionKind.OBSERVE:
        return False
    alone = set(chosen)
    if not wanted.dry_run:
        query = (
            sa.select(ActionAccount.account_id)
            .join(Action, Action.action_id == ActionAccount.action_id)
            .where(
                Action.case_id == case_id,
                Action.state.in_((ActionState.SCHEDULED, ActionState.IN_FORCE)),
                Action.approvals_needed == 0,
                Action.dry_run.is_(False),
                Action.kind != ActionKind.OBSERVE,
                *_lasts(look.now),
            )
        )
        alone.update(look.session.execute(query).scalars())
    return len(alone) > look.settings.two_people_above


def _window(look: Look, wanted: Plan) -> tuple[datetime, datetime]:
    earliest = wanted.earliest_at or look.now
    latest = wanted.latest_at or earliest
    if not look.now <= earliest <= latest or (wanted.ends_at is not None and wanted.ends_at <= latest):
        raise InputError(
            "the moments are out of order",
            where="action",
            remedy="Give an earliest moment from now on, a latest one not before it, and an end after both.",
        )
    if not 0 <= wanted.holdout <= look.settings.max_holdout:
        raise InputError(
            "the hold-out is out of range", where="holdout", remedy=f"Give 0 to {look.settings.max_holdout:g}."
        )
    return earliest, latest


def _eligible(look: Look, case_id: int, wanted: Plan, at: datetime) -> tuple[set[str], dict[str, int]]:
    """Return which accounts the action may touch from *at* on, and how many not, by why."""
    stands = standings(look, case_id)
    named = set(stands) if wanted.accounts is None else members_of(look, case_id, wanted.accounts)
    fit = {Standing.CONFIRMED} if wanted.kind is not ActionKind.OBSERVE else set(Standing) - {Standing.INNOCENT}
    spared = allowed(look, named)
    fitting = {account for account in named if stands[account] in fit and account not in spared}
    already = _already(look, wanted.kind, at) & fitting
    why = Counter("allowed" if account in spared else str(stands[account]) for account in named - fitting)
    why.update([_ALREADY] * len(already))
    return fitting - already, dict(sorted(why.items()))


def _already(look: Look, kind: ActionKind, at: datetime) -> set[str]:
    """Return the accounts that this kind of action is in force for, and still will be *at* a moment.

    One limit at a time is what makes the notice true that says it is lifted.
    """
    query = (
        sa.select(ActionAccount.account_id)
        .join(Action, Action.action_id == ActionAccount.action_id)
        .where(Action.state == ActionState.IN_FORCE, Action.kind == str(kind), *_lasts(at))
    )
    return set(look.session.execute(query).scalars())


def _lasts(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions that an account of an action is treated by it *at* a moment, if it is in force then."""
    ends = sa.or_(Action.ends_at.is_(None), Action.ends_at > at)
    return ActionAccount.arm == _TREATED, ActionAccount.undone_at.is_(None), ends


def _is_over(look: Look, action: Action) -> bool:
    return action.ends_at is not None and action.ends_at <= look.now


def _held(work: Work, action_id: int) -> Action:
    """Return the action for somebody who changes it: on a server, whoever else wants to waits until they are done."""
    action_of(work, action_id)
    return work.session.get_one(Action, action_id, with_for_update=True, populate_existing=True)


def _drop(work: Work, action_id: int, accounts: Collection[str]) -> None:
    for some in batches(accounts):
        work.session.execute(
            sa.update(ActionAccount)
            .where(ActionAccount.action_id == action_id, ActionAccount.account_id.in_(some))
            .values(arm=_DROPPED, note="no longer confirmed, allowed, or under this already, at the moment")
        )


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
    text = notice_text(work, kind, action.kind, action.case_id, action.ends_at)
    if text is not None:
        notices.notify(work, action.action_id, accounts, kind, text, None)
