"""Plans actions on the accounts of a case, and previews what a plan would do."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions.actions import notices
from stillwatch.cases.decisions.actions.eligibility import eligible
from stillwatch.cases.decisions.actions.holdout import Arms, draw_moment, n_held_out, split
from stillwatch.cases.decisions.actions.kinds import HELD_OUT, LIMITS_NOTHING, TREATED, ActionKind, ActionState
from stillwatch.cases.decisions.actions.rows import treats_at
from stillwatch.cases.decisions.chances import GroupChances, chances
from stillwatch.cases.decisions.judgements import case_of
from stillwatch.cases.decisions.seen import SeenGroup, require_seen, seen_of
from stillwatch.cases.store.schema import Action, ActionAccount, Case
from stillwatch.cases.store.text_limits import account_facts, said
from stillwatch.errors import InputError, PolicyError

__all__ = ["Plan", "Planned", "Preview", "plan", "preview"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A wanted action.

    It is for all confirmed accounts of a case or for *accounts*. It is due at a random time between ``earliest_at`` and
    ``latest_at``, or now. ``holdout`` is the share of accounts to hold out for comparison. ``seen`` is
    what a preview showed: where the scan or the accounts have changed since, the plan is refused.
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
    """What a plan would do.

    ``left_out`` counts the other accounts by reason. ``chances`` says how probable it is that the accounts are in such
    a group, by the last scan alone. ``notice`` is the text that account holders would get, or null
    where they would get none. ``seen`` is the text to give to the plan.
    """

    n_treated: int
    n_held_out: int
    left_out: Mapping[str, int]
    chances: GroupChances
    needs_second: bool
    earliest_at: datetime
    latest_at: datetime
    notice: str | None
    seen: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan that was accepted. ``left_out`` counts the accounts that are not in it, by reason.

    ``chances`` is as in the preview.
    """

    action_id: int
    state: ActionState
    due_at: datetime
    n_treated: int
    n_held_out: int
    chances: GroupChances
    left_out: Mapping[str, int] = field(default_factory=dict)


def plan(work: Work, case_id: int, wanted: Plan, chance: Random | None = None) -> Planned:
    """Plan an action. Above ``cases.two_people_above`` accounts it waits for the approval of a second person.

    *chance* draws the due time; tests set it. Raises ``PolicyError`` where no account may be acted on, and
    ``ChangedError`` where the scan or the accounts differ from those of the preview. Raises ``InputError`` for times or
    a hold-out that do not fit.
    """
    work.actor.require(Permission.ACT)
    checked = _checked(work, case_id, wanted)
    require_seen(work, case_id, wanted.seen, checked.seen, checked.chosen)
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
        earliest_at=action.earliest_at.isoformat(),
        latest_at=action.latest_at.isoformat(),
        ends_at=action.ends_at.isoformat() if action.ends_at is not None else None,
        n_held_out=len(arms.held_out),
        held_out_sha256=str(account_facts(arms.held_out)["accounts_sha256"]),
        approvals_needed=action.approvals_needed,
        scan=checked.seen.scan,
        **account_facts(chosen),
    )
    state = ActionState(action.state)
    return Planned(
        action_id=action.action_id,
        state=state,
        due_at=action.due_at,
        n_treated=len(arms.treated),
        n_held_out=len(arms.held_out),
        chances=chances(work, case_id, chosen),
        left_out=checked.left_out,
    )


def preview(look: Look, case_id: int, wanted: Plan) -> Preview:
    """Return what :func:`plan` would do, and change nothing. Raises the same errors as :func:`plan`."""
    checked = _checked(look, case_id, wanted)
    n = len(checked.chosen)
    held = n_held_out(n, wanted.holdout)
    told = notices.notice_text(look, notices.NoticeKind.LIMITED, wanted.kind, case_id, wanted.ends_at)
    return Preview(
        n_treated=n - held,
        n_held_out=held,
        left_out=checked.left_out,
        chances=chances(look, case_id, checked.chosen),
        needs_second=checked.needs_second,
        earliest_at=checked.earliest_at,
        latest_at=checked.latest_at,
        notice=told,
        seen=str(checked.seen),
    )


@dataclass(frozen=True, slots=True)
class _CheckedPlan:
    why: str
    earliest_at: datetime
    latest_at: datetime
    chosen: set[str]
    left_out: Mapping[str, int]
    needs_second: bool
    seen: SeenGroup


def _checked(look: Look, case_id: int, wanted: Plan) -> _CheckedPlan:
    """Return what plan and preview have in common. A plan locks the case, so that plans come one after the other."""
    case = case_of(look, case_id)
    if wanted.kind is ActionKind.ASK:
        raise InputError(
            "questions are asked of a random sample",
            where="action",
            remedy="Use `stillwatch case ask` or the page Ask.",
        )
    if isinstance(look, Work):
        look.session.execute(sa.select(Case.case_id).where(Case.case_id == case_id).with_for_update())
    why = said(wanted.why, "reason")
    earliest, latest = _window(look, wanted)
    chosen, left_out = eligible(look, case_id, wanted.kind, wanted.accounts, earliest)
    if not chosen:
        raise PolicyError(
            f"no account may be acted on ({_counted(left_out)})",
            where=f"case {case_id}",
            remedy="Confirm the campaign and its members first. Accounts under an allowance cannot be acted on.",
        )
    needs_second = _needs_second(look, case_id, wanted, chosen)
    return _CheckedPlan(why, earliest, latest, chosen, left_out, needs_second, seen_of(case.last_scan, chosen))


def _needs_second(look: Look, case_id: int, wanted: Plan, chosen: Collection[str]) -> bool:
    """Return whether a second person must approve.

    The accounts of earlier live actions that nobody approved count as well. So one large action cannot be split into
    small ones that need no approval.
    """
    if wanted.kind in LIMITS_NOTHING:
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
                Action.kind.not_in(LIMITS_NOTHING),
                *treats_at(look.now),
            )
        )
        alone.update(look.session.execute(query).scalars())
    return len(alone) > look.settings.two_people_above


def _window(look: Look, wanted: Plan) -> tuple[datetime, datetime]:
    earliest = wanted.earliest_at or look.now
    latest = wanted.latest_at or earliest
    if not look.now <= earliest <= latest or (wanted.ends_at is not None and wanted.ends_at <= latest):
        raise InputError(
            "the times are out of order",
            where="action",
            remedy="Give an earliest time from now on, a latest time not before it, and an end after both.",
        )
    if not 0 <= wanted.holdout <= look.settings.max_holdout:
        raise InputError(
            "the hold-out is out of range", where="holdout", remedy=f"Give 0 to {look.settings.max_holdout:g}."
        )
    return earliest, latest


def _counted(left_out: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {why}" for why, n in left_out.items()) or "none is a member"


def _enter(work: Work, action_id: int, arms: Arms) -> None:
    rows = [
        {"action_id": action_id, "account_id": account, "arm": arm, "note": ""}
        for arm, accounts in ((TREATED, arms.treated), (HELD_OUT, arms.held_out))
        for account in sorted(accounts)
    ]
    work.session.execute(sa.insert(ActionAccount), rows)
