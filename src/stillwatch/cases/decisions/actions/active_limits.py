"""Lists the accounts to which an action applies now, for gateways."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.actions.kinds import TREATED, ActionKind, ActionState
from stillwatch.cases.decisions.allowances import allowed_since
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.store.schema import Action, ActionAccount, Judgement

__all__ = ["InForce", "in_force", "n_in_force"]


@dataclass(frozen=True, slots=True)
class InForce:
    """One account to which an action applies now. ``until`` is null where the action has no end."""

    account_id: str
    kind: ActionKind
    action_id: int
    since: datetime
    until: datetime | None


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


def _applies(look: Look, account: str | None) -> tuple[sa.ColumnElement[bool], ...]:
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
        Action.state == str(ActionState.IN_FORCE),
        ActionAccount.arm == TREATED,
        ActionAccount.undone_at.is_(None),
        sa.or_(Action.ends_at.is_(None), Action.ends_at > look.now),
        sa.not_(allowed_since(look, ActionAccount.account_id)),
        sa.not_(sa.and_(limits, sa.or_(of_account, of_campaign))),
        *one,
    )
