"""Account holders object, and somebody who took no part in the decision answers, account by account.

What is overturned is undone at once, counts as innocent from then on whatever else was said, and is an honest example
for calibration. What the holder writes is kept, and never enters the audit log but as a digest.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from hashlib import sha256

import sqlalchemy as sa

from stillwatch.cases import notices
from stillwatch.cases.actions import ActionState, action_of, period_of, undo
from stillwatch.cases.desk import Look, Work
from stillwatch.cases.judgement import Verdict
from stillwatch.cases.roles import Permission
from stillwatch.cases.schema import Action, ActionAccount, Appeal, AppealAccount, Approval, Judgement
from stillwatch.cases.words import account_facts, said
from stillwatch.errors import InputError, MissingError, PolicyError

__all__ = ["Outcome", "answer", "appeal_of", "deciders", "receive", "waiting"]


class Outcome(StrEnum):
    """What becomes of one account of an appeal."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"


def receive(work: Work, action_id: int, accounts: Collection[str], statement: str) -> int:
    """Take down that the holders of *accounts* object to an action; return the number of the appeal.

    Only what an action limits, or once limited, can be appealed; each account once at a time.
    """
    action = action_of(work, action_id)
    chosen, statement = set(accounts), said(statement, "statement", most=20_000)
    limited = set(
        work.session.execute(
            sa.select(ActionAccount.account_id).where(
                ActionAccount.action_id == action_id, ActionAccount.arm == "treated"
            )
        ).scalars()
    )
    if not chosen or not chosen <= limited or action.state not in (ActionState.IN_FORCE, ActionState.UNDONE):
        raise InputError(
            "the action does not limit all of these accounts", where=f"action {action_id}", remedy="Check the accounts."
        )
    pending = sa.select(AppealAccount.account_id).join(Appeal, Appeal.appeal_id == AppealAccount.appeal_id)
    pending = pending.where(Appeal.action_id == action_id, Appeal.state == "open")
    if chosen & set(work.session.execute(pending).scalars()):
        raise PolicyError("an appeal of one of these accounts is open", where=f"action {action_id}")
    appeal = Appeal(
        action_id=action_id,
        state="open",
        statement=statement,
        received_at=work.now,
        received_by=work.actor.name,
    )
    work.session.add(appeal)
    work.session.flush()
    rows = [{"appeal_id": appeal.appeal_id, "account_id": account} for account in sorted(chosen)]
    work.session.execute(sa.insert(AppealAccount), rows)
    digest = sha256(statement.encode()).hexdigest()
    facts = account_facts(chosen)
    work.record("appeal received", f"appeal {appeal.appeal_id}", action_id=action_id, statement_sha256=digest, **facts)
    return appeal.appeal_id


def answer(work: Work, appeal_id: int, outcomes: Mapping[str, Outcome], why: str) -> None:
    """Answer an appeal: an outcome for each of its accounts; what is overturned is undone and counts as innocent."""
    work.actor.require(Permission.APPROVE)
    appeal = appeal_of(work, appeal_id)
    if appeal.state != "open":
        raise PolicyError("the appeal is answered", where=f"appeal {appeal_id}")
    asked = _accounts(work, appeal_id)
    if set(outcomes) != asked:
        raise InputError(
            f"{len(asked)} accounts need an answer",
            where=f"appeal {appeal_id}",
            remedy="Answer for each, and no other.",
        )
    action = action_of(work, appeal.action_id)
    if work.actor.name in deciders(work, action):
        raise PolicyError(
            "who took part in the decision cannot answer the appeal",
            where=f"appeal {appeal_id}",
            remedy="Ask somebody who neither judged, planned nor approved it.",
        )
    appeal.state, appeal.answered_at, appeal.answered_by = "answered", work.now, work.actor.name
    appeal.why = said(why, "reason")
    for account, outcome in outcomes.items():
        work.session.execute(
            sa.update(AppealAccount)
            .where(AppealAccount.appeal_id == appeal_id, AppealAccount.account_id == account)
            .values(outcome=str(outcome))
        )
    freed = sorted(account for account, outcome in outcomes.items() if outcome is Outcome.OVERTURNED)
    stays = sorted(account for account, outcome in outcomes.items() if outcome is Outcome.UPHELD)
    facts = account_facts(freed)
    entry = work.record(
        "appeal answered", f"appeal {appeal_id}", why=appeal.why, n_upheld=len(stays), n_overturned=len(freed),
        overturned_sha256=str(facts["accounts_sha256"]),
    )  # fmt: skip
    _free(work, action, appeal, freed, entry)
    _tell(work, action, appeal, stays, notices.NoticeKind.UPHELD)


def appeal_of(look: Look, appeal_id: int) -> Appeal:
    """Return the appeal of that number; ``MissingError`` where there is none."""
    appeal = look.row(Appeal, appeal_id)
    if appeal is None:
        raise MissingError("there is no such appeal", where=f"appeal {appeal_id}")
    return appeal


def waiting(look: Look) -> list[Appeal]:
    """Return the appeals that nobody has answered, the oldest first."""
    query = sa.select(Appeal).where(Appeal.state == "open").order_by(Appeal.received_at, Appeal.appeal_id)
    return list(look.session.execute(query).scalars())


def deciders(look: Look, action: Action) -> set[str]:
    """Return who took part in the decision: planned the action, answered the plan, or judged anything in the case."""
    approved = look.session.execute(sa.select(Approval.by).where(Approval.action_id == action.action_id)).scalars()
    judged = look.session.execute(
        sa.select(Judgement.by).where(Judgement.case_id == action.case_id, Judgement.appeal_id.is_(None)).distinct()
    ).scalars()
    return {action.planned_by, *approved, *judged}


def _accounts(look: Look, appeal_id: int) -> set[str]:
    query = sa.select(AppealAccount.account_id).where(AppealAccount.appeal_id == appeal_id)
    return set(look.session.execute(query).scalars())


def _free(work: Work, action: Action, appeal: Appeal, accounts: list[str], entry: int) -> None:
    if not accounts:
        return
    row = {
        "case_id": action.case_id,
        "verdict": str(Verdict.INNOCENT),
        "why": appeal.why,
        "by": work.actor.name,
        "at": work.now,
        "entry": entry,
        "appeal_id": appeal.appeal_id,
    }
    work.session.execute(sa.insert(Judgement), [row | {"account_id": account} for account in accounts])
    others = sa.select(Action.action_id).where(Action.case_id == action.case_id, Action.state == ActionState.IN_FORCE)
    for action_id in work.session.execute(others.order_by(Action.action_id)).scalars().all():
        limited = sa.select(ActionAccount.account_id).where(
            ActionAccount.action_id == action_id, ActionAccount.arm == "treated", ActionAccount.undone_at.is_(None)
        )
        still = set(accounts) & set(work.session.execute(limited).scalars())
        if still:
            undo(work, action_id, f"Overturned by appeal {appeal.appeal_id}.", still, tell=False)
    _tell(work, action, appeal, accounts, notices.NoticeKind.OVERTURNED)


def _tell(work: Work, action: Action, appeal: Appeal, accounts: list[str], kind: notices.NoticeKind) -> None:
    if action.kind not in notices.LIMITS:
        return
    text = notices.text_of(
        kind,
        action.kind,
        period=period_of(work, action.case_id),
        until=action.ends_at,
        address=work.settings.appeal_address,
    )
    notices.notify(work, action.action_id, accounts, kind, text, appeal.appeal_id)
