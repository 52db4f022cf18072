"""Carries out actions that are due."""

from collections.abc import Collection

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.decisions.actions import notices
from stillwatch.cases.decisions.actions.eligibility import eligible
from stillwatch.cases.decisions.actions.kinds import DROPPED, TREATED, ActionKind, ActionState
from stillwatch.cases.decisions.actions.rows import accounts_in, is_over, locked_action
from stillwatch.cases.store.schema import Action, ActionAccount
from stillwatch.cases.store.text_limits import account_facts, batches
from stillwatch.errors import PolicyError

__all__ = ["carry_out", "due"]


def due(look: Look) -> list[int]:
    """Return the numbers of the scheduled actions that are due, the first to be due first."""
    query = sa.select(Action.action_id).where(Action.state == ActionState.SCHEDULED, Action.due_at <= look.now)
    return list(look.session.execute(query.order_by(Action.due_at, Action.action_id)).scalars())


def carry_out(work: Work, action_id: int) -> ActionState:
    """Bring a due action into force, or rehearse a dry run, and return its new state.

    Accounts that may no longer be acted on are dropped. The action is cancelled where no account is left, or where its
    end has already passed. Raises ``PolicyError`` where the action is not due.
    """
    action = locked_action(work, action_id)
    if action.state != ActionState.SCHEDULED or action.due_at > work.now:
        raise PolicyError("the action is not due", where=f"action {action_id}", remedy="Wait until it is due.")
    treated = accounts_in(work, action_id, TREATED)
    still, dropped = eligible(work, action.case_id, ActionKind(action.kind), treated, work.now)
    _drop(work, action_id, treated - still)
    if is_over(work, action) or not still:
        action.state = str(ActionState.CANCELLED)
    else:
        action.carried_out_at = work.now
        action.state = str(ActionState.REHEARSED if action.dry_run else ActionState.IN_FORCE)
    if action.state == ActionState.IN_FORCE:
        notices.notify_holders(work, action, sorted(still), notices.NoticeKind.LIMITED)
    facts = account_facts(still)
    n_dropped = sum(dropped.values())
    work.record(f"action {action.state}", f"case {action.case_id}", action_id=action_id, n_dropped=n_dropped, **facts)
    return ActionState(action.state)


def _drop(work: Work, action_id: int, accounts: Collection[str]) -> None:
    for some in batches(accounts):
        work.session.execute(
            sa.update(ActionAccount)
            .where(ActionAccount.action_id == action_id, ActionAccount.account_id.in_(some))
            .values(arm=DROPPED, note="When the action was due: no longer confirmed, allowed, or under this already.")
        )
