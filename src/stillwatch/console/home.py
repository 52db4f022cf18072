"""The start page, and what every console has beside its pages: static files and the description of the JSON API."""

from typing import Any

from fastapi import Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from stillwatch import __version__
from stillwatch.cases.access.roles import Permission
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState, Requester
from stillwatch.console.web.routing import AccessLevel, Routes

__all__ = ["HomeView", "add"]


class PageLink(View):
    """A part of the console."""

    name: str
    sentence: str
    path: str | None


class HomeView(View):
    """Where one can go from here; a place without a path is still to come."""

    display: str
    places: list[PageLink]


def add(routes: Routes) -> None:
    """Add the start page, the static files and the description."""
    routes.page("/", "start.html.j2", needs=Permission.VIEW)(start)
    routes.plain("/openapi.json", needs=Permission.VIEW)(describe)
    routes.plain("/static/{name:path}", needs=AccessLevel.PUBLIC)(static)


def start(requester: Requester) -> HomeView:
    """Where you can go from here."""
    places = [
        PageLink(name="Queue", sentence="Cases that wait for somebody, the most pressing first.", path="/cases"),
        PageLink(name="Actions", sentence="What waits for a second person, is due, or is in force.", path="/actions"),
        PageLink(name="Appeals", sentence="Account holders who object, and what became of it.", path="/appeals"),
        PageLink(name="Allowances", sentence="Uses that look like a campaign and are allowed.", path="/allowances"),
        PageLink(name="An account", sentence="One account, wherever it stands.", path="/accounts"),
        PageLink(name="Saved views", sentence="Filters of the queue that are worth keeping.", path="/views"),
        PageLink(name="Scans", sentence="What was taken in, and what a scan saw.", path="/scans"),
        PageLink(name="Compare", sentence="What became of campaigns between two scans.", path="/scans/compare"),
        PageLink(name="Precision", sentence="How often scans were right, as people judged.", path="/precision"),
        PageLink(name="Your account", sentence="Your role, password and tokens.", path="/account"),
    ]
    if requester.actor.may(Permission.AUDIT):
        places.append(
            PageLink(name="Audit log", sentence="Who did what, and whether the record is whole.", path="/audit")
        )
    if requester.actor.may(Permission.ADMINISTER):
        places.append(PageLink(name="Webhooks", sentence="Other systems that are told.", path="/hooks"))
        places.append(PageLink(name="People", sentence="Who may come in, and in which role.", path="/people"))
    return HomeView(display=requester.person.display, places=places)


def describe(request: Request) -> Response:
    """Return the OpenAPI description of the JSON API."""
    return JSONResponse(_description(request))


def static(console: ConsoleState, name: str, v: str = "") -> Response:
    """Return a file that pages load."""
    return console.pages.assets.answer(name, v)


def _description(request: Request) -> dict[str, Any]:
    found = get_openapi(
        title="Stillwatch",
        version=__version__,
        summary="Cases, judgements, and who may do what.",
        description="Authenticate with `Authorization: Bearer` and a token from your account page. A page at `/x` has "
        "its facts at `/x.json`.",
        routes=request.app.routes,
    )
    found.setdefault("components", {})["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{"token": []}]
    return found
