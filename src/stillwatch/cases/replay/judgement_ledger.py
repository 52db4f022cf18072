"""Replays the answers of people: verdict, reason, person, time, accounts, and what a later answer superseded."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.replay.ledger import Difference, LoggedEntry, digest_of, moment, same_moment, unlike
from stillwatch.cases.store.schema import Action, Appeal, Judgement

__all__ = ["JudgementLedger"]

_BATCH = 2_000


class JudgementLedger:
    """Follows the entries *judged* and *appeal answered*, which store judgements."""

    def __init__(self) -> None:
        self._told: dict[int, LoggedEntry] = {}

    def take(self, entry: LoggedEntry) -> None:
        """Follow one entry."""
        if entry.action == "judged" or (entry.action == "appeal answered" and entry.details.get("n_overturned")):
            self._told[entry.seq] = entry

    def compare(self, look: Look) -> Iterator[Difference]:
        """Yield the judgements that differ from the log, those that it lacks, and those that are missing."""
        found: set[int] = set()
        query_of = sa.select(Appeal.appeal_id, Action.case_id).join(Action, Action.action_id == Appeal.action_id)
        cases = dict(look.session.execute(query_of).all())
        query = sa.select(Judgement).order_by(Judgement.entry, Judgement.judgement_id)
        rows = look.session.scalars(query, execution_options={"yield_per": _BATCH})
        for seq, same in groupby(rows, key=lambda row: row.entry):
            told = self._told.get(seq)
            if told is None:
                yield Difference(f"judgement {next(iter(same)).judgement_id}", "no entry of the log made it", seq)
                continue
            found.add(seq)
            yield from _of_entry(told, list(same), cases)
        for seq in sorted(self._told.keys() - found):
            yield Difference(f"{self._told[seq].kind} {self._told[seq].name}", "its judgement is missing", seq)
        yield from _superseded(look)


def _of_entry(told: LoggedEntry, rows: list[Judgement], cases: Mapping[int, int]) -> Iterator[Difference]:
    wanted = _of_appeal(told, cases) if told.action == "appeal answered" else _of_judge(told)
    accounts = [row.account_id for row in rows]
    is_whole = wanted["accounts_sha256"] is None
    if is_whole != (accounts == [None]) or (
        not is_whole and digest_of([a or "" for a in accounts]) != wanted["accounts_sha256"]
    ):
        yield Difference(f"judgement {rows[0].judgement_id}", "its accounts differ from the log", told.seq)
    for row in rows:
        yield from unlike(
            f"judgement {row.judgement_id}",
            told.seq,
            verdict=(row.verdict, wanted["verdict"]),
            case=(row.case_id, wanted["case_id"]),
            reason=(row.why, told.details.get("why")),
            person=(row.by, told.actor),
            time=(moment(row.at), told.at),
            end=(same_moment(row.expires_at, told.details.get("expires_at")), True),
            appeal=(row.appeal_id, wanted["appeal_id"]),
        )


def _of_judge(told: LoggedEntry) -> dict[str, Any]:
    return {
        "verdict": told.details.get("verdict"),
        "case_id": told.number,
        "appeal_id": None,
        "accounts_sha256": told.details.get("accounts_sha256"),
    }


def _of_appeal(told: LoggedEntry, cases: Mapping[int, int]) -> dict[str, Any]:
    return {
        "verdict": str(Verdict.INNOCENT),
        "case_id": cases.get(told.number),
        "appeal_id": told.number,
        "accounts_sha256": told.details.get("overturned_sha256"),
    }


def _superseded(look: Look) -> Iterator[Difference]:
    """Yield the answers whose end differs from the next answer of the same person about the same subject."""
    subject = (Judgement.case_id, Judgement.by, Judgement.account_id)
    later = sa.func.lead(Judgement.at).over(partition_by=subject, order_by=(Judgement.entry, Judgement.judgement_id))
    numbered = sa.select(Judgement.judgement_id, Judgement.entry, Judgement.superseded_at, later.label("later_at"))
    ordered = numbered.where(Judgement.appeal_id.is_(None)).subquery()
    wrong = sa.select(ordered.c.judgement_id, ordered.c.entry).where(
        ordered.c.superseded_at.is_distinct_from(ordered.c.later_at)
    )
    ruled = sa.select(Judgement.judgement_id, Judgement.entry).where(
        Judgement.appeal_id.is_not(None), Judgement.superseded_at.is_not(None)
    )
    for number, seq in [*look.session.execute(wrong), *look.session.execute(ruled)]:
        yield Difference(f"judgement {number}", "whether a later answer superseded it differs from the log", seq)
