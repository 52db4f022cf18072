"""Computes how probable it is, by the last scan alone, that accounts are in such a group: ``p_group × p_member``.

``p_member`` assumes that the group works through one list or is run as one. So it must not stand alone where somebody
acts on an account.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.store.schema import Action, ActionAccount, Case, CaseMember

__all__ = ["GroupChances", "both", "chances", "chances_of_action"]


@dataclass(frozen=True, slots=True)
class GroupChances:
    """The probabilities of some accounts of a case.

    ``least`` and ``most`` are the smallest and the largest, null where no scan stated one. ``n_outside`` is the number
    of accounts that are expected not to be in such a group. ``n_unknown`` counts accounts without a probability.
    """

    least: float | None
    most: float | None
    n_outside: float
    n_unknown: int


def both(p_group: float | None, p_member: float | None) -> float | None:
    """Return the probability that an account is in such a group; None where the scan did not state both factors."""
    return None if p_group is None or p_member is None else p_group * p_member


def chances(look: Look, case_id: int, accounts: Collection[str]) -> GroupChances:
    """Return the probabilities of *accounts* by the last scan that reported the case."""
    p_group = look.session.execute(sa.select(Case.p_group).where(Case.case_id == case_id)).scalar()
    query = sa.select(CaseMember.account_id, CaseMember.p_member).where(CaseMember.case_id == case_id)
    wanted = set(accounts)
    stated = [both(p_group, p) for account, p in look.session.execute(query) if account in wanted]
    known = [p for p in stated if p is not None]
    return GroupChances(
        least=min(known, default=None),
        most=max(known, default=None),
        n_outside=math.fsum(1 - p for p in known),
        n_unknown=len(wanted) - len(known),
    )


def chances_of_action(look: Look, action_id: int) -> GroupChances:
    """Return the probabilities of all accounts of an action, those held out included."""
    case_id = look.session.execute(sa.select(Action.case_id).where(Action.action_id == action_id)).scalar_one()
    query = sa.select(ActionAccount.account_id).where(ActionAccount.action_id == action_id)
    return chances(look, case_id, list(look.session.execute(query).scalars()))
