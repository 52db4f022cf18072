"""Saved views: filters of the queue that a user stores under a name, for this user alone or for all users."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions import saved_views as cases_views
from stillwatch.cases.decisions.saved_views import Saved
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState, Requester
from stillwatch.console.web.routing import Routes

__all__ = ["SavedViewLine", "SavedViewsView", "add"]

_NEEDS = Permission.VIEW


class SavedViewLine(View):
    """One saved view. ``path`` is its address in the queue; ``may_remove`` is whether the requester may remove it."""

    view_id: int
    name: str
    owner: str
    is_shared: bool
    path: str
    filters: dict[str, str]
    made_at: datetime
    may_remove: bool


class SavedViewsView(View):
    """The saved views of the requester and the shared ones. ``query`` is the initial value of the form."""

    views: list[SavedViewLine]
    query: str


class RemovedSavedView(View):
    """The number of the removed view."""

    removed: int


class NewSavedView(BaseModel):
    """A view to save: a name, and the query string of the queue."""

    name: str = Field(max_length=80)
    query: str = Field("", max_length=1_000)
    shared: bool = False


def add(routes: Routes) -> None:
    """Add the page of saved views."""
    routes.page("/views", "saved_views.html.j2", needs=_NEEDS)(views)
    routes.action("/views", needs=_NEEDS, then="/views", form_page=views)(save_view)
    routes.action("/views/{view_id}/remove", needs=_NEEDS, then="/views")(remove_view)


def views(
    console: ConsoleState,
    requester: Requester,
    query: Annotated[str, Query(max_length=1_000, description="initial filters of the form")] = "",
) -> SavedViewsView:
    """List your saved views of the queue and the shared ones."""
    with console.desk.look() as look:
        found = cases_views.listed(look, requester.actor.name)
    return SavedViewsView(views=[_line(one, requester) for one in found], query=query)


def save_view(console: ConsoleState, requester: Requester, sent: NewSavedView) -> SavedViewLine:
    """Save filters of the queue under a name."""
    with console.desk.work(requester.actor, _NEEDS) as work:
        return _line(cases_views.save(work, sent.name, sent.query, shared=sent.shared), requester)


def remove_view(console: ConsoleState, requester: Requester, view_id: int) -> RemovedSavedView:
    """Remove a view of your own, or as an administrator a shared one."""
    with console.desk.work(requester.actor, _NEEDS) as work:
        cases_views.remove(work, view_id)
    return RemovedSavedView(removed=view_id)


def _line(one: Saved, requester: Requester) -> SavedViewLine:
    is_mine = one.owner == requester.actor.name
    return SavedViewLine(
        view_id=one.view_id,
        name=one.name,
        owner=one.owner,
        is_shared=one.is_shared,
        path=f"/cases?{one.query}" if one.query else "/cases",
        filters=cases_views.filters(one.query),
        made_at=one.made_at,
        may_remove=is_mine or (one.is_shared and requester.actor.may(Permission.ADMINISTER)),
    )
