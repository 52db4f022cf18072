"""The home page, the static files and the OpenAPI description of the JSON API."""

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
    """A link to a page, with one sentence about it. ``path`` is null where the page does not exist yet."""

    name: str
    sentence: str
    path: str | None


class HomeView(View):
    """The pages that the requester may open."""

    display: str
    places: list[PageLink]


def add(routes: Routes) -> None:
    """Add the home page, the static files and the OpenAPI description."""
    routes.page("/", "home.html.j2", needs=Permission.VIEW)(start)
    routes.plain("/openapi.json", needs=Permission.VIEW)(describe)
    routes.plain("/static/{name:path}", needs=AccessLevel.PUBLIC)(static)


def start(requester: Requester) -> HomeView:
    """List the pages of the console."""
    places = [
        PageLink(name="Queue", sentence="Open cases, the most urgent first.", path="/cases"),
        PageLink(name="Actions", sentence="Actions that need approval or are in force.", path="/actions"),
        PageLink(name="Appeals", sentence="Objections of account holders, and the answers to them.", path="/appeals"),
        PageLink(name="Allowances", sentence="Approved uses that resemble a campaign.", path="/allowances"),
        PageLink(name="Accounts", sentence="Everything that is recorded about one account.", path="/accounts"),
        PageLink(name="Saved views", sentence="Saved filters of the queue.", path="/views"),
        PageLink(name="Scans", sentence="Imported scans, and the cases in each.", path="/scans"),
        PageLink(name="Compare scans", sentence="The changes of each case between two scans.", path="/scans/compare"),
        PageLink(name="Precision", sentence="The share of campaigns that analysts confirmed.", path="/precision"),
        PageLink(name="Your account", sentence="Your role, your password and your tokens.", path="/account"),
    ]
    if requester.actor.may(Permission.AUDIT):
        places.append(
            PageLink(name="Audit log", sentence="All recorded operations, and a check of the log.", path="/audit")
        )
    if requester.actor.may(Permission.ADMINISTER):
        places.append(PageLink(name="Webhooks", sentence="Systems that receive notifications.", path="/hooks"))
        places.append(PageLink(name="Users", sentence="Users of the console and their roles.", path="/people"))
    return HomeView(display=requester.person.display, places=places)


def describe(request: Request) -> Response:
    """Return the OpenAPI description of the JSON API."""
    return JSONResponse(_description(request))


def static(console: ConsoleState, name: str, v: str = "") -> Response:
    """Return a static file."""
    return console.pages.assets.response(name, v)


def _description(request: Request) -> dict[str, Any]:
    found = get_openapi(
        title="Stillwatch",
        version=__version__,
        summary="Cases, judgements, actions, appeals and access.",
        description="Authenticate with `Authorization: Bearer` and a token from your account page. "
        "The page at `/x` has the same data as JSON at `/x.json`.",
        routes=request.app.routes,
    )
    found.setdefault("components", {})["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{"token": []}]
    return found
