"""Compares two scans: which campaigns are new, which are gone, and which changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import defer

from stillwatch.cases.access.desk import Look
from stillwatch.cases.store.schema import Case, CaseEvent, ImportedScan, Sighting
from stillwatch.cases.store.text_limits import batches
from stillwatch.errors import MissingError

__all__ = ["Change", "Seen", "compare", "n_unopened", "scan_of", "scans", "seen_by"]

_COUNTS = ("n_accounts", "n_exchanges")
_WHOLE = (*_COUNTS, "rank")
_TEXTS = ("campaign_id", "severity", "accountability")
_MEASURES = ("q_value", "coordination", "p_group")
_TOLD = (*_WHOLE, "severity", "accountability", *_MEASURES)


@dataclass(frozen=True, slots=True)
class Change:
    """One case in two scans: the figures of its campaign in each, or null where that scan did not report it.

    ``n_joined`` and ``n_left`` are null where a third sighting lies between the two. The counts of the scans between
    are known, but not which accounts left and came back.
    """

    case_id: int
    title: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    n_joined: int | None = None
    n_left: int | None = None

    @property
    def kind(self) -> Literal["new", "gone", "changed", "same"]:
        """Return new, gone, changed or same."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "gone"
        return "changed" if self.differences or self.n_joined or self.n_left else "same"

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        """Return the figures that differ, by name, each with the values before and after."""
        before, after = self.before, self.after
        if before is None or after is None:
            return {}
        pairs = {name: (before.get(name), after.get(name)) for name in _TOLD}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@dataclass(frozen=True, slots=True)
class Seen:
    """One case as one scan reported it, with the event of that scan."""

    case_id: int
    title: str
    campaign: Mapping[str, Any]
    event: str
    n_joined: int
    n_left: int


def scans(look: Look) -> list[ImportedScan]:
    """Return the imported scans, the newest first, without the column ``background``, which loads on access."""
    query = sa.select(ImportedScan).options(defer(ImportedScan.background)).order_by(ImportedScan.number.desc())
    return list(look.session.execute(query).scalars())


def scan_of(look: Look, number: int) -> ImportedScan:
    """Return the scan of that number. Raises ``MissingError`` where there is none."""
    known = [scan for scan in scans(look) if scan.number == number]
    if not known:
        raise MissingError("there is no such scan", where=f"scan {number}")
    return known[0]


def n_unopened(look: Look, scan: ImportedScan) -> int:
    """Return the number of campaigns that the imports of *scan* left without a case and that have none since."""
    opened = {
        campaign_id
        for some in batches(scan.unopened)
        for campaign_id in look.session.execute(sa.select(Case.campaign_id).where(Case.campaign_id.in_(some))).scalars()
    }
    return len(set(scan.unopened) - opened)


def seen_by(look: Look, scan: ImportedScan) -> list[Seen]:
    """Return the cases that *scan* saw, by number."""
    query = (
        sa.select(Sighting.case_id, Case.title, CaseEvent.event, CaseEvent.n_joined, CaseEvent.n_left, *_columns())
        .join(Case, Case.case_id == Sighting.case_id)
        .outerjoin(CaseEvent, sa.and_(CaseEvent.case_id == Sighting.case_id, CaseEvent.scan_id == Sighting.scan_id))
        .where(Sighting.scan_id == scan.scan_id)
        .order_by(Sighting.case_id, CaseEvent.event_id)
    )
    found = {row.case_id: row for row in look.session.execute(query)}
    return [
        Seen(row.case_id, row.title, _figures(row), row.event or "", row.n_joined or 0, row.n_left or 0)
        for row in found.values()
    ]


def compare(look: Look, before: int, after: int) -> list[Change]:
    """Return every case that at least one of the two scans reported, sorted by case number."""
    rows: dict[int, dict[int, Mapping[str, Any]]] = {}
    titles: dict[int, str] = {}
    for number in (before, after):
        scan = scan_of(look, number)
        query = sa.select(Sighting.case_id, Case.title, *_columns()).join(Case, Case.case_id == Sighting.case_id)
        for row in look.session.execute(query.where(Sighting.scan_id == scan.scan_id)):
            rows.setdefault(row.case_id, {})[number], titles[row.case_id] = _figures(row), row.title
    moved = _moved(look, min(before, after), max(before, after))
    if after < before:
        moved = {case_id: (left, joined) for case_id, (joined, left) in moved.items()}
    return [
        Change(
            case_id,
            titles[case_id],
            seen.get(before),
            seen.get(after),
            *(moved.get(case_id, (None, None)) if len(seen) == 2 else (None, None)),
        )
        for case_id, seen in sorted(rows.items())
    ]


def _columns() -> list[sa.ColumnElement[Any]]:
    """Return the columns of a sighting's figures. The database extracts them: reading 1,000 whole rows is too slow."""
    row = Sighting.campaign
    texts = [row[name].as_string().label(name) for name in _TEXTS]
    # Counts are read as floats as well, because the integer type of the database may be too small.
    return [*texts, *(row[name].as_float().label(name) for name in (*_WHOLE, *_MEASURES))]


def _figures(row: sa.Row[Any]) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in (*_TEXTS, *_WHOLE, *_MEASURES)}
    return found | {name: int(found[name]) for name in _WHOLE if found[name] is not None}


def _moved(look: Look, first: int, last: int) -> dict[int, tuple[int, int]]:
    """Return the numbers of accounts that joined and left, by case, where no sighting lies between the two scans."""
    between = (
        sa.select(Sighting.case_id)
        .join(ImportedScan, ImportedScan.scan_id == Sighting.scan_id)
        .where(ImportedScan.number > first, ImportedScan.number < last)
    )
    query = (
        sa.select(CaseEvent.case_id, CaseEvent.n_joined, CaseEvent.n_left)
        .join(ImportedScan, ImportedScan.scan_id == CaseEvent.scan_id)
        .where(ImportedScan.number == last, CaseEvent.case_id.not_in(between))
    )
    return {case_id: (joined, left) for case_id, joined, left in look.session.execute(query)}
