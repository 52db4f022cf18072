"""Saved views: filters of the queue that a person saves under a name, for themselves or for all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.store.saved_views_schema import SavedView
from stillwatch.cases.store.text_limits import said
from stillwatch.errors import InputError, MissingError
from stillwatch.model import Severity

__all__ = ["FIELDS", "MOST", "Saved", "filters", "listed", "remove", "save"]

FIELDS: Mapping[str, str] = {
    "state": "open, closed or all",
    "severity": "watch, review or urgent",
    "assigned": "a name",
    "word": "a word",
}
"""The filters of a view, with their values: the query parameters of the queue page except the start of the page."""
MOST = 100
"""The most saved views of one person."""
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved view. ``query`` is the query string of the queue page."""

    view_id: int
    name: str
    owner: str
    is_shared: bool
    query: str
    made_at: datetime


def save(work: Work, name: str, query: str, *, shared: bool) -> Saved:
    """Save *query* under *name* for the actor.

    Raises ``InputError`` for an unknown filter, for a name that the actor uses already, and above ``MOST`` views.
    """
    name = said(name, "name", most=80)
    row = SavedView(
        name=name,
        owner=work.actor.name,
        is_shared=shared,
        query=urlencode(filters(query)),
        made_at=work.now,
    )
    mine = [one for one in listed(work, work.actor.name) if one.owner == work.actor.name]
    if name.casefold() in {one.name.casefold() for one in mine}:
        raise InputError(
            "you have a view with that name", where="name", remedy="Choose another, or remove the old one."
        )
    if len(mine) >= MOST:
        raise InputError(f"you have {MOST} views, which is the most", where="views", remedy="Remove one first.")
    work.session.add(row)
    work.session.flush()
    work.record("view saved", f"view {row.view_id}", name=row.name, query=row.query, shared=shared)
    return _saved(row)


def remove(work: Work, view_id: int) -> None:
    """Remove a view of the actor, or as an administrator a shared view.

    Raises ``MissingError`` where there is none that the actor may remove.
    """
    row = work.row(SavedView, view_id)
    is_mine = row is not None and row.owner == work.actor.name
    may = is_mine or (row is not None and row.is_shared and work.actor.may(Permission.ADMINISTER))
    if row is None or row.removed_at is not None or not may:
        raise MissingError("there is no such view of yours", where="views", remedy="See the list of views.")
    row.removed_at = work.now
    work.record("view removed", f"view {view_id}", owner=row.owner)


def listed(look: Look, name: str) -> list[Saved]:
    """Return the views of the person *name*, then the shared views of others, each sorted by name."""
    query = sa.select(SavedView).where(
        SavedView.removed_at.is_(None), sa.or_(SavedView.owner == name, SavedView.is_shared)
    )
    found = [_saved(row) for row in look.session.scalars(query)]
    return sorted(found, key=lambda one: (one.owner != name, one.name.casefold(), one.view_id))


def filters(query: str) -> dict[str, str]:
    """Return the filters in *query*, in the order of ``FIELDS``, without empty ones.

    *query* may also be the path of the queue with its query string. Raises ``InputError`` for an unknown field, for a
    field that occurs twice, and for a value that does not fit.
    """
    text = query.strip().removeprefix("/cases").removeprefix("?")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=20)
    except ValueError as error:
        raise _unfit("not a query string") from error
    given = dict(pairs)
    unknown = sorted(given.keys() - FIELDS.keys() - {"start"})
    if unknown or len(given) != len(pairs):
        raise _unfit("a field occurs twice" if not unknown else "the queue has no such filter")
    kept = {name: given[name].strip() for name in FIELDS if given.get(name, "").strip()}
    for name, value in kept.items():
        if not _fits(name, value):
            raise _unfit(f"{name} must be {FIELDS[name]}")
    return kept


def _fits(name: str, value: str) -> bool:
    if name == "state":
        return value in ("open", "closed", "all")
    if name == "severity":
        return value in set(Severity)
    return len(value) <= _LONGEST and value.isprintable()


def _unfit(what: str) -> InputError:
    return InputError(what, where="filters", remedy=f"Use {', '.join(FIELDS)}.")


def _saved(row: SavedView) -> Saved:
    return Saved(row.view_id, row.name, row.owner, row.is_shared, row.query, row.made_at)
