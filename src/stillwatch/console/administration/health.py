"""Answers probers and monitoring: whether the console works, and its metrics."""

from fastapi import Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlalchemy.exc import SQLAlchemyError

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.store import audit
from stillwatch.console.services.metrics import CONTENT_TYPE, exposition
from stillwatch.console.web.error_pages import log_failure
from stillwatch.console.web.request_context import ConsoleState
from stillwatch.console.web.routing import AccessLevel, Routes
from stillwatch.console.web.security import HEALTH
from stillwatch.errors import StillwatchError

__all__ = ["add"]


def add(routes: Routes) -> None:
    """Add the addresses for probers and monitoring."""
    routes.plain(HEALTH, needs=AccessLevel.PUBLIC)(health)
    routes.plain("/metrics", needs=Permission.VIEW)(metrics)


def health(request: Request, console: ConsoleState) -> Response:
    """Return 200 where the console can read its database, else 503. It says nothing else."""
    try:
        with console.desk.look() as look:
            audit.head(look.session.connection())
    except (StillwatchError, SQLAlchemyError) as error:
        log_failure(request.scope, error)
        return JSONResponse({"status": "failing"}, status_code=503)
    return JSONResponse({"status": "ok"})


def metrics(console: ConsoleState) -> Response:
    """Return the metrics of this console for Prometheus, which signs in with a token."""
    with console.desk.look() as look:
        return PlainTextResponse(exposition(look, console.requests), media_type=CONTENT_TYPE)
