"""Appeals: account holders object to an action, and a person who took no part in the decision answers per account.

An overturned account is freed from every action of the case at once. It counts as innocent from then on, whatever other
people answer, and is an honest example for calibration. The statement of the holder is stored; the audit log holds its
digest only.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from hashlib import sha256

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.access.users import known_as
from stillwatch.cases.decisions.actions import notices
from stillwatch.cases.decisions.actions.kinds import TREATED, ActionState
from stillwatch.cases.decisions.actions.reversal import lift
from stillwatch.cases.decisions.actions.rows import action_of, is_over
from stillwatch.cases.decisions.judgements import case_of
from stillwatch.cases.decisions.seen import SeenGroup, require_seen, seen_of
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.store.asking_schema import AskedAccount, Experiment
from stillwatch.cases.store.schema import Action, ActionAccount, Appeal, AppealAccount, Approval, Judgement
from stillwatch.cases.store.text_limits import account_facts, batches, said
from stillwatch.errors import InputError, MissingError, PolicyError

__all__ = [
    "AppealOutcome",
    "answer",
    "appeal_of",
    "deciders",
    "n_still_limited",
    "outcome_text",
    "read",
    "receive",
    "seen_appeal",
    "still_limited",
    "took_part",
    "waiting",
]


class AppealOutcome(StrEnum):
    """The outcome of an appeal for one account."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"


