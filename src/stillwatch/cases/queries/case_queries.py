"""Reads one case: the result of its last scan, its events, and its members, filtered, sorted and paged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.allowances import allowed
from stillwatch.cases.decisions.chances import both
from stillwatch.cases.decisions.judgements import case_of, standing_counts, tallies
from stillwatch.cases.decisions.seen import joined_since, scan_number
from stillwatch.cases.decisions.verdict import Standing, VerdictTally, of_account
from stillwatch.cases.store.parquet_column import load
from stillwatch.cases.store.schema import Case, CaseEvent, CaseMember, ImportedScan, Judgement, Sighting
from stillwatch.tables import BONDS, TIMELINE
from stillwatch.tables.columns import Table

__all__ = [
    "CaseDetail",
    "Event",
    "MemberDetail",
    "Members",
    "Newcomers",
    "Order",
    "Which",
    "accounts",
    "answers_now",
    "judgements",
    "members",
    "newcomers",
    "probabilities",
    "show",
    "sightings",
]


class Order(StrEnum):
    """The sort order of members."""

    MEMBERSHIP = "membership"
    ACCOUNT = "account"
    STANDING = "standing"
    JOINED = "joined"


@dataclass(frozen=True, slots=True)
class Event:
    """The event of the case in one scan."""

    scan: int
    name: str
    at: datetime | None
    event: str
    n_accounts: int
    n_joined: int
    n_left: int


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case. ``campaign``, ``timeline``, ``background`` and ``bonds`` come from the last scan that reported it."""

    case: Case
    standing: Standing
    tally: VerdictTally
    standings: Mapping[Standing, int]
    scan: ImportedScan | None
    campaign: Mapping[str, Any]
    timeline: pa.Table | None
    background: pa.Table | None
    bonds: pa.Table | None
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Which:
    """A filter of members. ``word`` is a part of the account id. ``signal`` is the name of a signal in its reasons."""

    word: str = ""
    standing: Standing | None = None
    signal: str = ""
    least: float = 0.0
    order: Order = Order.MEMBERSHIP
    start: int = 0
    count: int = 100


@dataclass(frozen=True, slots=True)
class MemberDetail:
    """One member and its standing. ``is_seen`` says whether the last scan still reports it. ``joined`` is the number of
    the scan that added it, null for an account that an analyst named.

    ``p_member`` assumes that the group is one. ``p_both`` is this times ``p_group``: that the account is in such
    a group.
    """

    account_id: str
    p_member: float | None
    p_both: float | None
    standing: Standing
    tally: VerdictTally
    reasons: tuple[Mapping[str, Any], ...]
    is_seen: bool
    is_allowed: bool
    joined: int | None


@dataclass(frozen=True, slots=True)
class Newcomers:
    """The members that joined a case after the scan number ``since``, sorted; none where there is no earlier scan."""

    since: int | None
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """One page of the matching members. ``total`` is the number on all pages."""

    rows: tuple[MemberDetail, ...]
    total: int


def show(look: Look, case_id: int) -> CaseDetail:
    """Return the case with the tables of its last sighting. Raises ``MissingError`` where there is no such case."""
    case = case_of(look, case_id)
    whole = tallies(look, case_id, only=()).get(None, VerdictTally())
    sighting = look.session.get(Sighting, (case_id, case.last_scan)) if case.last_scan else None
    scan = look.session.get(ImportedScan, case.last_scan) if case.last_scan else None
    return CaseDetail(
        case=case,
        standing=whole.standing,
        tally=whole,
        standings=standing_counts(look, case_id),
        scan=scan,
        campaign=sighting.campaign if sighting else {},
        timeline=_table(sighting.timeline, TIMELINE) if sighting else None,
        background=_table(scan.background, TIMELINE) if scan else None,
        bonds=_table(sighting.bonds, BONDS) if sighting else None,
        events=tuple(_events(look, case_id)),
    )


