"""Saved views: filters of the queue that people keep under a name, for themselves or for all."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions import saved_views as cases_views
from stillwatch.cases.decisions.saved_views import Saved
from stillwatch.console.web.context import Caller, Console
from stillwatch.console.web.rendering import View
from stillwatch.console.web.routing import Routes

__all__ = ["SavedLine", "ViewsView", "add"]

_NEEDS = Permission.VIEW


class SavedLine(View):
    """One saved view; ``path`` is the queue as it shows it, ``may_remove`` whether whoever asks may remove it."""

    view_id: int
    name: str
    owner: str
    is_shared: bool
    path: str
    filters: dict[str, str]
    made_at: datetime
    may_remove: bool


class ViewsView(View):
    """The views of whoever asks, and those that others share; ``query`` is what the form begins with."""

    views: list[SavedLine]
    query: str


class Removed(View):
    """What was removed."""

    removed: int


class NewView(BaseModel):
    """A view to save: a name, and what the queue is asked, as its address says it after the question mark."""

    name: str = Field(max_length=80)
    query: str = Field("", max_length=1_000)
    shared: bool = False


def add(routes: Routes) -> None:
    """Add the page of saved views."""
    routes.page("/views", "views.html.j2", needs=_NEEDS)(views)
    routes.action("/views", needs=_NEEDS, then="/views", beside=views)(save_view)
    routes.action("/views/{view_id}/remove", needs=_NEEDS, then="/views")(remove_view)


def views(
    console: Console,
    caller: Caller,
    query: Annotated[str, Query(max_length=1_000, description="filters that the form begins with")] = "",
) -> ViewsView:
    """Your saved views of the queue, and those that others share."""
    with console.desk.look() as look:
        found = cases_views.listed(look, caller.actor.name)
    return ViewsView(views=[_line(one, caller) for one in found], query=query)


def save_view(console: Console, caller: Caller, sent: NewView) -> SavedLine:
    """Save filters of the queue under a name."""
    with console.desk.work(caller.actor, _NEEDS) as work:
        return _line(cases_views.save(work, sent.name, sent.query, shared=sent.shared), caller)


def remove_view(console: Console, caller: Caller, view_id: int) -> Removed:
    """Remove a view of one's own, or as an administrator one that is shared."""
    with console.desk.work(caller.actor, _NEEDS) as work:
        cases_views.remove(work, view_id)
    return Removed(removed=view_id)


def _line(one: Saved, caller: Caller) -> SavedLine:
    is_mine = one.owner == caller.actor.name
    return SavedLine(
        view_id=one.view_id,
        name=one.name,
        owner=one.owner,
        is_shared=one.is_shared,
        path=f"/cases?{one.query}" if one.query else "/cases",
        filters=cases_views.filters(one.query),
        made_at=one.made_at,
        may_remove=is_mine or (one.is_shared and caller.actor.may(Permission.ADMINISTER)),
    )
