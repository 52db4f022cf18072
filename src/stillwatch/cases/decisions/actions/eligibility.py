"""Decides which accounts of a case an action may touch, and counts the others by reason."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.actions.kinds import ActionKind, ActionState
from stillwatch.cases.decisions.actions.rows import treats_at
from stillwatch.cases.decisions.allowances import allowed
from stillwatch.cases.decisions.judgements import members_of, standings
from stillwatch.cases.decisions.verdict import Standing
from stillwatch.cases.store.schema import Action, ActionAccount

__all__ = ["eligible"]

_ALREADY = "under this already"


def eligible(
    look: Look, case_id: int, kind: ActionKind, accounts: Collection[str] | None, at: datetime
) -> tuple[set[str], dict[str, int]]:
    """Return the accounts that an action of *kind* may touch from *at* on, and the number of others by reason.

    *accounts* are the candidates; without them every member of the case is one. An account must stand at confirmed; for
    *observe*, which limits nothing, every standing but innocent will do. An account under an allowance is left out.
    """
    stands = standings(look, case_id)
    named = set(stands) if accounts is None else members_of(look, case_id, accounts)
    fit = {Standing.CONFIRMED} if kind is not ActionKind.OBSERVE else set(Standing) - {Standing.INNOCENT}
    spared = allowed(look, named)
    fitting = {account for account in named if stands[account] in fit and account not in spared}
    already = _already(look, kind, at) & fitting
    why = Counter("allowed" if account in spared else str(stands[account]) for account in named - fitting)
    why.update([_ALREADY] * len(already))
    return fitting - already, dict(sorted(why.items()))


def _already(look: Look, kind: ActionKind, at: datetime) -> set[str]:
    """Return the accounts that an action of this kind limits now and still will *at* that time.

    An account has one limit of a kind at a time. Otherwise a notice that a limit is lifted could be false.
    """
    query = (
        sa.select(ActionAccount.account_id)
        .join(Action, Action.action_id == ActionAccount.action_id)
        .where(Action.state == ActionState.IN_FORCE, Action.kind == str(kind), *treats_at(at))
    )
    return set(look.session.execute(query).scalars())
