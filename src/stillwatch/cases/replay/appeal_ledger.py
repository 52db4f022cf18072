"""Replays appeals and asked accounts: what was received and answered, and what came back from whom."""

from collections.abc import Iterator
from hashlib import sha256

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.appeals import AppealOutcome
from stillwatch.cases.replay.ledger import Difference, LoggedEntry, digest_of, moment, unlike
from stillwatch.cases.store.asking_schema import AskedAccount, Experiment
from stillwatch.cases.store.schema import Appeal, AppealAccount

__all__ = ["AppealLedger", "AskedLedger"]


class AppealLedger:
    """Follows the entries that receive and answer appeals."""

    def __init__(self) -> None:
        self._received: dict[int, LoggedEntry] = {}
        self._answered: dict[int, LoggedEntry] = {}

    def take(self, entry: LoggedEntry) -> None:
        """Follow one entry."""
        if entry.action == "appeal received":
            self._received[entry.number] = entry
        elif entry.action == "appeal answered":
            self._answered[entry.number] = entry

    def compare(self, look: Look) -> Iterator[Difference]:
        """Yield the appeals that differ from the log, those that it lacks, and those that are missing."""
        found = {row.appeal_id: row for row in look.session.scalars(sa.select(Appeal))}
        for number in sorted(found.keys() | self._received.keys()):
            where, row, told = f"appeal {number}", found.get(number), self._received.get(number)
            if told is None:
                yield Difference(where, "no entry of the log received it", None)
            elif row is None:
                yield Difference(where, "the appeal is missing", told.seq)
            else:
                yield from _received(row, told)
                yield from _outcomes(look, row, told, self._answered.get(number))


def _received(row: Appeal, told: LoggedEntry) -> Iterator[Difference]:
    yield from unlike(
        f"appeal {row.appeal_id}",
        told.seq,
        action=(row.action_id, told.details.get("action_id")),
        statement=(sha256(row.statement.encode()).hexdigest(), told.details.get("statement_sha256")),
        person=(row.received_by, told.actor),
        time=(moment(row.received_at), told.at),
    )


def _outcomes(look: Look, row: Appeal, told: LoggedEntry, answer: LoggedEntry | None) -> Iterator[Difference]:
    query = sa.select(AppealAccount.account_id, AppealAccount.outcome).where(AppealAccount.appeal_id == row.appeal_id)
    outcomes = dict(look.session.execute(query).all())
    freed = [account for account, outcome in outcomes.items() if outcome == AppealOutcome.OVERTURNED]
    stays = [account for account, outcome in outcomes.items() if outcome == AppealOutcome.UPHELD]
    where = f"appeal {row.appeal_id}"
    yield from unlike(where, told.seq, accounts=(digest_of(outcomes.keys()), told.details.get("accounts_sha256")))
    if answer is None:
        if row.state != "open" or freed or stays or row.answered_at is not None:
            yield Difference(where, "no entry of the log answered it", None)
        return
    yield from unlike(
        where,
        answer.seq,
        state=(row.state, "answered"),
        answer=(
            (row.answered_by, moment(row.answered_at), row.why),
            (answer.actor, answer.at, answer.details.get("why")),
        ),
        outcomes=(
            (len(stays), len(freed), digest_of(freed)),
            tuple(answer.details.get(name) for name in ("n_upheld", "n_overturned", "overturned_sha256")),
        ),
    )


class AskedLedger:
    """Follows the entries about asked accounts: who was asked when, and the last outcome of each."""

    def __init__(self) -> None:
        self._asked: dict[int, LoggedEntry] = {}
        self._outcomes: dict[tuple[int, str], LoggedEntry] = {}

    def take(self, entry: LoggedEntry) -> None:
        """Follow one entry."""
        if entry.action == "account asked":
            self._asked[entry.seq] = entry
        elif entry.action == "ask outcome":
            self._outcomes[int(entry.details["action_id"]), entry.details["accounts_sha256"]] = entry

    def compare(self, look: Look) -> Iterator[Difference]:
        """Yield the asked accounts that differ from the log."""
        query = sa.select(AskedAccount, Experiment.action_id).join(
            Experiment, Experiment.experiment_id == AskedAccount.experiment_id
        )
        asked: dict[int, set[str]] = {}
        for row, action_id in look.session.execute(query):
            where = f"asked account {row.place} of action {action_id}"
            told = self._outcomes.get((action_id, digest_of([row.account_id])))
            held = (row.outcome, row.why, moment(row.recorded_at))
            if told is not None:
                yield from unlike(
                    where, told.seq, outcome=(held, (told.details.get("outcome"), told.details.get("why"), told.at))
                )
            elif row.outcome is not None:
                yield Difference(where, "no entry of the log has its outcome", None)
            if row.entry is not None:
                asked.setdefault(row.entry, set()).add(row.account_id)
        for seq in sorted(asked.keys() | self._asked.keys()):
            entry = self._asked.get(seq)
            if entry is None or digest_of(asked.get(seq, set())) != entry.details["accounts_sha256"]:
                yield Difference(f"entry {seq}", "the accounts that were asked differ from the log", seq)