def receive(work: Work, action_id: int, accounts: Collection[str], statement: str) -> int:
    """Store the appeal of the holders of *accounts* against an action, and return its number.

    Raises ``InputError`` for accounts that the action does not limit and never limited, and ``PolicyError`` where one
    of them has an open appeal against this action.
    """
    action = action_of(work, action_id)
    # The action is locked, so that on PostgreSQL two appeals of one account come one after the other.
    work.session.execute(sa.select(Action.action_id).where(Action.action_id == action_id).with_for_update())
    chosen, statement = set(accounts), said(statement, "statement", most=20_000)
    limited = set(
        work.session.execute(
            sa.select(ActionAccount.account_id).where(
                ActionAccount.action_id == action_id, ActionAccount.arm == TREATED
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


def answer(work: Work, appeal_id: int, outcomes: Mapping[str, AppealOutcome], why: str, *, seen: str = "") -> None:
    """Answer an appeal with an outcome for each of its accounts. Overturned accounts are freed and count as innocent.

    *seen* is what the person looked at, ``seen_appeal`` as text. Raises ``ChangedError`` where it has changed,
    ``PolicyError`` where the appeal is answered already or the actor took part in the decision, and ``InputError``
    where *outcomes* are not for exactly the accounts of the appeal.
    """
    work.actor.require(Permission.APPROVE)
    appeal_of(work, appeal_id)
    appeal = work.session.get_one(Appeal, appeal_id, with_for_update=True, populate_existing=True)
    if appeal.state != "open":
        raise PolicyError("the appeal is answered already", where=f"appeal {appeal_id}")
    asked = _accounts(work, appeal_id)
    if set(outcomes) != asked:
        raise InputError(
            f"{len(asked)} accounts need an answer",
            where=f"appeal {appeal_id}",
            remedy="Answer for each of them, and for no other account.",
        )
    action = action_of(work, appeal.action_id)
    if took_part(work, action, work.actor.name):
        raise PolicyError(
            "a person who took part in the decision cannot answer the appeal",
            where=f"appeal {appeal_id}",
            remedy="Ask a person who neither judged, planned nor approved it.",
        )
    now = seen_appeal(work, appeal_id)
    require_seen(work, action.case_id, seen, now, asked)
    appeal.state, appeal.answered_at, appeal.answered_by = "answered", work.now, work.actor.name
    appeal.why = said(why, "reason")
    for account, outcome in outcomes.items():
        work.session.execute(
            sa.update(AppealAccount)
            .where(AppealAccount.appeal_id == appeal_id, AppealAccount.account_id == account)
            .values(outcome=str(outcome))
        )
    freed = sorted(account for account, outcome in outcomes.items() if outcome is AppealOutcome.OVERTURNED)
    stays = sorted(account for account, outcome in outcomes.items() if outcome is AppealOutcome.UPHELD)
    facts = account_facts(freed)
    entry = work.record(
        "appeal answered", f"appeal {appeal_id}", why=appeal.why, n_upheld=len(stays), n_overturned=len(freed),
        overturned_sha256=str(facts["accounts_sha256"]), **now.facts(),
    )  # fmt: skip
    _free(work, action, appeal, freed, entry)
    limited = still_limited(work, action, stays)
    _tell(work, action, appeal, sorted(limited), AppealOutcome.UPHELD)
    _tell(work, action, appeal, sorted(set(stays) - limited), AppealOutcome.UPHELD, holds=False)


def appeal_of(look: Look, appeal_id: int) -> Appeal:
    """Return the appeal of that number. Raises ``MissingError`` where there is none."""
    appeal = look.row(Appeal, appeal_id)
    if appeal is None:
        raise MissingError("there is no such appeal", where=f"appeal {appeal_id}")
    return appeal


def seen_appeal(look: Look, appeal_id: int) -> SeenGroup:
    """Return what a page about an appeal shows: the last scan of the case, and the accounts of the appeal."""
    case_id = action_of(look, appeal_of(look, appeal_id).action_id).case_id
    return seen_of(case_of(look, case_id).last_scan, _accounts(look, appeal_id))


def read(work: Work, appeal_id: int) -> str:
    """Return the statement of the holders, and record in the audit log who read it."""
    work.actor.require(Permission.REVEAL)
    statement = appeal_of(work, appeal_id).statement
    work.record("appeal read", f"appeal {appeal_id}")
    return statement


def waiting(look: Look) -> list[Appeal]:
    """Return the open appeals, the oldest first."""
    query = sa.select(Appeal).where(Appeal.state == "open").order_by(Appeal.received_at, Appeal.appeal_id)
    return list(look.session.execute(query).scalars())


def deciders(look: Look, action: Action) -> set[str]:
    """Return the names of the people who took part in the decision.

    They planned the action, approved or refused it, judged anything in the case, or entered what an asked account said.
    """
    approved = look.session.execute(sa.select(Approval.by).where(Approval.action_id == action.action_id)).scalars()
    judged = look.session.execute(
        sa.select(Judgement.by).where(Judgement.case_id == action.case_id, Judgement.appeal_id.is_(None)).distinct()
    ).scalars()
    entered = look.session.execute(
        sa.select(AskedAccount.recorded_by)
        .join(Experiment, Experiment.experiment_id == AskedAccount.experiment_id)
        .where(Experiment.case_id == action.case_id, AskedAccount.recorded_by.is_not(None))
        .distinct()
    ).scalars()
    return {action.planned_by, *approved, *judged, *(name for name in entered if name)}


def took_part(look: Look, action: Action, name: str) -> bool:
    """Return whether *name* is one of :func:`deciders`. Names are compared without case."""
    return known_as(name) in {known_as(decider) for decider in deciders(look, action)}


def still_limited(look: Look, action: Action, accounts: Collection[str]) -> set[str]:
    """Return those of *accounts* that the action limits now."""
    if is_over(look, action) or action.state != ActionState.IN_FORCE:
        return set()
    found: set[str] = set()
    for some in batches(accounts):
        query = _limited(action.action_id).where(ActionAccount.account_id.in_(some))
        found.update(look.session.execute(query).scalars())
    return found


def n_still_limited(look: Look, appeal: Appeal, action: Action) -> int:
    """Return the number of accounts of an appeal that the action limits now."""
    if is_over(look, action) or action.state != ActionState.IN_FORCE:
        return 0
    asked = sa.select(AppealAccount.account_id).where(AppealAccount.appeal_id == appeal.appeal_id)
    limited = _limited(action.action_id).where(ActionAccount.account_id.in_(asked))
    return look.session.execute(sa.select(sa.func.count()).select_from(limited.subquery())).scalar_one()


def outcome_text(look: Look, action: Action, outcome: AppealOutcome, *, holds: bool = True) -> str | None:
    """Return the notice about *outcome*, or ``None`` where the action has no effect on an account holder."""
    kind = notices.NoticeKind(str(outcome))
    return notices.notice_text(look, kind, action.kind, action.case_id, action.ends_at, holds=holds)


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
        still = set(accounts) & set(work.session.execute(_limited(action_id)).scalars())
        if still:
            lift(work, action_id, f"Overturned by appeal {appeal.appeal_id}.", still, tell=False)
    _tell(work, action, appeal, accounts, AppealOutcome.OVERTURNED)


def _limited(action_id: int) -> sa.Select[str]:
    return sa.select(ActionAccount.account_id).where(
        ActionAccount.action_id == action_id, ActionAccount.arm == TREATED, ActionAccount.undone_at.is_(None)
    )


def _tell(
    work: Work, action: Action, appeal: Appeal, accounts: list[str], outcome: AppealOutcome, *, holds: bool = True
) -> None:
    text = outcome_text(work, action, outcome, holds=holds)
    if text is not None:
        kind = notices.NoticeKind(str(outcome))
        notices.notify(work, action.action_id, accounts, kind, text, appeal.appeal_id)
