"""What every page needs at hand, and who asks for it."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request

from stillwatch.cases.access.desk import Desk
from stillwatch.cases.access.login import Browser, Login
from stillwatch.cases.access.roles import Actor
from stillwatch.cases.access.sessions import Visit
from stillwatch.cases.access.users import Person
from stillwatch.console.services.case_figures import FigureCache
from stillwatch.console.services.oidc import IdentityProvider
from stillwatch.console.services.retest_cache import RetestCache
from stillwatch.console.web.base_url import Site
from stillwatch.console.web.rendering import PageRenderer
from stillwatch.settings import CampaignsSettings, ConsoleSettings

__all__ = ["ConsoleState", "Requester", "browser_of", "console_of", "session_token"]


@dataclass(frozen=True, slots=True)
class Requester:
    """Somebody who may come in: a person within a session, or a program (``visit`` is missing) that acts for one."""

    person: Person
    actor: Actor
    visit: Visit | None


@dataclass(frozen=True)
class ConsoleState:
    """What the pages of one console share."""

    desk: Desk
    login: Login
    site: Site
    pages: PageRenderer
    provider: IdentityProvider | None
    settings: ConsoleSettings
    figures: FigureCache
    retests: RetestCache
    rules: CampaignsSettings
    """What a group must show to be a campaign."""

    def now(self) -> datetime:
        """Return what time it is at the desk."""
        with self.desk.look() as look:
            return look.now


def console_of(request: Request) -> ConsoleState:
    """Return the console that *request* was made to."""
    console: ConsoleState = request.app.state.console
    return console


def session_token(request: Request) -> str | None:
    """Return the session that the browser claims to be in."""
    return request.cookies.get(console_of(request).site.cookie("session")) or None


def browser_of(request: Request) -> Browser:
    """Return what is known of the browser that asks."""
    address = request.client.host if request.client else ""
    device = request.cookies.get(console_of(request).site.cookie("device")) or None
    return Browser(address, device=device, session=session_token(request))
