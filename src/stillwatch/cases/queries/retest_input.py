"""Reads the input to repeat the tests of a case without some of its members."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.judgements import case_of, members_of
from stillwatch.cases.queries import case_queries
from stillwatch.cases.queries.case_queries import Which
from stillwatch.cases.store.parquet_column import load
from stillwatch.cases.store.schema import ImportedScan, Sighting
from stillwatch.errors import MissingError
from stillwatch.tables import BONDS, GROUNDS

__all__ = ["Grounds", "grounds", "named"]


@dataclass(frozen=True, slots=True)
class Grounds:
    """The tables ``grounds`` and ``bonds`` of the campaign, and the rates of sharing in the whole log."""

    members: pa.Table
    bonds: pa.Table
    everywhere: Mapping[str, Any]


def grounds(look: Look, case_id: int) -> Grounds:
    """Return the input that the last scan with the case stored. Raises ``MissingError`` where it stored none."""
    case = case_of(look, case_id)
    sighting = look.session.get(Sighting, (case_id, case.last_scan)) if case.last_scan else None
    scan = look.session.get(ImportedScan, case.last_scan) if case.last_scan else None
    left = load(sighting.grounds, GROUNDS) if sighting is not None and sighting.grounds is not None else None
    if sighting is None or scan is None or not left or sighting.bonds is None:
        raise MissingError(
            "no scan stored the input to repeat the tests of this campaign",
            where=f"case {case_id}",
            remedy="Scan again with this version, and import that scan.",
        )
    return Grounds(left, load(sighting.bonds, BONDS), scan.summary.get("everywhere") or {})


def named(look: Look, case_id: int, accounts: Collection[str], which: Which | None, below: float) -> set[str]:
    """Return the union of *accounts*, the members that *which* finds, and the members with a membership under *below*.

    Raises ``InputError`` where one of *accounts* is no member of the case.
    """
    found = members_of(look, case_id, accounts) if accounts else set()
    if which is not None:
        found |= set(case_queries.accounts(look, case_id, which))
    if below > 0:
        unsure = case_queries.probabilities(look, case_id).items()
        found |= {account for account, p_member in unsure if p_member is not None and p_member < below}
    return found
