"""Two scans side by side: which campaigns are new, which are no longer seen, and which changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from stillwatch.cases.desk import Look
from stillwatch.cases.schema import Scan, Sighting
from stillwatch.errors import MissingError

__all__ = ["Change", "compare", "scan_of", "scans"]


@dataclass(frozen=True, slots=True)
class Change:
    """One case in two scans: its campaign's row in each, missing where that scan did not see it."""

    case_id: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def kind(self) -> str:
        """Return new, gone, changed or same."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "gone"
        told = ("n_accounts", "n_exchanges", "severity", "q_value")
        return "same" if all(self.before[name] == self.after[name] for name in told) else "changed"


def scans(look: Look) -> list[Scan]:
    """Return the scans that were taken in, the newest first."""
    return list(look.session.execute(sa.select(Scan).order_by(Scan.number.desc())).scalars())


def scan_of(look: Look, number: int) -> Scan:
    """Return the scan of that number; ``MissingError`` where there is none."""
    known = [scan for scan in scans(look) if scan.number == number]
    if not known:
        raise MissingError("there is no such scan", where=f"scan {number}")
    return known[0]


def compare(look: Look, before: int, after: int) -> list[Change]:
    """Return every case that one of the two scans saw, by its number."""
    rows: dict[int, dict[int, Mapping[str, Any]]] = {}
    for number in (before, after):
        scan = scan_of(look, number)
        query = sa.select(Sighting.case_id, Sighting.campaign).where(Sighting.scan_id == scan.scan_id)
        for case_id, campaign in look.session.execute(query):
            rows.setdefault(case_id, {})[number] = campaign
    return [Change(case_id, seen.get(before), seen.get(after)) for case_id, seen in sorted(rows.items())]
