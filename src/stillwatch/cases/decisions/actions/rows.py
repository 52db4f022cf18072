"""Reads the rows of an action and of its accounts, and locks an action for a change."""

from datetime import datetime

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.decisions.actions.kinds import TREATED
from stillwatch.cases.store.schema import Action, ActionAccount
from stillwatch.errors import MissingError

__all__ = ["accounts_in", "action_of", "is_over", "locked_action", "treats_at"]


def action_of(look: Look, action_id: int) -> Action:
    """Return the action of that number. Raises ``MissingError`` where there is none."""
    action = look.row(Action, action_id)
    if action is None:
        raise MissingError("there is no such action", where=f"action {action_id}", remedy="See `stillwatch case show`.")
    return action


def locked_action(work: Work, action_id: int) -> Action:
    """Return the action and lock its row, so that on PostgreSQL two changes of one action come one after the other.

    Raises ``MissingError`` where there is no such action.
    """
    action_of(work, action_id)
    return work.session.get_one(Action, action_id, with_for_update=True, populate_existing=True)


def accounts_in(look: Look, action_id: int, arm: str, *, undone: bool | None = None) -> set[str]:
    """Return the accounts of an action in one arm: all, the undone ones, or those that are not undone."""
    query = sa.select(ActionAccount.account_id).where(ActionAccount.action_id == action_id, ActionAccount.arm == arm)
    if undone is not None:
        query = query.where(ActionAccount.undone_at.is_not(None) if undone else ActionAccount.undone_at.is_(None))
    return set(look.session.execute(query).scalars())


def is_over(look: Look, action: Action) -> bool:
    """Return whether the end of the action has passed."""
    return action.ends_at is not None and action.ends_at <= look.now


def treats_at(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions under which an action that is in force *at* a time treats an account then."""
    not_ended = sa.or_(Action.ends_at.is_(None), Action.ends_at > at)
    return ActionAccount.arm == TREATED, ActionAccount.undone_at.is_(None), not_ended