def members(look: Look, case_id: int, which: Which) -> Members:
    """Return one page of the matching members in the order of *which*. Equal members are sorted by account."""
    case = case_of(look, case_id)
    counted = tallies(look, case_id)
    whole = counted.get(None, VerdictTally()).standing
    query = _matching(case_id, which)
    if which.standing is None and which.order is not Order.STANDING:
        total = look.session.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one()
        ordered = query.order_by(*_order(which.order)).offset(which.start).limit(which.count)
        rows = list(look.session.execute(ordered).scalars())
        return Members(_as_members(look, case, rows, counted, whole), total)
    stands = {
        account: of_account(whole, counted.get(account, VerdictTally()).standing)
        for account in look.session.execute(query.with_only_columns(CaseMember.account_id)).scalars()
    }
    chosen = [account for account in stands if which.standing in (None, stands[account])]
    return _chosen(look, case, which, counted, whole, chosen, stands)


def accounts(look: Look, case_id: int, which: Which) -> list[str]:
    """Return every account that *which* matches, sorted. Order, start and count of *which* do not matter."""
    found = look.session.execute(_matching(case_id, which).with_only_columns(CaseMember.account_id)).scalars()
    if which.standing is None:
        return sorted(found)
    counted = tallies(look, case_id)
    whole = counted.get(None, VerdictTally()).standing
    return sorted(a for a in found if of_account(whole, counted.get(a, VerdictTally()).standing) is which.standing)


def newcomers(look: Look, case_id: int, carried: str = "") -> Newcomers:
    """Return who joined after the scan that *carried* (a ``SeenGroup`` as text) names, or else in the last sighting."""
    if carried:
        joined = joined_since(look, case_id, carried)
        if joined:
            return Newcomers(scan_number(look, carried), tuple(sorted(joined)))
    shown = sa.select(ImportedScan.number).join(Sighting, Sighting.scan_id == ImportedScan.scan_id)
    numbers = list(look.session.scalars(shown.where(Sighting.case_id == case_id).order_by(ImportedScan.number)))
    if len(numbers) < 2:
        return Newcomers(None, ())
    query = (
        sa.select(CaseMember.account_id)
        .join(ImportedScan, ImportedScan.scan_id == CaseMember.first_scan)
        .where(CaseMember.case_id == case_id, ImportedScan.number == numbers[-1])
        .order_by(CaseMember.account_id)
    )
    return Newcomers(numbers[-2], tuple(look.session.scalars(query)))


def probabilities(look: Look, case_id: int) -> dict[str, float | None]:
    """Return the membership of every account of the case, null for accounts that an analyst named."""
    query = sa.select(CaseMember.account_id, CaseMember.p_member).where(CaseMember.case_id == case_id)
    return dict(look.session.execute(query).all())


def judgements(look: Look, case_id: int, account: str | None = None, most: int = 200) -> list[Judgement]:
    """Return the answers about the campaign, or about one account, superseded ones included, the newest first."""
    query = (
        sa.select(Judgement)
        .where(Judgement.case_id == case_id, Judgement.account_id == account)
        .order_by(Judgement.judgement_id.desc())
        .limit(most)
    )
    return list(look.session.execute(query).scalars())


def answers_now(look: Look, case_id: int) -> list[tuple[Judgement, int]]:
    """Return the answers about the campaign that are in effect, the newest first.

    Each comes with the number of members that joined after it.
    """
    joined = (
        sa.select(sa.func.count())
        .select_from(CaseMember)
        .join(ImportedScan, ImportedScan.scan_id == CaseMember.first_scan)
        .where(CaseMember.case_id == case_id, ImportedScan.taken_at > Judgement.at)
        .correlate(Judgement)
        .scalar_subquery()
    )
    query = sa.select(Judgement, joined).where(
        Judgement.case_id == case_id,
        Judgement.account_id.is_(None),
        Judgement.superseded_at.is_(None),
        sa.or_(Judgement.expires_at.is_(None), Judgement.expires_at > look.now),
    )
    found = look.session.execute(query.order_by(Judgement.judgement_id.desc()))
    return [(one, n) for one, n in found]


def sightings(look: Look, case_id: int) -> list[tuple[ImportedScan, Mapping[str, Any]]]:
    """Return the scans that reported the case, each with the row of the campaign, the oldest first."""
    query = (
        sa.select(ImportedScan, Sighting.campaign)
        .join(Sighting, Sighting.scan_id == ImportedScan.scan_id)
        .where(Sighting.case_id == case_id)
        .order_by(ImportedScan.number)
    )
    return [(scan, campaign) for scan, campaign in look.session.execute(query)]


