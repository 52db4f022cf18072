"""The outbox's other end: which messages are due, what they say, and what becomes of each try.

Whoever delivers takes messages for a while (a lease), so two that deliver at once share the work, and one that is
killed leaves nothing behind: its messages are due again. A message can therefore arrive twice, and its id says so.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import NoResultFound

from stillwatch.cases.access.desk import Desk, Look
from stillwatch.cases.decisions import hooks
from stillwatch.cases.decisions.active_limits import in_force
from stillwatch.cases.decisions.judgements import case_of, tallies
from stillwatch.cases.decisions.verdict import Tally, of_account
from stillwatch.cases.store.records_schema import Delivery, Hook
from stillwatch.cases.store.schema import Action, ActionAccount, Appeal, AppealAccount, AuditEntry, Judgement
from stillwatch.delivery import outbox, payloads
from stillwatch.delivery.outbox import EventKind, State
from stillwatch.delivery.payloads import AccountFact, ActionFact, Facts
from stillwatch.errors import StillwatchError

__all__ = ["MOST_ACCOUNTS", "TRIES", "Due", "Outcome", "claim", "settle", "wait_after"]

_WAITS = tuple(
    timedelta(seconds=s) for s in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)  # the schedule that Standard Webhooks gives as an example
TRIES = len(_WAITS) + 1
"""After so many tries, which is three days, a message is given up."""
MOST_ACCOUNTS = 200
"""In one message; a longer list comes in several."""
_OF_ONE = 5
_LEASE = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A message to be sent now, and what it is signed with."""

    delivery_id: int
    message_id: str
    tries: int
    hook_id: int
    url: str
    body: str
    secret: str
    api_key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a try; ``what`` is a sentence for an administrator, without what the receiver wrote."""

    is_delivered: bool
    what: str
    is_gone: bool = False
    wait: timedelta = timedelta(0)


def claim(desk: Desk, url: str, count: int = 20) -> list[Due]:
    """Take at most *count* messages that are due; *url* is where people reach the console, for links."""
    with desk.look() as look:
        if look.session.execute(_due(look).with_only_columns(Delivery.delivery_id).limit(1)).first() is None:
            return []
    with desk.bookkeeping() as look:
        found = look.session.execute(_fairly(look, count).with_for_update(skip_locked=True, of=Delivery)).all()
        taken = []
        for delivery, hook in found:
            if delivery.body is None and not _write(look, delivery, hook, url):
                continue
            delivery.tries, delivery.next_at = delivery.tries + 1, look.now + _LEASE
            taken.append(
                Due(
                    delivery_id=delivery.delivery_id,
                    message_id=delivery.message_id,
                    tries=delivery.tries,
                    hook_id=hook.hook_id,
                    url=hook.url,
                    body=delivery.body or "",
                    secret=hooks.secret_of(desk, hook.salt),
                    api_key=hooks.api_key_of(desk, hook.salt, hook.api_key),
                    at=look.now,
                )
            )
        return taken


def settle(desk: Desk, due: Due, outcome: Outcome) -> State:
    """Write down what became of a try, and return how far the message has come."""
    with desk.bookkeeping() as look:
        row = look.session.get_one(Delivery, due.delivery_id)
        if row.state != State.WAITING or row.tries != due.tries:
            return State(row.state)  # somebody else took it up after the lease
        row.last_at, row.outcome = look.now, outcome.what
        if outcome.is_delivered:
            # What was sent need not be kept: the audit log says what happened.
            row.state, row.body = str(State.DELIVERED), None
        elif row.tries >= TRIES or outcome.is_gone:
            row.state = str(State.GIVEN_UP)
        else:
            row.next_at = look.now + max(wait_after(row.tries, row.message_id), min(outcome.wait, _LONGEST_WAIT))
        return State(row.state)


def wait_after(tries: int, message_id: str) -> timedelta:
    """Return how long to wait after that many tries: up to a tenth more, so that not all come back at once."""
    drawn = int.from_bytes(sha256(f"{message_id}.{tries}".encode()).digest()[:4], "big") / 2**32
    return _WAITS[min(tries, len(_WAITS)) - 1] * (1 + drawn / 10)


def _due(look: Look) -> Any:
    return (
        sa.select(Delivery, Hook)
        .join(Hook, Hook.hook_id == Delivery.hook_id)
        .where(Delivery.state == State.WAITING, Delivery.next_at <= look.now, Hook.stopped_at.is_(None))
    )


def _fairly(look: Look, count: int) -> Any:
    """Return what is due, the longest first, a few of each receiver: one that is slow does not hold up the others."""
    place = sa.func.row_number().over(partition_by=Delivery.hook_id, order_by=(Delivery.next_at, Delivery.delivery_id))
    ranked = _due(look).with_only_columns(Delivery.delivery_id, place.label("place")).subquery()
    few = sa.select(ranked.c.delivery_id).where(ranked.c.place <= _OF_ONE)
    chosen = sa.select(Delivery, Hook).join(Hook, Hook.hook_id == Delivery.hook_id)
    # Whether it still waits is asked again: on a server somebody else may have taken it since the list was made.
    chosen = chosen.where(Delivery.delivery_id.in_(few), Delivery.state == State.WAITING, Delivery.next_at <= look.now)
    return chosen.order_by(Delivery.next_at, Delivery.delivery_id).limit(count)


def _write(look: Look, delivery: Delivery, hook: Hook, url: str) -> bool:
    """Write the body of a message, and those of the messages that carry the rest of a long list of accounts.

    One that cannot be written is given up, so that it holds up no other.
    """
    try:
        facts = list(_facts(look, delivery, url))
    except (StillwatchError, NoResultFound, LookupError, ValueError):
        delivery.state, delivery.outcome, delivery.last_at = str(State.GIVEN_UP), "it could not be written", look.now
        return False
    first, *others = [payloads.body(part, hooks.Shape(hook.shape), hook.type_name) for part in facts]
    delivery.body = first
    for text in others:
        look.session.add(
            Delivery(
                message_id=outbox.message_id(),
                hook_id=delivery.hook_id,
                entry=delivery.entry,
                kind=delivery.kind,
                case_id=delivery.case_id,
                body=text,
                state=str(State.WAITING),
                tries=0,
                next_at=look.now,
                outcome="",
            )
        )
    return True


def _facts(look: Look, delivery: Delivery, url: str) -> Iterator[Facts]:
    entry = look.session.get_one(AuditEntry, delivery.entry)
    kind, details = EventKind(delivery.kind), json.loads(entry.details)
    appeal = None
    if kind in (EventKind.APPEAL_RECEIVED, EventKind.APPEAL_ANSWERED):
        appeal = look.session.get_one(Appeal, int(entry.subject.partition(" ")[2]))
    action_id = appeal.action_id if appeal is not None else details.get("action_id")
    action = look.session.get_one(Action, action_id) if action_id is not None else None
    case_id = delivery.case_id if delivery.case_id is not None else action.case_id if action is not None else 0
    case, counted = case_of(look, case_id), tallies(look, case_id)
    whole = counted.get(None, Tally()).standing
    outcomes = _accounts(look, kind, entry.seq, action_id, appeal, tuple(counted))
    limited = _limited(look, action.kind) if action is not None and outcomes else set()
    accounts = [
        AccountFact(
            account_id=account,
            stands_at=of_account(whole, counted.get(account, Tally()).standing),
            is_limited=account in limited,
            outcome=outcome,
        )
        for account, outcome in sorted(outcomes.items())
    ]
    parts = [accounts[n : n + MOST_ACCOUNTS] for n in range(0, len(accounts), MOST_ACCOUNTS)] or [[]]
    for number, some in enumerate(parts, start=1):
        yield Facts(
            kind=kind,
            sequence=entry.seq,
            at=entry.at,
            case_id=case_id,
            campaign_id=case.campaign_id,
            severity=case.severity,
            state=case.state,
            stands_at=whole,
            n_accounts=case.n_accounts,
            verdict=details.get("verdict") if kind is EventKind.CASE_JUDGED else None,
            action=_action(action) if action is not None else None,
            appeal_id=appeal.appeal_id if appeal is not None else None,
            accounts=tuple(some),
            part=number,
            parts=len(parts),
            url=f"{url}/cases/{case_id}",
        )


def _action(row: Action) -> ActionFact:
    until = row.ends_at.isoformat() if row.ends_at is not None else None
    return ActionFact(row.action_id, row.kind, row.state, row.dry_run, until)


def _limited(look: Look, kind: str) -> set[str]:
    """Return the accounts to which some action of that kind applies now, whichever it is."""
    return {one.account_id for one in in_force(look) if one.kind == kind}


def _accounts(
    look: Look,
    kind: EventKind,
    seq: int,
    action_id: int | None,
    appeal: Appeal | None,
    answered: Sequence[str | None],
) -> dict[str, str | None]:
    """Return the accounts whose standing or limits the event changed, each with what its appeal came to."""
    if appeal is not None:
        rows = sa.select(AppealAccount.account_id, AppealAccount.outcome)
        found = look.session.execute(rows.where(AppealAccount.appeal_id == appeal.appeal_id))
        return {row.account_id: row.outcome for row in found}
    if kind is EventKind.CASE_JUDGED:
        about = look.session.scalars(sa.select(Judgement.account_id).where(Judgement.entry == seq)).all()
        # An answer about the campaign moves those members that somebody answered about.
        return dict.fromkeys(a for a in (answered if None in about else about) if a is not None)
    if kind in (EventKind.ACTION_IN_FORCE, EventKind.ACTION_UNDONE):
        query = sa.select(ActionAccount.account_id).where(
            ActionAccount.action_id == action_id,
            ActionAccount.arm == "treated",
            ActionAccount.undone_at.is_(None)
            if kind is EventKind.ACTION_IN_FORCE
            else ActionAccount.undone_at.is_not(None),
        )
        return dict.fromkeys(look.session.scalars(query))
    return {}
