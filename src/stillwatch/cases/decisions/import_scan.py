"""Imports a finished scan: each reported campaign opens a case or adds a sighting to its case.

A scan is identified by a digest of its result, so a second import changes no case. It opens campaigns that the first
import left without one, because ``cases.open_per_day`` bounds how many cases one import opens.

A case stores what each sighting showed (the row of the campaign, its timeline, its bonds). So the basis of a decision
stays when the files of the scan are gone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from stillwatch.cases.access.desk import Work
from stillwatch.cases.decisions.verdict import Standing
from stillwatch.cases.store.parquet_column import store
from stillwatch.cases.store.schema import Case, CaseEvent, CaseMember, ImportedScan, Sighting
from stillwatch.cases.store.text_limits import account_facts, batches, said
from stillwatch.errors import InputError
from stillwatch.model import Severity
from stillwatch.tables.scan_folder import FinishedScan

__all__ = ["Taken", "open_by_hand", "take"]


@dataclass(frozen=True, slots=True)
class Taken:
    """The result of an import: cases ``opened``, ``updated`` and ``gone`` (not seen again).

    ``n_aside`` is the number of campaigns below ``cases.open_from`` without a case. ``n_unopened`` is the number of
    campaigns at or above it that ``cases.open_per_day`` left without a case.
    """

    scan_id: str
    is_new: bool
    opened: tuple[int, ...] = ()
    updated: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    n_aside: int = 0
    n_unopened: int = 0


@dataclass(frozen=True, slots=True)
class _Ancestry:
    """The lineage of a campaign: the campaign that it split from, and the campaign that it merged into."""

    split_from: str | None = None
    merged_into: str | None = None


def take(work: Work, scan: FinishedScan, name: str, lineage: pa.Table | None = None) -> Taken:
    """Import the finished *scan* under *name*. *lineage* (``tables.LINEAGE``) is that of its history, if it has one.

    A campaign with a severity of ``cases.open_from`` or above opens a case, the best rank first and at most
    ``cases.open_per_day`` per import. A campaign that has a case is added to it at any severity. A closed case is
    opened again where accounts have joined it. A second import of a scan changes no case, but opens more of the
    campaigns that are still without one.
    """
    scan_id = _digest(scan)
    imported = work.session.get(ImportedScan, scan_id)
    is_new = imported is None
    if imported is None:
        imported = _scan(work, scan, scan_id, said(name, "name of the scan", most=200))
        work.session.add(imported)
        work.session.flush()
    known = {c: i for i, c in work.session.execute(sa.select(Case.case_id, Case.campaign_id)) if c}
    least = Severity(work.settings.open_from).rank
    rows = sorted(scan.campaigns.to_pylist(), key=_place)
    seen = [row for row in rows if row["campaign_id"] in known] if is_new else []
    new = [row for row in rows if row["campaign_id"] not in known]
    waiting = [row for row in new if _level(row) >= least]
    updated = [_seen_again(work, known[row["campaign_id"]], row, scan, scan_id) for row in seen]
    opened = [_open(work, row, scan, scan_id) for row in waiting[: work.settings.open_per_day]]
    gone = _gone(work, set(scan.campaigns["campaign_id"].to_pylist()), scan_id) if is_new else []
    aside, unopened = len(new) - len(waiting), len(waiting) - len(opened)
    imported.unopened = [row["campaign_id"] for row in waiting[len(opened) :]]
    if is_new or opened:
        _descend(work, lineage)
        work.record(
            "scan taken", f"scan {scan_id[:16]}", opened=opened, updated=updated, gone=gone, aside=aside,
            unopened=unopened,
        )  # fmt: skip
    return Taken(scan_id, is_new, tuple(opened), tuple(updated), tuple(gone), aside, unopened)


def open_by_hand(work: Work, title: str, accounts: Sequence[str], why: str) -> int:
    """Open a case with *accounts* that an analyst named, and return its number."""
    title, why = said(title, "title", most=200), said(why, "reason")
    chosen = {said(account, "account", most=500) for account in accounts}
    if not chosen:
        raise InputError("no accounts are named", where="accounts", remedy="Name at least one.")
    case = Case(
        title=title,
        severity=str(Severity.REVIEW),
        state="open",
        opened_at=work.now,
        opened_by=work.actor.name,
        n_accounts=len(chosen),
        n_exchanges=0,
        signals=[],
    )
    work.session.add(case)
    work.session.flush()
    _add_members(work, case.case_id, [(account, None, []) for account in sorted(chosen)], None)
    work.record("case opened", f"case {case.case_id}", by_hand=True, why=why, **account_facts(chosen))
    return case.case_id


def _digest(scan: FinishedScan) -> str:
    """Return the digest of the summary, the campaigns and the members of a scan."""
    made = sha256()
    for part in (scan.summary, scan.campaigns.to_pylist(), scan.members.to_pylist()):
        made.update(json.dumps(part, sort_keys=True, default=str).encode())
    return made.hexdigest()


def _scan(work: Work, scan: FinishedScan, scan_id: str, name: str) -> ImportedScan:
    last = work.session.execute(sa.select(sa.func.max(ImportedScan.number))).scalar() or 0
    others = _of(scan.timeline, "") if scan.timeline is not None else None
    return ImportedScan(
        scan_id=scan_id,
        number=last + 1,
        name=name,
        taken_at=work.now,
        first_at=_moment(scan.summary.get("first_at")),
        last_at=_moment(scan.summary.get("last_at")),
        n_accounts=int(scan.summary.get("n_accounts") or 0),
        n_exchanges=int(scan.summary.get("n_exchanges") or 0),
        n_campaigns=len(scan.campaigns),
        summary=scan.summary,
        background=store(others) if others is not None else None,
    )


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _of(table: pa.Table, campaign_id: str) -> pa.Table:
    return table.filter(pc.equal(table["campaign_id"], campaign_id))


def _place(row: Mapping[str, Any]) -> tuple[bool, int, str]:
    """Return the key that sorts rows by their rank; rows without a rank are last."""
    return row["rank"] is None, row["rank"] or 0, row["campaign_id"]


def _level(row: Mapping[str, Any]) -> int:
    return Severity(row["severity"]).rank if row["severity"] in set(Severity) else 0


def _open(work: Work, row: Mapping[str, Any], scan: FinishedScan, scan_id: str) -> int:
    case = Case(
        campaign_id=row["campaign_id"],
        title=f"Campaign {row['campaign_id']}",
        state="open",
        opened_at=work.now,
        opened_by=work.actor.name,
        **_figures(row, scan_id, members := _members(scan, row)),
    )
    work.session.add(case)
    work.session.flush()
    _add_members(work, case.case_id, members, scan_id)
    _sight(work, case.case_id, row, scan, scan_id)
    _event(work, case.case_id, scan_id, "appeared", n_accounts=len(members), n_joined=len(members))
    return case.case_id


def _figures(
    row: Mapping[str, Any], scan_id: str, members: Sequence[tuple[str, float | None, list[Any]]]
) -> dict[str, Any]:
    severity = Severity(row["severity"]) if row["severity"] in set(Severity) else Severity.WATCH
    return {
        "severity": str(severity),
        "last_scan": scan_id,
        "n_accounts": row["n_accounts"] or 0,
        "n_exchanges": row["n_exchanges"] or 0,
        "q_value": row["q_value"],
        "rank": row["rank"],
        "p_group": row["p_group"],
        "signals": sorted({reason["signal"] for _, _, reasons in members for reason in reasons}),
    }


def _members(scan: FinishedScan, row: Mapping[str, Any]) -> list[tuple[str, float | None, list[Any]]]:
    found = _of(scan.members, row["campaign_id"]).select(["account_id", "p_member", "reasons"])
    return [(m["account_id"], m["p_member"], m["reasons"] or []) for m in found.to_pylist()]


def _sight(work: Work, case_id: int, row: Mapping[str, Any], scan: FinishedScan, scan_id: str) -> None:
    tables = {
        name: store(_of(table, row["campaign_id"])) if table is not None else None
        for name, table in (("timeline", scan.timeline), ("bonds", scan.bonds), ("grounds", scan.grounds))
    }
    # The input of the tests (sums of prompt vectors) is kept for the last sighting only; no page needs older ones.
    work.session.execute(sa.update(Sighting).where(Sighting.case_id == case_id).values(grounds=None))
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
    work.session.add(Sighting(case_id=case_id, scan_id=scan_id, campaign=plain, **tables))


def _seen_again(work: Work, case_id: int, row: Mapping[str, Any], scan: FinishedScan, scan_id: str) -> int:
    case = work.session.get_one(Case, case_id)
    before = set(work.session.execute(sa.select(CaseMember.account_id).where(_current(case))).scalars())
    known = set(work.session.execute(sa.select(CaseMember.account_id).where(CaseMember.case_id == case_id)).scalars())
    members = _members(scan, row)
    now = {account for account, _, _ in members}
    _add_members(work, case_id, [m for m in members if m[0] not in known], scan_id)
    _renew_members(work, case_id, [m for m in members if m[0] in known], scan_id)
    _sight(work, case_id, row, scan, scan_id)
    for name, value in _figures(row, scan_id, members).items():
        setattr(case, name, value)
    joined, left = len(now - before), len(before - now)
    event = "grew" if joined else "shrank" if left else "seen again"
    if case.state == "closed" and now - known:
        case.state, case.closed_as, event = "open", None, "reopened"
    if case.closed_as == Standing.INNOCENT:
        # The case stays closed as innocent, so the input of the tests, which holds what the accounts ask, is deleted.
        work.session.execute(sa.update(Sighting).where(Sighting.case_id == case_id).values(grounds=None))
    _event(work, case_id, scan_id, event, n_accounts=len(now), n_joined=joined, n_left=left)
    return case_id


def _current(case: Case) -> sa.ColumnElement[bool]:
    """Return the condition of the members that the last sighting names."""
    return sa.and_(CaseMember.case_id == case.case_id, CaseMember.last_scan == case.last_scan)


def _member_rows(
    case_id: int, members: Sequence[tuple[str, float | None, list[Any]]], scan_id: str | None
) -> list[dict[str, Any]]:
    """Return rows of *members* (account, membership, reasons) as the scan *scan_id* saw them."""
    return [
        {"case_id": case_id, "account_id": account, "p_member": p_member, "reasons": reasons, "last_scan": scan_id}
        for account, p_member, reasons in members
    ]


def _add_members(
    work: Work, case_id: int, members: Sequence[tuple[str, float | None, list[Any]]], scan_id: str | None
) -> None:
    if members:
        rows = [row | {"first_scan": scan_id} for row in _member_rows(case_id, members, scan_id)]
        work.session.execute(sa.insert(CaseMember), rows)


def _renew_members(
    work: Work, case_id: int, members: Sequence[tuple[str, float | None, list[Any]]], scan_id: str
) -> None:
    if members:
        work.session.execute(sa.update(CaseMember), _member_rows(case_id, members, scan_id))


def _event(
    work: Work, case_id: int, scan_id: str, event: str, *, n_accounts: int, n_joined: int = 0, n_left: int = 0,
    other: int | None = None,
) -> None:  # fmt: skip
    work.session.add(
        CaseEvent(
            case_id=case_id,
            scan_id=scan_id,
            event=event,
            other_case=other,
            n_accounts=n_accounts,
            n_joined=n_joined,
            n_left=n_left,
        )
    )


def _gone(work: Work, seen: set[str], scan_id: str) -> list[int]:
    """Store an event for each case of the previous scan that was not seen again, and return these cases."""
    before = work.session.execute(
        sa.select(ImportedScan.scan_id)
        .where(ImportedScan.scan_id != scan_id)
        .order_by(ImportedScan.number.desc())
        .limit(1)
    ).scalar()
    missed = work.session.execute(
        sa.select(Case.case_id, Case.campaign_id, Case.n_accounts)
        .where(Case.last_scan == before, Case.campaign_id.is_not(None))
        .order_by(Case.case_id)
    ).all()
    gone = [(case_id, n) for case_id, campaign_id, n in missed if campaign_id not in seen]
    for case_id, n in gone:
        _event(work, case_id, scan_id, "not seen", n_accounts=n)
    return [case_id for case_id, _ in gone]


def _descend(work: Work, lineage: pa.Table | None) -> None:
    """Store which cases split from other cases or merged into them."""
    if lineage is None:
        return
    work.session.flush()
    of = {
        row["campaign_id"]: _Ancestry(row["split_from"], row["merged_into"])
        for row in lineage.select(["campaign_id", "split_from", "merged_into"]).to_pylist()
    }
    for names in batches(of.keys()):
        for case in work.session.execute(sa.select(Case).where(Case.campaign_id.in_(names))).scalars():
            said_of = of[str(case.campaign_id)]
            case.split_from = case.split_from or _case_of(work, said_of.split_from)
            case.merged_into = _case_of(work, said_of.merged_into)


def _case_of(work: Work, campaign_id: str | None) -> int | None:
    if campaign_id is None:
        return None
    return work.session.execute(sa.select(Case.case_id).where(Case.campaign_id == campaign_id)).scalar()
