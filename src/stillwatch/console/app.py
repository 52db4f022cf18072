"""Builds the console: one FastAPI application over one desk."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import httpx2
from fastapi import FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp

from stillwatch import __version__
from stillwatch.cases.access.desk import Desk
from stillwatch.cases.access.login import Login
from stillwatch.cases.access.passwords import Passwords
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.access.sessions import Hours
from stillwatch.cases.case_outbox import CaseOutbox
from stillwatch.console import home
from stillwatch.console.administration import audit, health, own_account, sign_in, users, webhooks
from stillwatch.console.cases import (
    accounts,
    case,
    exemplars,
    graph,
    members,
    precision,
    queue,
    retest,
    saved_views,
    scans,
)
from stillwatch.console.decisions import action_planning, actions, allowances, appeals, asking
from stillwatch.console.services import scheduler
from stillwatch.console.services.case_figures import FigureCache
from stillwatch.console.services.oidc import IdentityProvider
from stillwatch.console.services.retest_cache import RetestCache
from stillwatch.console.web import error_pages
from stillwatch.console.web.base_url import Site, site_of
from stillwatch.console.web.rendering import Assets, PageRenderer
from stillwatch.console.web.request_context import ConsoleState
from stillwatch.console.web.routing import Routes
from stillwatch.console.web.security import SecurityMiddleware
from stillwatch.delivery import sender
from stillwatch.settings import CampaignsSettings, ConsoleSettings, ReportSettings

__all__ = ["build_app", "build_state"]

_LARGEST_BODY = 1_048_576
_PAGE_MODULES = (
    home,
    health,
    sign_in,
    own_account,
    users,
    queue,
    case,
    exemplars,
    members,
    retest,
    graph,
    asking,
    action_planning,
    actions,
    appeals,
    allowances,
    accounts,
    saved_views,
    scans,
    precision,
    audit,
    webhooks,
)
"""The modules that add pages. A new module is added here."""
_NAVIGATION = (
    ("Queue", "/cases", Permission.VIEW),
    ("Actions", "/actions", Permission.VIEW),
    ("Appeals", "/appeals", Permission.VIEW),
    ("Allowances", "/allowances", Permission.VIEW),
    ("Scans", "/scans", Permission.VIEW),
    ("Precision", "/precision", Permission.VIEW),
    ("Audit log", "/audit", Permission.AUDIT),
    ("Webhooks", "/hooks", Permission.ADMINISTER),
    ("Users", "/people", Permission.ADMINISTER),
)


def build_app(
    desk: Desk,
    settings: ConsoleSettings,
    *,
    rules: CampaignsSettings | None = None,
    port: int | None = None,
    transport: httpx2.BaseTransport | None = None,
) -> FastAPI:
    """Return the console over *desk*, listening at *port*.

    *rules* are the thresholds that a group must pass to be a campaign. *transport* is the HTTP transport to the
    identity provider.
    """
    site = site_of(settings, port)
    console = build_state(desk, settings, site, transport, rules)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with (
            sender.in_background(CaseOutbox(desk, site.url), settings),
            scheduler.running(desk, settings.run_due_every),
        ):
            yield
        if console.provider is not None:
            console.provider.close()

    app = FastAPI(
        title="Stillwatch",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.console = console
    error_pages.register(app)
    routes = Routes(app)
    for module in _PAGE_MODULES:
        module.add(routes)

    def note(method: str, route: str, status: int, seconds: float) -> None:
        state: ConsoleState = app.state.console
        state.requests.note(method, route, status, seconds)

    app.add_middleware(_secured, site=site, provider=console.provider, note=note)
    return app


def _secured(
    app: ASGIApp, site: Site, provider: IdentityProvider | None, note: Callable[[str, str, int, float], None]
) -> ASGIApp:
    # The limit is inside the security middleware, so that its refusal carries the security headers too.
    limited = RequestBodyLimitMiddleware(app, _LARGEST_BODY)
    form_action = provider.origin if provider is not None else ""
    return SecurityMiddleware(limited, site, error_pages.internal_error, note, form_action)


def build_state(
    desk: Desk,
    settings: ConsoleSettings,
    site: Site,
    transport: httpx2.BaseTransport | None = None,
    rules: CampaignsSettings | None = None,
) -> ConsoleState:
    """Return the state that all pages of a console over *desk* share."""
    passwords = Passwords(memory_kib=settings.password_memory_kib, passes=settings.password_passes)
    hours = Hours(timedelta(hours=settings.session_hours), timedelta(hours=settings.session_idle_hours))
    pages = PageRenderer(Assets())
    pages.links += _NAVIGATION

    def clock() -> datetime:
        with desk.look() as look:
            return look.now

    provider = None
    if settings.oidc.issuer:
        provider = IdentityProvider(settings.oidc, f"{site.url}/sign-in/provider/back", clock, transport)
    return ConsoleState(
        desk=desk,
        login=Login(desk, passwords, hours),
        site=site,
        pages=pages,
        provider=provider,
        settings=settings,
        figures=FigureCache(ReportSettings()),
        retests=RetestCache(),
        rules=rules or CampaignsSettings(),
    )
