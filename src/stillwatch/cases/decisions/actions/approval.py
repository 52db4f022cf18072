"""Approves, refuses or cancels a planned action."""

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.access.users import known_as
from stillwatch.cases.decisions.actions.eligibility import eligible
from stillwatch.cases.decisions.actions.kinds import HELD_OUT, TREATED, WAITING, ActionKind, ActionState
from stillwatch.cases.decisions.actions.rows import action_of, is_over, locked_action
from stillwatch.cases.decisions.judgements import case_of
from stillwatch.cases.decisions.seen import Compared, SeenGroup, require_seen, seen_of
from stillwatch.cases.store.schema import ActionAccount, Approval
from stillwatch.cases.store.text_limits import said
from stillwatch.errors import PolicyError

__all__ = ["answer", "cancel", "may_still", "seen_action"]


def answer(work: Work, action_id: int, why: str, *, approve: bool, seen: str = "") -> ActionState:
    """Approve or refuse a proposed action as the second person, and return its new state.

    *seen* is what the person looked at, ``seen_action`` as text. Raises ``ChangedError`` where it has changed, and
    ``PolicyError`` where the action is not proposed, its end has passed, or the actor planned it.
    """
    work.actor.require(Permission.APPROVE)
    action = locked_action(work, action_id)
    if action.state != ActionState.PROPOSED:
        raise PolicyError(f"the action is {action.state}, not proposed", where=f"action {action_id}")
    if approve and is_over(work, action):
        raise PolicyError(
            "the end of the action has passed", where=f"action {action_id}", remedy="Refuse it, and plan another."
        )
    if known_as(action.planned_by) == known_as(work.actor.name):
        raise PolicyError(
            "the person who planned an action cannot approve it",
            where=f"action {action_id}",
            remedy="Ask a second person.",
        )
    accounts = may_still(work, action_id)
    now = seen_of(case_of(work, action.case_id).last_scan, accounts)
    require_seen(work, action.case_id, seen, now, accounts)
    said_why, word = said(why, "reason"), "approved" if approve else "refused"
    work.session.add(
        Approval(action_id=action_id, by=work.actor.name, answer=word, why=said_why, at=work.now),
    )
    action.state = str(ActionState.SCHEDULED if approve else ActionState.REFUSED)
    work.record(f"action {word}", f"case {action.case_id}", action_id=action_id, why=said_why, **now.facts())
    return ActionState(action.state)


def seen_action(look: Look, action_id: int) -> SeenGroup:
    """Return what a page about an action shows: the last scan of its case, and the accounts that it may still touch."""
    return seen_of(case_of(look, action_of(look, action_id).case_id).last_scan, may_still(look, action_id))


def may_still(look: Look, action_id: int) -> set[str]:
    """Return the accounts of an action that it may touch now, those held out included; of an experiment the drawn."""
    action = action_of(look, action_id)
    arms = (TREATED, HELD_OUT, WAITING)
    query = sa.select(ActionAccount.account_id).where(
        ActionAccount.action_id == action_id, ActionAccount.arm.in_(arms), ActionAccount.undone_at.is_(None)
    )
    planned = set(look.session.scalars(query))
    if action.kind == ActionKind.ASK or action.state not in (ActionState.PROPOSED, ActionState.SCHEDULED):
        return planned
    return eligible(look, action.case_id, ActionKind(action.kind), planned, max(look.now, action.due_at))[0]


def cancel(work: Work, action_id: int, why: str, *, seen: str = "") -> None:
    """Cancel an action that has not been carried out.

    *seen* is what the person looked at, ``seen_action`` as text; its accounts are compared. Raises ``ChangedError``
    where they have changed, and ``PolicyError`` for any other state.
    """
    work.actor.require(Permission.ACT)
    action = locked_action(work, action_id)
    if action.state not in (ActionState.PROPOSED, ActionState.SCHEDULED):
        raise PolicyError(f"the action is {action.state}", where=f"action {action_id}", remedy="Undo it instead.")
    accounts = may_still(work, action_id)
    now = seen_of(case_of(work, action.case_id).last_scan, accounts)
    # A newer scan is no reason to go on with a plan, so the scan is not compared.
    require_seen(work, action.case_id, seen, now, accounts, compared=Compared.ACCOUNTS)
    action.state = str(ActionState.CANCELLED)
    said_why = said(why, "reason")
    work.record("action cancelled", f"case {action.case_id}", action_id=action_id, why=said_why, **now.facts())
