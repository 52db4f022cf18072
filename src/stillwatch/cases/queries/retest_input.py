"""What the last scan left of a case's tests, and who is to be left out when they are made again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.judgements import case_of, members_of
from stillwatch.cases.queries import case_queries
from stillwatch.cases.queries.case_queries import Which
from stillwatch.cases.store.parquet_column import load
from stillwatch.cases.store.schema import Scan, Sighting
from stillwatch.errors import MissingError
from stillwatch.tables import BONDS, GROUNDS

__all__ = ["Grounds", "grounds", "named"]


@dataclass(frozen=True, slots=True)
class Grounds:
    """Tables ``grounds`` and ``bonds`` of the campaign, and how much the whole log shares."""

    members: pa.Table
    bonds: pa.Table
    everywhere: Mapping[str, Any]


def grounds(look: Look, case_id: int) -> Grounds:
    """Return what the last scan that saw the case left of its tests; ``MissingError`` where it left nothing."""
    case = case_of(look, case_id)
    sighting = look.session.get(Sighting, (case_id, case.last_scan)) if case.last_scan else None
    scan = look.session.get(Scan, case.last_scan) if case.last_scan else None
    left = load(sighting.grounds, GROUNDS) if sighting is not None and sighting.grounds is not None else None
    if sighting is None or scan is None or not left or sighting.bonds is None:
        raise MissingError(
            "no scan left what the campaign's tests can be made again from",
            where=f"case {case_id}",
            remedy="Scan again with this version, and take that scan in.",
        )
    return Grounds(left, load(sighting.bonds, BONDS), scan.summary.get("everywhere") or {})


def named(look: Look, case_id: int, accounts: Collection[str], which: Which | None, below: float) -> set[str]:
    """Return *accounts*, whom *which* finds, and whose membership is under *below*; all are members of the case."""
    found = members_of(look, case_id, accounts) if accounts else set()
    if which is not None:
        found |= set(case_queries.accounts(look, case_id, which))
    if below > 0:
        unsure = case_queries.probabilities(look, case_id).items()
        found |= {account for account, p_member in unsure if p_member is not None and p_member < below}
    return found
