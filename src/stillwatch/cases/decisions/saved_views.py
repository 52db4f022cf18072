"""Views of the queue that people keep under a name, for themselves or for all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.store.records_schema import SavedView
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
"""What a view may fix, as the address of the queue spells it: all that it can be asked but where its page begins."""
MOST = 100
"""Views that one person keeps."""
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Saved:
    """A view: its name, whose it is, and the query string of the queue that it stands for."""

    view_id: int
    name: str
    owner: str
    is_shared: bool
    query: str
    made_at: datetime


def save(work: Work, name: str, query: str, *, shared: bool) -> Saved:
    """Keep *query* under *name* as the actor's; ``InputError`` where the queue knows no such filter."""
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
        raise InputError("you have a view of that name", where="name", remedy="Choose another, or remove the old one.")
    if len(mine) >= MOST:
        raise InputError(f"you keep {MOST} views, which is the most", where="views", remedy="Remove one first.")
    work.session.add(row)
    work.session.flush()
    work.record("view saved", f"view {row.view_id}", name=row.name, query=row.query, shared=shared)
    return _saved(row)


def remove(work: Work, view_id: int) -> None:
    """Remove a view of the actor's, or as an administrator one that is shared."""
    row = work.row(SavedView, view_id)
    is_mine = row is not None and row.owner == work.actor.name
    may = is_mine or (row is not None and row.is_shared and work.actor.may(Permission.ADMINISTER))
    if row is None or row.removed_at is not None or not may:
        raise MissingError("there is no such view of yours", where="views", remedy="See the list of views.")
    row.removed_at = work.now
    work.record("view removed", f"view {view_id}", owner=row.owner)


def listed(look: Look, name: str) -> list[Saved]:
    """Return the views of the person called *name*, and those that others share, by name."""
    query = sa.select(SavedView).where(
        SavedView.removed_at.is_(None), sa.or_(SavedView.owner == name, SavedView.is_shared)
    )
    found = [_saved(row) for row in look.session.scalars(query)]
    return sorted(found, key=lambda one: (one.owner != name, one.name.casefold(), one.view_id))


def filters(query: str) -> dict[str, str]:
    """Return what *query* asks of the queue, field by field in their order; empty fields are left out.

    An address of the queue does too. Raises ``InputError`` for a field that the queue does not know, or twice the same.
    """
    text = query.strip().removeprefix("/cases").removeprefix("?")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=20)
    except ValueError as error:
        raise _unfit("not a query string") from error
    given = dict(pairs)
    unknown = sorted(given.keys() - FIELDS.keys() - {"start"})
    if unknown or len(given) != len(pairs):
        raise _unfit("a field stands in it twice" if not unknown else "it has a field that the queue does not know")
    kept = {name: given[name].strip() for name in FIELDS if given.get(name, "").strip()}
    for name, value in kept.items():
        if not _fits(name, value):
            raise _unfit(f"{name} has to be {FIELDS[name]}")
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
