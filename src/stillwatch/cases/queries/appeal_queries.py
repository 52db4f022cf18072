"""Reads appeals for the person who answers: the decision and its people, the evidence, and innocent explanations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.access.roles import Actor, Permission
from stillwatch.cases.decisions.actions import action_of
from stillwatch.cases.decisions.appeals import (
    AppealOutcome,
    appeal_of,
    deciders,
    n_still_limited,
    outcome_text,
    still_limited,
    took_part,
)
from stillwatch.cases.decisions.chances import both
from stillwatch.cases.decisions.judgements import tallies
from stillwatch.cases.decisions.verdict import Standing, VerdictTally, of_account
from stillwatch.cases.queries.action_queries import Progress, progress
from stillwatch.cases.store.schema import Action, Appeal, AppealAccount, Case, CaseMember, Sighting
from stillwatch.model import ReasonKind

__all__ = ["Heard", "Hearing", "ListedAppeal", "Promised", "everybody", "hearing", "hindrance", "listed"]


@dataclass(frozen=True, slots=True)
class ListedAppeal:
    """One line of the list of appeals."""

    appeal_id: int
    action_id: int
    case_id: int
    kind: str
    state: str
    received_at: datetime
    answered_at: datetime | None
    answered_by: str | None
    n_accounts: int
    n_overturned: int


@dataclass(frozen=True, slots=True)
class Heard:
    """One account of an appeal.

    ``reasons`` are the strongest of each kind of evidence. ``p_both`` is ``p_group`` times ``p_member``.
    ``is_limited`` says whether the action limits the account now.
    """

    account_id: str
    outcome: AppealOutcome | None
    p_member: float | None
    p_both: float | None
    reasons: tuple[Mapping[str, Any], ...]
    standing: Standing
    is_limited: bool


@dataclass(frozen=True, slots=True)
class Promised:
    """The notice for an outcome. ``holds`` says whether it is for accounts that the action still limits."""

    outcome: AppealOutcome
    holds: bool
    text: str


@dataclass(frozen=True, slots=True)
class Hearing:
    """An appeal without the statement of the holders, and one page of its ``total`` accounts.

    ``notices`` are the texts for each outcome, for accounts that the action still limits and for the others.
    """

    appeal_id: int
    state: str
    received_at: datetime
    received_by: str
    answered_at: datetime | None
    answered_by: str | None
    why: str | None
    action: Progress
    case_title: str
    deciders: tuple[str, ...]
    reasons: tuple[Mapping[str, Any], ...]
    innocent_readings: tuple[str, ...]
    notices: tuple[Promised, ...]
    accounts: tuple[Heard, ...]
    total: int


def listed(look: Look, *, start: int = 0, count: int = 50) -> tuple[list[ListedAppeal], int]:
    """Return one page of the appeals and the number of all.

    The open appeals come first, the oldest first. The answered ones follow, the newest first.
    """
    total = look.session.execute(sa.select(sa.func.count()).select_from(Appeal)).scalar_one()
    waits = sa.case((Appeal.state == "open", 0), else_=1)
    turn = sa.case((Appeal.state == "open", Appeal.appeal_id), else_=-Appeal.appeal_id)
    query = (
        sa.select(Appeal, Action.case_id, Action.kind)
        .join(Action, Action.action_id == Appeal.action_id)
        .order_by(waits, turn)
        .offset(start)
        .limit(count)
    )
    found = look.session.execute(query).all()
    counts = _counts(look, [appeal.appeal_id for appeal, _, _ in found])
    return [
        ListedAppeal(
            appeal_id=appeal.appeal_id,
            action_id=appeal.action_id,
            case_id=case_id,
            kind=kind,
            state=appeal.state,
            received_at=appeal.received_at,
            answered_at=appeal.answered_at,
            answered_by=appeal.answered_by,
            n_accounts=counts[appeal.appeal_id][0],
            n_overturned=counts[appeal.appeal_id][1],
        )
        for appeal, case_id, kind in found
    ], total


def hearing(look: Look, appeal_id: int, *, start: int = 0, count: int = 100) -> Hearing:
    """Return one appeal. Raises ``MissingError`` where there is none of that number."""
    appeal = appeal_of(look, appeal_id)
    action = action_of(look, appeal.action_id)
    case = look.session.get_one(Case, action.case_id)
    campaign = _campaign(look, case)
    page = list(look.session.execute(_asking(appeal_id).offset(start).limit(count)).scalars())
    total = look.session.execute(sa.select(sa.func.count()).select_from(_asking(appeal_id).subquery())).scalar_one()
    return Hearing(
        appeal_id=appeal_id,
        state=appeal.state,
        received_at=appeal.received_at,
        received_by=appeal.received_by,
        answered_at=appeal.answered_at,
        answered_by=appeal.answered_by,
        why=appeal.why,
        action=progress(look, action.action_id),
        case_title=case.title,
        deciders=tuple(sorted(deciders(look, action))),
        reasons=tuple(campaign.get("reasons", ())),
        innocent_readings=tuple(campaign.get("innocent_readings", ())),
        notices=_promised(look, action, n_still_limited(look, appeal, action), total),
        accounts=_accounts(look, appeal, action, page),
        total=total,
    )


def everybody(look: Look, appeal_id: int) -> list[str]:
    """Return the accounts of an appeal, sorted."""
    return list(look.session.execute(_asking(appeal_id)).scalars())


def hindrance(look: Look, appeal_id: int, actor: Actor) -> str:
    """Return the reason why *actor* cannot answer the appeal, as a sentence; empty where they can."""
    appeal = appeal_of(look, appeal_id)
    if appeal.state != "open":
        return "The appeal is answered already."
    if not actor.may(Permission.APPROVE):
        return "Your role cannot answer appeals."
    if took_part(look, action_of(look, appeal.action_id), actor.name):
        return (
            "You took part in the decision: you judged the case, planned the action or approved it. Ask another person."
        )
    return ""


def _asking(appeal_id: int) -> sa.Select[str]:
    query = sa.select(AppealAccount.account_id).where(AppealAccount.appeal_id == appeal_id)
    return query.order_by(AppealAccount.account_id)


def _campaign(look: Look, case: Case) -> Mapping[str, Any]:
    sighting = look.session.get(Sighting, (case.case_id, case.last_scan)) if case.last_scan else None
    return sighting.campaign if sighting is not None else {}


def _promised(look: Look, action: Action, n_limited: int, n_all: int) -> tuple[Promised, ...]:
    cases = [
        (AppealOutcome.UPHELD, True, n_limited),
        (AppealOutcome.UPHELD, False, n_all - n_limited),
        (AppealOutcome.OVERTURNED, True, 1),
    ]
    texts = [(outcome, holds, outcome_text(look, action, outcome, holds=holds)) for outcome, holds, n in cases if n]
    return tuple(Promised(outcome, holds, text) for outcome, holds, text in texts if text is not None)


def _accounts(look: Look, appeal: Appeal, action: Action, accounts: list[str]) -> tuple[Heard, ...]:
    query = sa.select(AppealAccount.account_id, AppealAccount.outcome).where(
        AppealAccount.appeal_id == appeal.appeal_id, AppealAccount.account_id.in_(accounts)
    )
    outcomes = dict(look.session.execute(query.order_by(AppealAccount.account_id)).all())
    query_of = sa.select(CaseMember).where(CaseMember.case_id == action.case_id, CaseMember.account_id.in_(accounts))
    members = {row.account_id: row for row in look.session.execute(query_of).scalars()}
    counted = tallies(look, action.case_id, only=accounts)
    whole = counted.get(None, VerdictTally()).standing
    limited = still_limited(look, action, accounts)
    p_group = look.session.get_one(Case, action.case_id).p_group
    return tuple(
        Heard(
            account_id=account,
            outcome=AppealOutcome(outcome) if outcome else None,
            p_member=members[account].p_member if account in members else None,
            p_both=both(p_group, members[account].p_member) if account in members else None,
            reasons=_strongest(members[account].reasons if account in members else ()),
            standing=of_account(whole, counted.get(account, VerdictTally()).standing),
            is_limited=account in limited,
        )
        for account, outcome in outcomes.items()
    )


def _strongest(reasons: Any) -> tuple[Mapping[str, Any], ...]:
    """Return the strongest reason of each kind. Descriptions are no evidence, and kinds cannot be compared."""
    found: dict[str, Mapping[str, Any]] = {}
    for reason in reasons:
        kind = reason.get("kind") or ""
        if kind != ReasonKind.DESCRIPTION and (kind not in found or _value(reason) > _value(found[kind])):
            found[kind] = reason
    order = [str(kind) for kind in (ReasonKind.NEG_LOG2_P, ReasonKind.LOG2_LR, ReasonKind.RARITY)]
    return tuple(found[kind] for kind in [*order, *sorted(found.keys() - set(order))] if kind in found)


def _value(reason: Mapping[str, Any]) -> float:
    """Return the weight of a stored reason; earlier versions called it ``bits``."""
    return float(reason.get("value", reason.get("bits")) or 0.0)


def _counts(look: Look, numbers: list[int]) -> dict[int, tuple[int, int]]:
    overturned = sa.func.sum(sa.case((AppealAccount.outcome == str(AppealOutcome.OVERTURNED), 1), else_=0))
    query = (
        sa.select(AppealAccount.appeal_id, sa.func.count(), overturned)
        .where(AppealAccount.appeal_id.in_(numbers))
        .group_by(AppealAccount.appeal_id)
    )
    return {appeal_id: (n, int(over)) for appeal_id, n, over in look.session.execute(query)}
