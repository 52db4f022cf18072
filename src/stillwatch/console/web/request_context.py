"""The state of the console that every page uses, and the requester of a request."""

from dataclasses import dataclass, field
from datetime import datetime

from fastapi import Request

from stillwatch.cases.access.desk import Desk
from stillwatch.cases.access.login import Browser, Login
from stillwatch.cases.access.roles import Actor
from stillwatch.cases.access.sessions import Visit
from stillwatch.cases.access.users import Person
from stillwatch.console.services.case_figures import FigureCache
from stillwatch.console.services.metrics import RequestCounter
from stillwatch.console.services.oidc import IdentityProvider
from stillwatch.console.services.retest_cache import RetestCache
from stillwatch.console.web.base_url import Site
from stillwatch.console.web.rendering import PageRenderer
from stillwatch.settings import CampaignsSettings, ConsoleSettings

__all__ = ["ConsoleState", "Requester", "browser_of", "console_of", "session_token"]


@dataclass(frozen=True, slots=True)
class Requester:
    """The authenticated user of a request. ``visit`` is None where a program acts for the user with a token."""

    person: Person
    actor: Actor
    visit: Visit | None


@dataclass(frozen=True)
class ConsoleState:
    """The state that all pages of one console share."""

    desk: Desk
    login: Login
    site: Site
    pages: PageRenderer
    provider: IdentityProvider | None
    settings: ConsoleSettings
    figures: FigureCache
    retests: RetestCache
    rules: CampaignsSettings
    """Thresholds that a group must pass to be a campaign."""
    requests: RequestCounter = field(default_factory=RequestCounter)

    def now(self) -> datetime:
        """Return the current time of the desk."""
        with self.desk.look() as look:
            return look.now


def console_of(request: Request) -> ConsoleState:
    """Return the state of the console that received *request*."""
    console: ConsoleState = request.app.state.console
    return console


def session_token(request: Request) -> str | None:
    """Return the session token from the cookie of *request*, not verified, or None."""
    return request.cookies.get(console_of(request).site.cookie("session")) or None


def browser_of(request: Request) -> Browser:
    """Return the client address and the tokens of the browser that sent *request*."""
    address = request.client.host if request.client else ""
    device = request.cookies.get(console_of(request).site.cookie("device")) or None
    return Browser(address, device=device, session=session_token(request))
