"""Assigns a case to a person."""

from stillwatch.cases.access.desk import Work
from stillwatch.cases.decisions.judgements import case_of
from stillwatch.cases.store.text_limits import said

__all__ = ["assign"]


def assign(work: Work, case_id: int, name: str | None) -> None:
    """Assign the case to the person *name*, or to nobody. Raises ``MissingError`` where there is no such case."""
    case = case_of(work, case_id)
    case.assigned_to = None if name is None else said(name, "name", most=200)
    work.record("case assigned", f"case {case_id}", to=case.assigned_to)
