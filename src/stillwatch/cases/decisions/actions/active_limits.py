"""Lists the accounts to which an action applies now, for people and for gateways."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.actions.kinds import TREATED, ActionKind, ActionState
from stillwatch.cases.decisions.allowances import allowed_since
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.store.schema import Action, ActionAccount, Allowance, Approval, Judgement

__all__ = ["GatewayAction", "InForce", "gateway_actions", "in_force", "limited_accounts", "n_in_force", "next_change"]

_BATCH = 10_000
"""Rows that are read at once."""


@dataclass(frozen=True, slots=True)
class InForce:
    """One account to which an action applies now. ``until`` is null where the action has no end."""

    account_id: str
    kind: ActionKind
    action_id: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class GatewayAction:
    """One action that gateways obey. ``until`` is null where it has no end.

    ``n_people`` counts those whose names stand for it: who planned it, and who approved it. A *rehearsal* is a dry run:
    gateways record whom it would have hit.
    """

    action_id: int
    case_id: int
    kind: ActionKind
    since: datetime
    until: datetime | None
    n_people: int
    is_rehearsal: bool


def in_force(look: Look, *, account: str | None = None, start: int = 0, count: int | None = None) -> list[InForce]:
    """Return the accounts to which an action applies now, sorted by account: all, one, or *count* from *start* on.

    An account that has an allowance by now is left out. An account that one person has judged innocent is left out as
    well: one such answer stops every action except *observe*, even one that was carried out before.
    """
    query = (
        sa.select(ActionAccount.account_id, Action.kind, Action.action_id, Action.carried_out_at, Action.ends_at)
        .join(Action, Action.action_id == ActionAccount.action_id)
        .where(*_applies(look, account))
        .order_by(ActionAccount.account_id, Action.action_id)
        .offset(start)
        .limit(count)
    )
    return [
        InForce(row.account_id, ActionKind(row.kind), row.action_id, row.carried_out_at, row.ends_at)
        for row in look.session.execute(query)
    ]


def n_in_force(look: Look, *, account: str | None = None) -> int:
    """Return the number of lines of :func:`in_force`."""
    query = sa.select(sa.func.count()).select_from(ActionAccount)
    query = query.join(Action, Action.action_id == ActionAccount.action_id).where(*_applies(look, account))
    return look.session.execute(query).scalar_one()


def gateway_actions(look: Look) -> list[GatewayAction]:
    """Return the actions that gateways obey now, by number: those in force, and the dry runs that have an end."""
    approved = (
        sa.select(sa.func.count(sa.distinct(Approval.by)))
        .where(Approval.action_id == Action.action_id, Approval.answer == "approved", Approval.by != Action.planned_by)
        .correlate(Action)
        .scalar_subquery()
    )
    has_come = sa.or_(
        Action.state == str(ActionState.IN_FORCE),
        sa.and_(Action.state == str(ActionState.REHEARSED), Action.ends_at.is_not(None)),
    )
    ends = sa.or_(Action.ends_at.is_(None), Action.ends_at > look.now)
    query = sa.select(Action, approved).where(has_come, ends, Action.kind != str(ActionKind.ASK))
    return [
        GatewayAction(
            action_id=action.action_id,
            case_id=action.case_id,
            kind=ActionKind(action.kind),
            since=action.carried_out_at or action.due_at,
            until=action.ends_at,
            n_people=1 + n,
            is_rehearsal=action.state == ActionState.REHEARSED,
        )
        for action, n in look.session.execute(query.order_by(Action.action_id))
    ]


def limited_accounts(look: Look) -> Iterator[tuple[int, str]]:
    """Yield the number of each action of :func:`gateway_actions` with each account to which it applies.

    See :func:`in_force` for the accounts that are left out.
    """
    applies = [sa.and_(*_applies(look, None, state)) for state in (ActionState.IN_FORCE, ActionState.REHEARSED)]
    query = (
        sa.select(ActionAccount.action_id, ActionAccount.account_id)
        .join(Action, Action.action_id == ActionAccount.action_id)
        .where(sa.or_(*applies))
    )
    # Without the session, which would keep a million rows.
    rows = look.session.connection().execute(query, execution_options={"yield_per": _BATCH})
    yield from ((number, account) for number, account in rows)


def next_change(look: Look) -> datetime | None:
    """Return the next moment at which an action, an allowance or an answer ends by itself, or ``None``."""
    ends = [
        sa.select(sa.func.min(Action.ends_at)).where(Action.ends_at > look.now),
        sa.select(sa.func.min(Allowance.expires_at)).where(Allowance.expires_at > look.now),
        sa.select(sa.func.min(Judgement.expires_at)).where(Judgement.expires_at > look.now),
    ]
    found = [look.session.execute(query).scalar() for query in ends]
    return min((at for at in found if at is not None), default=None)


def _applies(
    look: Look, account: str | None, state: ActionState = ActionState.IN_FORCE
) -> tuple[sa.ColumnElement[bool], ...]:
    objected = (
        sa.or_(Judgement.case_id == Action.case_id, Judgement.appeal_id.is_not(None)),
        Judgement.verdict == str(Verdict.INNOCENT),
        Judgement.superseded_at.is_(None),
        sa.or_(Judgement.expires_at.is_(None), Judgement.expires_at > look.now),
    )
    of_account = sa.exists().where(Judgement.account_id == ActionAccount.account_id, *objected)
    of_campaign = sa.exists().where(Judgement.account_id.is_(None), *objected)
    limits = Action.kind != str(ActionKind.OBSERVE)
    one = () if account is None else (ActionAccount.account_id == account,)
    return (
        Action.state == str(state),
        ActionAccount.arm == TREATED,
        ActionAccount.undone_at.is_(None),
        sa.or_(Action.ends_at.is_(None), Action.ends_at > look.now),
        sa.not_(allowed_since(look, ActionAccount.account_id)),
        sa.not_(sa.and_(limits, sa.or_(of_account, of_campaign))),
        *one,
    )
