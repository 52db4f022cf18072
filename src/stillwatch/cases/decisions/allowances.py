"""Allowances: uses that are allowed although they look like a campaign, until a date.

The kinds are verified research, evaluation, and licensed synthetic data. No action is taken on an account under an
allowance.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.store.schema import Allowance, AllowanceSubject
from stillwatch.cases.store.text_limits import account_facts, batches, said
from stillwatch.errors import InputError, MissingError

__all__ = ["AllowanceKind", "ListedAllowance", "allow", "allowances", "allowed", "allowed_since", "listed", "revoke"]


class AllowanceKind(StrEnum):
    """The kinds of use."""

    RESEARCH = "verified_research"
    EVALUATION = "evaluation"
    SYNTHETIC_DATA = "licensed_synthetic_data"


@dataclass(frozen=True, slots=True)
class ListedAllowance:
    """One line of the list of allowances. ``holds`` says whether the allowance is in effect now."""

    allowance_id: int
    kind: AllowanceKind
    holder: str
    why: str
    by: str
    at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    holds: bool
    n_accounts: int


def allow(
    work: Work, kind: AllowanceKind, holder: str, accounts: Collection[str], why: str, expires_at: datetime
) -> int:
    """Allow *holder* the use of *kind* through *accounts* until *expires_at*, and return the number of the allowance.

    Raises ``InputError`` without accounts, and for an end that has passed.
    """
    work.actor.require(Permission.APPROVE)
    chosen = {said(account, "account", most=500) for account in accounts}
    if not chosen:
        raise InputError("no accounts are named", where="accounts", remedy="Name at least one.")
    if expires_at <= work.now:
        raise InputError("the end has already passed", where="expires_at", remedy="Give a later time.")
    allowance = Allowance(
        kind=str(kind),
        holder=said(holder, "holder", most=200),
        why=said(why, "reason"),
        by=work.actor.name,
        at=work.now,
        expires_at=expires_at,
    )
    work.session.add(allowance)
    work.session.flush()
    number = allowance.allowance_id
    rows = [{"allowance_id": number, "account_id": account} for account in sorted(chosen)]
    work.session.execute(sa.insert(AllowanceSubject), rows)
    facts = account_facts(chosen)
    until = expires_at.isoformat()
    work.record(
        "allowed", f"allowance {number}", kind=str(kind), holder=allowance.holder, why=allowance.why, expires_at=until,
        **facts,
    )  # fmt: skip
    return number


def revoke(work: Work, allowance_id: int, why: str) -> None:
    """Revoke an allowance before its end. Raises ``MissingError`` where it is revoked already or there is none."""
    work.actor.require(Permission.APPROVE)
    allowance = work.row(Allowance, allowance_id)
    if allowance is None or allowance.revoked_at is not None:
        raise MissingError("there is no such allowance", where=f"allowance {allowance_id}")
    allowance.revoked_at, allowance.revoked_by = work.now, work.actor.name
    work.record("allowance revoked", f"allowance {allowance_id}", why=said(why, "reason"))


def allowances(look: Look) -> list[Allowance]:
    """Return the allowances that are in effect now, the first to end first."""
    query = sa.select(Allowance).where(*_holds(look)).order_by(Allowance.expires_at, Allowance.allowance_id)
    return list(look.session.execute(query).scalars())


def listed(look: Look, *, start: int = 0, count: int = 50) -> tuple[list[ListedAllowance], int]:
    """Return one page of the allowances and the number of all.

    The allowances in effect come first, the first to end first. The others follow, the newest first.
    """
    total = look.session.execute(sa.select(sa.func.count()).select_from(Allowance)).scalar_one()
    n_accounts = (
        sa.select(sa.func.count())
        .select_from(AllowanceSubject)
        .where(AllowanceSubject.allowance_id == Allowance.allowance_id)
        .correlate(Allowance)
        .scalar_subquery()
    )
    holds = sa.and_(*_holds(look))
    query = (
        sa.select(Allowance, holds, n_accounts)
        .order_by(sa.case((holds, 0), else_=1), sa.case((holds, Allowance.expires_at)), Allowance.allowance_id.desc())
        .offset(start)
        .limit(count)
    )
    return [
        ListedAllowance(
            allowance_id=row.allowance_id,
            kind=AllowanceKind(row.kind),
            holder=row.holder,
            why=row.why,
            by=row.by,
            at=row.at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            revoked_by=row.revoked_by,
            holds=bool(does_hold),
            n_accounts=n,
        )
        for row, does_hold, n in look.session.execute(query)
    ], total


def allowed(look: Look, accounts: Collection[str]) -> set[str]:
    """Return those of *accounts* that are under an allowance now."""
    found: set[str] = set()
    for some in batches(accounts):
        query = (
            sa.select(AllowanceSubject.account_id)
            .join(Allowance, Allowance.allowance_id == AllowanceSubject.allowance_id)
            .where(AllowanceSubject.account_id.in_(some), *_holds(look))
        )
        found.update(look.session.execute(query).scalars())
    return found


def allowed_since(look: Look, account: sa.ColumnElement[str] | sa.orm.InstrumentedAttribute[str]) -> sa.Exists:
    """Return the SQL condition that the account of a row is under an allowance now."""
    return sa.exists().where(
        AllowanceSubject.account_id == account, Allowance.allowance_id == AllowanceSubject.allowance_id, *_holds(look)
    )


def _holds(look: Look) -> tuple[sa.ColumnElement[bool], ...]:
    return Allowance.revoked_at.is_(None), Allowance.expires_at > look.now
