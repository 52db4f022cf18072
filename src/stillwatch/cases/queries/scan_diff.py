"""Two scans side by side: which campaigns are new, which are no longer seen, and which changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import defer

from stillwatch.cases.access.desk import Look
from stillwatch.cases.store.schema import Case, CaseEvent, Scan, Sighting
from stillwatch.errors import MissingError

__all__ = ["Change", "Seen", "compare", "scan_of", "scans", "seen_by"]

_COUNTS = ("n_accounts", "n_exchanges")
_TEXTS = ("campaign_id", "severity")
_MEASURES = ("q_value", "coordination", "harvest", "concealment")
_TOLD = (*_COUNTS, "severity", *_MEASURES)


@dataclass(frozen=True, slots=True)
class Change:
    """One case in two scans: its campaign's figures in each, missing where that scan did not see it.

    ``n_joined`` and ``n_left`` are missing where the two sightings do not follow each other: of the scans between, how
    many came and went is known, but not who came back.
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
        """Return the figures that differ: name, then the values before and after."""
        before, after = self.before, self.after
        if before is None or after is None:
            return {}
        pairs = {name: (before.get(name), after.get(name)) for name in _TOLD}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@dataclass(frozen=True, slots=True)
class Seen:
    """One case as one scan saw it, and what became of it there."""

    case_id: int
    title: str
    campaign: Mapping[str, Any]
    event: str
    n_joined: int
    n_left: int


def scans(look: Look) -> list[Scan]:
    """Return the scans that were taken in, the newest first; what is drawn of them is read where it is asked for."""
    query = sa.select(Scan).options(defer(Scan.background)).order_by(Scan.number.desc())
    return list(look.session.execute(query).scalars())


def scan_of(look: Look, number: int) -> Scan:
    """Return the scan of that number; ``MissingError`` where there is none."""
    known = [scan for scan in scans(look) if scan.number == number]
    if not known:
        raise MissingError("there is no such scan", where=f"scan {number}")
    return known[0]


def seen_by(look: Look, scan: Scan) -> list[Seen]:
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
    """Return every case that one of the two scans saw, by its number."""
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
    """Return the figures of a sighting, read by the database: a thousand rows whole take longer than a page may."""
    row = Sighting.campaign
    texts = [row[name].as_string().label(name) for name in _TEXTS]
    # As fractions, counts too: an integer of the database may be too small for them.
    return [*texts, *(row[name].as_float().label(name) for name in (*_COUNTS, *_MEASURES))]


def _figures(row: sa.Row[Any]) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in (*_TEXTS, *_COUNTS, *_MEASURES)}
    return found | {name: int(found[name]) for name in _COUNTS if found[name] is not None}


def _moved(look: Look, first: int, last: int) -> dict[int, tuple[int, int]]:
    """Return how many accounts joined and left each case between the two, where no sighting lies between them."""
    between = (
        sa.select(Sighting.case_id)
        .join(Scan, Scan.scan_id == Sighting.scan_id)
        .where(Scan.number > first, Scan.number < last)
    )
    query = (
        sa.select(CaseEvent.case_id, CaseEvent.n_joined, CaseEvent.n_left)
        .join(Scan, Scan.scan_id == CaseEvent.scan_id)
        .where(Scan.number == last, CaseEvent.case_id.not_in(between))
    )
    return {case_id: (joined, left) for case_id, joined, left in look.session.execute(query)}
