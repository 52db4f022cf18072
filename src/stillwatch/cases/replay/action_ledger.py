"""Replays actions: what was planned and for whom, who approved it, its state, and for whom it was undone."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.actions.kinds import HELD_OUT, TREATED, ActionKind, ActionState
from stillwatch.cases.replay.ledger import Difference, LoggedEntry, digest_of, moment, same_moment, unlike
from stillwatch.cases.store.schema import Action, ActionAccount, Approval

__all__ = ["ActionLedger"]

_STATES = {
    "action approved": ActionState.SCHEDULED,
    "action refused": ActionState.REFUSED,
    "action cancelled": ActionState.CANCELLED,
    "action in_force": ActionState.IN_FORCE,
    "action rehearsed": ActionState.REHEARSED,
    "account asked": ActionState.IN_FORCE,
    "sample shortened": ActionState.IN_FORCE,
}


@dataclass(slots=True)
class _ToldAction:
    """An action as the log leaves it. ``treated`` are the digests of the accounts that it treats, one per entry."""

    planned: LoggedEntry
    state: ActionState
    entry: int
    answers: list[LoggedEntry] = field(default_factory=list)
    carried_out_at: str | None = None
    treated: list[tuple[int, str]] = field(default_factory=list)
    undone: dict[str, list[LoggedEntry]] = field(default_factory=dict)
    ended_at: str | None = None

    @property
    def is_ask(self) -> bool:
        return self.planned.action == "ask planned"

    @property
    def is_undone(self) -> bool:
        """Return whether every account that it treats was undone."""
        n_undone = sum(int(entry.details["n_accounts"]) for same in self.undone.values() for entry in same)
        return bool(self.undone) and n_undone >= sum(n for n, _ in self.treated)


class ActionLedger:
    """Follows the entries about actions, those that ask members included."""

    def __init__(self) -> None:
        self._told: dict[int, _ToldAction] = {}

    def take(self, entry: LoggedEntry) -> None:
        """Follow one entry."""
        number = entry.details.get("action_id")
        if entry.action in ("action planned", "ask planned"):
            waits = entry.details.get("approvals_needed")
            state = ActionState.PROPOSED if waits else ActionState.SCHEDULED
            self._told[int(number or 0)] = _ToldAction(entry, state, entry.seq)
        elif entry.kind == "case" and number in self._told:
            _change(self._told[number], entry)

    def compare(self, look: Look) -> Iterator[Difference]:
        """Yield the actions that differ from the log, those that it lacks, and those that are missing."""
        found = {row.action_id: row for row in look.session.scalars(sa.select(Action))}
        for number in sorted(found.keys() | self._told.keys()):
            where, row, told = f"action {number}", found.get(number), self._told.get(number)
            if told is None:
                yield Difference(where, "no entry of the log planned it", None)
            elif row is None:
                yield Difference(where, "the action is missing", told.entry)
            else:
                yield from _plan(row, told)
                yield from _state(row, told)
                yield from _accounts(look, number, told)
                yield from _approvals(look, number, told)


def _change(told: _ToldAction, entry: LoggedEntry) -> None:
    if entry.action in _STATES:
        told.state, told.entry = _STATES[entry.action], entry.seq
    if entry.action in ("action approved", "action refused"):
        told.answers.append(entry)
    elif entry.action in ("action in_force", "action rehearsed"):
        told.carried_out_at = entry.at
        told.treated = [(int(entry.details["n_accounts"]), entry.details["accounts_sha256"])]
    elif entry.action in ("account asked", "sample shortened"):
        told.carried_out_at = told.carried_out_at or entry.at
        if entry.details.get("n_accounts"):
            told.treated.append((int(entry.details["n_accounts"]), entry.details["accounts_sha256"]))
    elif entry.action == "action undone":
        told.undone.setdefault(entry.at, []).append(entry)
        told.entry = entry.seq
        told.state = ActionState.UNDONE if told.is_undone else told.state
    elif entry.action == "ask ended":
        told.ended_at, told.entry = entry.at, entry.seq


def _plan(row: Action, told: _ToldAction) -> Iterator[Difference]:
    plan = told.planned.details
    pairs = {
        "case": (row.case_id, told.planned.number),
        "kind": (row.kind, str(ActionKind.ASK) if told.is_ask else plan.get("kind")),
        "dry_run": (row.dry_run, False if told.is_ask else plan.get("dry_run")),
        "reason": (row.why, plan.get("why")),
        "person": (row.planned_by, told.planned.actor),
        "time_of_the_plan": (moment(row.planned_at), told.planned.at),
        "need_of_approval": (row.approvals_needed, plan.get("approvals_needed")),
    }
    # Earlier versions wrote fewer times into the log; those are not compared.
    for name in ("due_at", "earliest_at", "latest_at", "ends_at"):
        if name in plan:
            pairs[name.replace("_at", " time")] = (same_moment(getattr(row, name), plan[name]), True)
    yield from unlike(f"action {row.action_id}", told.planned.seq, **pairs)


def _state(row: Action, told: _ToldAction) -> Iterator[Difference]:
    whole = told.state is ActionState.UNDONE
    last = list(told.undone.values())[-1][-1] if whole else None
    pairs: dict[str, tuple[object, object]] = {
        "state": (row.state, str(told.state)),
        "time_when_it_was_carried_out": (moment(row.carried_out_at), told.carried_out_at),
        "undoing": (
            (moment(row.undone_at), row.undone_by, row.undone_why),
            (last.at, last.actor, last.details.get("why")) if last else (None, None, None),
        ),
    }
    if told.is_ask:
        pairs["end"] = (moment(row.ends_at), told.ended_at)
    yield from unlike(f"action {row.action_id}", told.entry, **pairs)


def _accounts(look: Look, number: int, told: _ToldAction) -> Iterator[Difference]:
    rows = look.session.execute(
        sa.select(ActionAccount.account_id, ActionAccount.arm, ActionAccount.undone_at).where(
            ActionAccount.action_id == number
        )
    ).all()
    plan, where = told.planned.details, f"action {number}"
    by_arm: dict[str, set[str]] = {}
    by_undoing: dict[str, set[str]] = {}
    for account, arm, undone_at in rows:
        by_arm.setdefault(arm, set()).add(account)
        if undone_at is not None:
            by_undoing.setdefault(moment(undone_at) or "", set()).add(account)
    everybody = digest_of({row.account_id for row in rows})
    for name in ("accounts_sha256", "drawn_sha256"):
        if plan.get(name) not in (None, everybody):
            yield Difference(where, "its accounts differ from the log", told.planned.seq)
    if plan.get("held_out_sha256") not in (None, digest_of(by_arm.get(HELD_OUT, set()))):
        yield Difference(where, "the accounts that are held out differ from the log", told.planned.seq)
    treated = by_arm.get(TREATED, set())
    if not told.is_ask and told.treated and digest_of(treated) != told.treated[0][1]:
        yield Difference(where, "the accounts that it treats differ from the log", told.entry)
    if told.is_ask and len(treated) != sum(n for n, _ in told.treated):
        yield Difference(where, "the accounts that it asks differ from the log", told.entry)
    for at in sorted(by_undoing.keys() | told.undone.keys()):
        entries, accounts = told.undone.get(at, []), by_undoing.get(at, set())
        # Entries of one moment cannot be told apart in the table, so their accounts are only counted.
        is_one = len(entries) == 1 and digest_of(accounts) == entries[0].details["accounts_sha256"]
        is_many = len(entries) > 1 and len(accounts) == sum(int(e.details["n_accounts"]) for e in entries)
        if not is_one and not is_many:
            seq = entries[-1].seq if entries else None
            yield Difference(where, "the accounts that it was undone for differ from the log", seq)


def _approvals(look: Look, number: int, told: _ToldAction) -> Iterator[Difference]:
    rows = look.session.scalars(sa.select(Approval).where(Approval.action_id == number))
    held = {(row.by, row.answer, row.why, moment(row.at)) for row in rows}
    logged = {
        (entry.actor, entry.action.removeprefix("action "), entry.details.get("why"), entry.at)
        for entry in told.answers
    }
    if held != logged:
        yield Difference(f"action {number}", "the answer of the second person differs from the log", told.entry)
