"""Replays cases and allowances: which exist, whether a case is closed and as what, and which use is allowed to whom."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.seen import all_members
from stillwatch.cases.replay.ledger import Difference, LoggedEntry, digest_of, moment, same_moment, unlike
from stillwatch.cases.store.schema import Allowance, AllowanceSubject, Case

__all__ = ["AllowanceLedger", "CaseLedger"]


@dataclass(slots=True)
class _ToldCase:
    """A case as the log leaves it. A scan may have opened it again, which the log does not say case by case."""

    entry: int
    members_sha256: str | None = None
    closed_as: str | None = None
    may_be_open: bool = True
    assigned_to: str | None = None


class CaseLedger:
    """Follows the entries that open, close, reopen and assign cases."""

    def __init__(self) -> None:
        self._told: dict[int, _ToldCase] = {}

    def take(self, entry: LoggedEntry) -> None:
        """Follow one entry."""
        if entry.action == "scan taken":
            self._told.update({number: _ToldCase(entry.seq) for number in entry.details.get("opened") or ()})
            for number in entry.details.get("updated") or ():
                if number in self._told:
                    self._told[number].may_be_open = True
        elif entry.action == "case opened":
            self._told[entry.number] = _ToldCase(entry.seq, entry.details.get("accounts_sha256"))
        elif entry.kind == "case" and entry.number in self._told:
            _change(self._told[entry.number], entry)

    def compare(self, look: Look) -> Iterator[Difference]:
        """Yield the cases that differ from the log, those that it lacks, and those that are missing."""
        found = {row.case_id: row for row in look.session.scalars(sa.select(Case).order_by(Case.case_id))}
        for number in sorted(found.keys() | self._told.keys()):
            row, told = found.get(number), self._told.get(number)
            if told is None:
                yield Difference(f"case {number}", "no entry of the log opened it", None)
            elif row is None:
                yield Difference(f"case {number}", "the case is missing", told.entry)
            else:
                yield from _compared(look, row, told)


def _change(told: _ToldCase, entry: LoggedEntry) -> None:
    if entry.action == "case closed":
        told.closed_as, told.may_be_open, told.entry = str(entry.details.get("closed_as")), False, entry.seq
    elif entry.action == "case reopened":
        told.closed_as, told.may_be_open, told.entry = None, True, entry.seq
    elif entry.action == "case assigned":
        told.assigned_to = entry.details.get("to")


def _compared(look: Look, row: Case, told: _ToldCase) -> Iterator[Difference]:
    where = f"case {row.case_id}"
    is_open = row.state == "open" and row.closed_as is None and told.may_be_open
    is_closed = row.state == "closed" and told.closed_as is not None and row.closed_as == told.closed_as
    if not is_open and not is_closed:
        yield Difference(where, "whether it is closed, and as what, differs from the log", told.entry)
    yield from unlike(where, told.entry, assignment=(row.assigned_to, told.assigned_to))
    if told.members_sha256 is not None and digest_of(all_members(look, row.case_id)) != told.members_sha256:
        yield Difference(where, "its members differ from the log", told.entry)


class AllowanceLedger:
    """Follows the entries that allow a use, and that revoke an allowance."""

    def __init__(self) -> None:
        self._told: dict[int, LoggedEntry] = {}
        self._revoked: dict[int, LoggedEntry] = {}

    def take(self, entry: LoggedEntry) -> None:
        """Follow one entry."""
        if entry.action == "allowed":
            self._told[entry.number] = entry
        elif entry.action == "allowance revoked":
            self._revoked[entry.number] = entry

    def compare(self, look: Look) -> Iterator[Difference]:
        """Yield the allowances that differ from the log, those that it lacks, and those that are missing."""
        found = {row.allowance_id: row for row in look.session.scalars(sa.select(Allowance))}
        for number in sorted(found.keys() | self._told.keys()):
            where, row, told = f"allowance {number}", found.get(number), self._told.get(number)
            if told is None:
                yield Difference(where, "no entry of the log made it", None)
            elif row is None:
                yield Difference(where, "the allowance is missing", told.seq)
            else:
                yield from self._compared(look, row, told)

    def _compared(self, look: Look, row: Allowance, told: LoggedEntry) -> Iterator[Difference]:
        ended = self._revoked.get(row.allowance_id)
        query = sa.select(AllowanceSubject.account_id).where(AllowanceSubject.allowance_id == row.allowance_id)
        yield from unlike(
            f"allowance {row.allowance_id}",
            told.seq,
            kind=(row.kind, told.details.get("kind")),
            holder=(row.holder, told.details.get("holder", row.holder)),
            reason=(row.why, told.details.get("why")),
            person=(row.by, told.actor),
            end=(same_moment(row.expires_at, told.details.get("expires_at")), True),
            accounts=(digest_of(set(look.session.scalars(query))), told.details.get("accounts_sha256")),
            revocation=(moment(row.revoked_at), ended.at if ended else None),
        )
