"""Takes back an action that is in force, for all of its accounts or for some."""

from collections.abc import Collection

import sqlalchemy as sa

from stillwatch.cases.access.desk import Work
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions.actions import notices
from stillwatch.cases.decisions.actions.approval import may_still, seen_action
from stillwatch.cases.decisions.actions.kinds import TREATED, ActionState
from stillwatch.cases.decisions.actions.rows import accounts_in, locked_action
from stillwatch.cases.decisions.seen import Compared, require_seen
from stillwatch.cases.store.schema import ActionAccount
from stillwatch.cases.store.text_limits import account_facts, batches, said
from stillwatch.errors import InputError, PolicyError

__all__ = ["lift", "undo"]


def undo(work: Work, action_id: int, why: str, accounts: Collection[str] | None = None, *, seen: str = "") -> int:
    """Take back an action that is in force, for *accounts* or for all, and return the number of accounts.

    *seen* is what the person looked at, ``approval.seen_action`` as text; where all are undone, its accounts are
    compared. Raises ``ChangedError`` where they have changed, ``PolicyError`` where the action is not in force, and
    ``InputError`` where it does not limit *accounts*.
    """
    work.actor.require(Permission.ACT)
    if accounts is None:
        case_id = locked_action(work, action_id).case_id
        # A newer scan is no reason to keep a limit, so the scan is not compared.
        now, limited = seen_action(work, action_id), may_still(work, action_id)
        require_seen(work, case_id, seen, now, limited, compared=Compared.ACCOUNTS)
    return lift(work, action_id, why, accounts)


def lift(work: Work, action_id: int, why: str, accounts: Collection[str] | None = None, *, tell: bool = True) -> int:
    """Do the same as :func:`undo` without the permission to act, as the answer to an appeal does.

    *tell* writes the notice that the limit is lifted.
    """
    action = locked_action(work, action_id)
    if action.state != ActionState.IN_FORCE:
        raise PolicyError(f"the action is {action.state}, not in force", where=f"action {action_id}")
    limited = accounts_in(work, action_id, TREATED, undone=False)
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
        notices.notify_holders(work, action, sorted(chosen), notices.NoticeKind.LIFTED)
    facts = account_facts(chosen)
    work.record("action undone", f"case {action.case_id}", action_id=action_id, why=said_why, **facts)
    return len(chosen)
