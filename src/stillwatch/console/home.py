"""The start page, and what every console has beside its pages: static files and the description of the JSON API."""

from typing import Any

from fastapi import Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from stillwatch import __version__
from stillwatch.cases.access.roles import Permission
from stillwatch.console.web.context import Caller, Console
from stillwatch.console.web.rendering import View
from stillwatch.console.web.routing import Entry, Routes

__all__ = ["StartView", "add"]


class Place(View):
    """A part of the console."""

    name: str
    sentence: str
    path: str | None


class StartView(View):
    """Where one can go from here; a place without a path is still to come."""

    display: str
    places: list[Place]


def add(routes: Routes) -> None:
    """Add the start page, the static files and the description."""
    routes.page("/", "start.html.j2", needs=Permission.VIEW)(start)
    routes.plain("/openapi.json", needs=Permission.VIEW)(describe)
    routes.plain("/static/{name:path}", needs=Entry.OPEN)(static)


def start(caller: Caller) -> StartView:
    """Where you can go from here."""
    places = [
        Place(name="Queue", sentence="Cases that wait for somebody, the most pressing first.", path="/cases"),
        Place(name="Actions", sentence="What waits for a second person, is due, or is in force.", path="/actions"),
        Place(name="Appeals", sentence="Account holders who object, and what became of it.", path="/appeals"),
        Place(name="Allowances", sentence="Uses that look like a campaign and are allowed.", path="/allowances"),
        Place(name="An account", sentence="One account, wherever it stands.", path="/accounts"),
        Place(name="Saved views", sentence="Filters of the queue that are worth keeping.", path="/views"),
        Place(name="Scans", sentence="What was taken in, and what a scan saw.", path="/scans"),
        Place(name="Compare", sentence="What became of campaigns between two scans.", path="/scans/compare"),
        Place(name="Precision", sentence="How often scans were right, as people judged.", path="/precision"),
        Place(name="Your account", sentence="Your role, password and tokens.", path="/account"),
    ]
    if caller.actor.may(Permission.AUDIT):
        places.append(Place(name="Audit log", sentence="Who did what, and whether the record is whole.", path="/audit"))
    if caller.actor.may(Permission.ADMINISTER):
        places.append(Place(name="Webhooks", sentence="Other systems that are told.", path="/hooks"))
        places.append(Place(name="People", sentence="Who may come in, and in which role.", path="/people"))
    return StartView(display=caller.person.display, places=places)


def describe(request: Request) -> Response:
    """Return the OpenAPI description of the JSON API."""
    return JSONResponse(_description(request))


def static(console: Console, name: str, v: str = "") -> Response:
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