def _matching(case_id: int, which: Which) -> sa.Select[CaseMember]:
    """Return the query for the members by the filters on columns. Standings are computed from answers, not in SQL."""
    query = sa.select(CaseMember).where(CaseMember.case_id == case_id)
    if which.word.strip():
        query = query.where(CaseMember.account_id.icontains(which.word.strip(), autoescape=True))
    if which.least > 0:
        query = query.where(CaseMember.p_member >= which.least)
    if which.signal:
        # JSON is searched as text. The name of a signal is a file name, so quotes around it make the match exact.
        query = query.where(sa.cast(CaseMember.reasons, sa.Text).contains(f'"{which.signal}"', autoescape=True))
    return query


def _chosen(
    look: Look,
    case: Case,
    which: Which,
    counted: Mapping[str | None, VerdictTally],
    whole: Standing,
    chosen: list[str],
    stands: Mapping[str, Standing],
) -> Members:
    """Return one page of *chosen*, which were filtered or are sorted by standing."""
    if which.order is Order.STANDING:
        rank = {standing: place for place, standing in enumerate(Standing)}
        chosen.sort(key=lambda account: (rank[stands[account]], account))
        page = chosen[which.start : which.start + which.count]
        found = _of_accounts(look, case.case_id, page)
        rows = [found[account] for account in page]
        return Members(_as_members(look, case, rows, counted, whole), len(chosen))
    wanted = set(chosen)
    query = sa.select(CaseMember.account_id).where(CaseMember.case_id == case.case_id).order_by(*_order(which.order))
    ordered = [account for account in look.session.execute(query).scalars() if account in wanted]
    page = ordered[which.start : which.start + which.count]
    found = _of_accounts(look, case.case_id, page)
    return Members(_as_members(look, case, [found[account] for account in page], counted, whole), len(chosen))


def _of_accounts(look: Look, case_id: int, accounts: list[str]) -> dict[str, CaseMember]:
    query = sa.select(CaseMember).where(CaseMember.case_id == case_id, CaseMember.account_id.in_(accounts))
    return {row.account_id: row for row in look.session.execute(query).scalars()}


def _order(order: Order) -> tuple[Any, ...]:
    joined = sa.select(ImportedScan.number).where(ImportedScan.scan_id == CaseMember.first_scan).scalar_subquery()
    by = {
        Order.MEMBERSHIP: (CaseMember.p_member.is_(None), CaseMember.p_member.desc()),
        Order.ACCOUNT: (),
        Order.JOINED: (joined.desc(),),
    }
    return *by.get(order, ()), CaseMember.account_id


def _as_members(
    look: Look, case: Case, rows: list[CaseMember], counted: Mapping[str | None, VerdictTally], whole: Standing
) -> tuple[MemberDetail, ...]:
    spared = allowed(look, {row.account_id for row in rows})
    numbers = dict(look.session.execute(sa.select(ImportedScan.scan_id, ImportedScan.number)).all())
    return tuple(
        MemberDetail(
            account_id=row.account_id,
            p_member=row.p_member,
            p_both=both(case.p_group, row.p_member),
            standing=of_account(whole, counted.get(row.account_id, VerdictTally()).standing),
            tally=counted.get(row.account_id, VerdictTally()),
            reasons=tuple(row.reasons),
            is_seen=row.last_scan == case.last_scan,
            is_allowed=row.account_id in spared,
            joined=numbers.get(row.first_scan) if row.first_scan else None,
        )
        for row in rows
    )


def _events(look: Look, case_id: int) -> list[Event]:
    query = (
        sa.select(CaseEvent, ImportedScan)
        .join(ImportedScan, ImportedScan.scan_id == CaseEvent.scan_id)
        .where(CaseEvent.case_id == case_id)
        .order_by(ImportedScan.number, CaseEvent.event_id)
    )
    return [
        Event(scan.number, scan.name, scan.last_at, e.event, e.n_accounts, e.n_joined, e.n_left)
        for e, scan in look.session.execute(query)
    ]


def _table(kept: bytes | None, table: Table) -> pa.Table | None:
    return load(kept, table) if kept is not None else None
