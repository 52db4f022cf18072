"""Approves, refuses or cancels a planned action."""

from stillwatch.cases.access.desk import Work
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.access.users import known_as
from stillwatch.cases.decisions.actions.kinds import ActionState
from stillwatch.cases.decisions.actions.rows import is_over, locked_action
from stillwatch.cases.store.schema import Approval
from stillwatch.cases.store.text_limits import said
from stillwatch.errors import PolicyError

__all__ = ["answer", "cancel"]


def answer(work: Work, action_id: int, why: str, *, approve: bool) -> ActionState:
    """Approve or refuse a proposed action as the second person, and return its new state.

    Raises ``PolicyError`` where the action is not proposed, its end has passed, or the actor planned it.
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
    said_why, word = said(why, "reason"), "approved" if approve else "refused"
    work.session.add(
        Approval(action_id=action_id, by=work.actor.name, answer=word, why=said_why, at=work.now),
    )
    action.state = str(ActionState.SCHEDULED if approve else ActionState.REFUSED)
    work.record(f"action {word}", f"case {action.case_id}", action_id=action_id, why=said_why)
    return ActionState(action.state)


def cancel(work: Work, action_id: int, why: str) -> None:
    """Cancel an action that has not been carried out. Raises ``PolicyError`` for any other state."""
    work.actor.require(Permission.ACT)
    action = locked_action(work, action_id)
    if action.state not in (ActionState.PROPOSED, ActionState.SCHEDULED):
        raise PolicyError(f"the action is {action.state}", where=f"action {action_id}", remedy="Undo it instead.")
    action.state = str(ActionState.CANCELLED)
    work.record("action cancelled", f"case {action.case_id}", action_id=action_id, why=said(why, "reason"))
