"""Reads the facts of an event from the database, for the body of a message to a receiver of webhooks.

The facts are read when the message is first sent. They describe the state at that time, not at the time of the event.
"""

import json
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.actions.active_limits import in_force
from stillwatch.cases.decisions.actions.kinds import TREATED
from stillwatch.cases.decisions.actions.notices import NoticeKind
from stillwatch.cases.decisions.asking.wording import REASON_CLASS
from stillwatch.cases.decisions.judgements import case_of, tallies
from stillwatch.cases.decisions.verdict import VerdictTally, of_account
from stillwatch.cases.store.asking_schema import AskedAccount, Experiment
from stillwatch.cases.store.schema import Action, ActionAccount, Appeal, AppealAccount, AuditEntry, Judgement, Notice
from stillwatch.delivery.events import EventKind
from stillwatch.delivery.payloads import AccountFact, ActionFact, AskFact, EventFacts
from stillwatch.delivery.queue import MessageRequest

__all__ = ["MOST_ACCOUNTS", "facts_of"]

MOST_ACCOUNTS = 200
"""The most accounts in one message. A longer list is split over several messages."""


def facts_of(look: Look, request: MessageRequest, console_url: str) -> Iterator[EventFacts]:
    """Yield the facts of an event, once per message, at least once.

    *console_url* is the address of the console, for the link. Raises ``NoResultFound`` (SQLAlchemy) where the audit
    entry, appeal or action is missing, and ``MissingError`` where the case is missing.
    """
    entry = look.session.get_one(AuditEntry, request.entry_seq)
    kind, details = request.kind, json.loads(entry.details)
    appeal = None
    if kind in (EventKind.APPEAL_RECEIVED, EventKind.APPEAL_ANSWERED):
        appeal = look.session.get_one(Appeal, int(entry.subject.partition(" ")[2]))
    action_id = appeal.action_id if appeal is not None else details.get("action_id")
    action = look.session.get_one(Action, action_id) if action_id is not None else None
    case_id = request.case_id if request.case_id is not None else action.case_id if action is not None else 0
    case, counted = case_of(look, case_id), tallies(look, case_id)
    whole = counted.get(None, VerdictTally()).standing
    outcomes = _accounts(look, kind, entry.seq, action_id, appeal, tuple(counted))
    limited = _limited(look, action.kind) if action is not None and outcomes else set()
    ask = _ask(look, entry.seq) if kind is EventKind.ACCOUNT_ASKED else None
    accounts = [
        AccountFact(
            account_id=account,
            stands_at=str(of_account(whole, counted.get(account, VerdictTally()).standing)),
            is_limited=account in limited,
            outcome=outcome,
        )
        for account, outcome in sorted(outcomes.items())
    ]
    parts = [accounts[n : n + MOST_ACCOUNTS] for n in range(0, len(accounts), MOST_ACCOUNTS)] or [[]]
    for number, some in enumerate(parts, start=1):
        yield EventFacts(
            kind=kind,
            sequence=entry.seq,
            at=entry.at,
            case_id=case_id,
            campaign_id=case.campaign_id,
            severity=case.severity,
            state=case.state,
            stands_at=str(whole),
            n_accounts=case.n_accounts,
            verdict=details.get("verdict") if kind is EventKind.CASE_JUDGED else None,
            action=_action(action) if action is not None else None,
            appeal_id=appeal.appeal_id if appeal is not None else None,
            accounts=tuple(some),
            part=number,
            parts=len(parts),
            url=f"{console_url}/cases/{case_id}",
            ask=ask,
        )


def _action(row: Action) -> ActionFact:
    until = row.ends_at.isoformat() if row.ends_at is not None else None
    return ActionFact(row.action_id, row.kind, row.state, row.dry_run, until)


def _ask(look: Look, seq: int) -> AskFact:
    """Return the question of the accounts that the audit entry *seq* asked. All of them got the same notice."""
    row = look.session.execute(
        sa.select(Experiment.question, AskedAccount.answer_by, Notice.text)
        .join(AskedAccount, AskedAccount.experiment_id == Experiment.experiment_id)
        .join(Notice, sa.and_(Notice.action_id == Experiment.action_id, Notice.account_id == AskedAccount.account_id))
        .where(AskedAccount.entry == seq, Notice.kind == str(NoticeKind.ASKED))
        .limit(1)
    ).one()
    return AskFact(row.question, REASON_CLASS, row.text, row.answer_by.isoformat())


def _limited(look: Look, kind: str) -> set[str]:
    """Return the accounts to which an action of this kind applies now, whichever action it is."""
    return {one.account_id for one in in_force(look) if one.kind == kind}


def _accounts(
    look: Look,
    kind: EventKind,
    seq: int,
    action_id: int | None,
    appeal: Appeal | None,
    answered: Sequence[str | None],
) -> dict[str, str | None]:
    """Return the accounts whose standing or limits the event changed, each with the outcome of its appeal."""
    if appeal is not None:
        rows = sa.select(AppealAccount.account_id, AppealAccount.outcome)
        found = look.session.execute(rows.where(AppealAccount.appeal_id == appeal.appeal_id))
        return {row.account_id: row.outcome for row in found}
    if kind is EventKind.ACCOUNT_ASKED:
        return dict.fromkeys(look.session.scalars(sa.select(AskedAccount.account_id).where(AskedAccount.entry == seq)))
    if kind is EventKind.CASE_JUDGED:
        about = look.session.scalars(sa.select(Judgement.account_id).where(Judgement.entry == seq)).all()
        # An answer about the campaign changes the standing of those members that have an answer of their own.
        return dict.fromkeys(a for a in (answered if None in about else about) if a is not None)
    if kind in (EventKind.ACTION_IN_FORCE, EventKind.ACTION_UNDONE):
        query = sa.select(ActionAccount.account_id).where(
            ActionAccount.action_id == action_id,
            ActionAccount.arm == TREATED,
            ActionAccount.undone_at.is_(None)
            if kind is EventKind.ACTION_IN_FORCE
            else ActionAccount.undone_at.is_not(None),
        )
        return dict.fromkeys(look.session.scalars(query))
    return {}
