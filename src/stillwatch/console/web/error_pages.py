"""Error responses: an HTML page for people and JSON with the same text for programs.

Internal errors are not described: their messages may name a server, a file or a person.
"""

import logging
import secrets
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import Scope

from stillwatch.console.web.kept_forms import SCOPE_KEY, KeptForm, SignInPage, kept_of, sign_in_response
from stillwatch.console.web.request_context import console_of
from stillwatch.errors import ChangedError, EngineError, InputError, MissingError, PolicyError, StillwatchError

__all__ = [
    "ErrorBody", "SignInRequired", "internal_error", "log_failure", "place", "register", "status_of", "validation_text",
    "wants_json",
]  # fmt: skip

_STATUS: Sequence[tuple[type[StillwatchError], int]] = (
    (MissingError, 404),
    (InputError, 422),
    (ChangedError, 409),
    (PolicyError, 403),
    (EngineError, 503),
)
_TITLES = {
    400: "Bad request",
    401: "Sign-in required",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Changed since you looked",
    413: "Too large",
    422: "Invalid input",
    503: "Service unavailable",
}
_log = logging.getLogger("stillwatch.console")
_INTERNAL = "An internal error occurred. Try again. If it happens again, ask the operator of this console."


class ErrorBody(BaseModel):
    """An error: the HTTP status, a title, what happened, and what to do."""

    status: int
    title: str
    what: str
    remedy: str = ""


class SignInRequired(HTTPException):
    """The request has no valid session and no valid token."""

    def __init__(self) -> None:
        super().__init__(401, "You are not signed in, or your session has ended.")


def register(app: FastAPI) -> None:
    """Register the error handlers with *app*."""
    app.add_exception_handler(StillwatchError, _on_stillwatch_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)


def internal_error(request: Request, reference: str = "") -> Response:
    """Return the response to an unexpected error. *reference* is what the line in the log is found by."""
    return _response(request, _error(500, _INTERNAL, _referred(reference)), request.scope.get(SCOPE_KEY))


def wants_json(request: Request) -> bool:
    """Return whether a program sent *request*: the path ends in .json, it has a token, or it accepts only JSON."""
    accepts = request.headers.get("accept", "")
    return (
        request.url.path.endswith(".json")
        or "authorization" in request.headers
        or ("json" in accepts and "html" not in accepts)
    )


def status_of(error: StillwatchError) -> int:
    """Return the HTTP status for an error of Stillwatch."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def validation_text(errors: Sequence[Any]) -> str:
    """Return validation errors as sentences. The values are left out: one may be a password or name a person."""
    return " ".join(_field(found) for found in errors)


async def _on_stillwatch_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, StillwatchError)  # noqa: S101 - what the handler is registered for
    status, kept = status_of(error), await kept_of(request)
    if status >= 500:
        reference = log_failure(request.scope, error)
        return _response(request, _error(status, _INTERNAL, _referred(reference)), kept)
    return _response(request, _error(status, _sentence(error.what), error.remedy), kept)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what the handler is registered for
    told = _error(422, validation_text(error.errors()), "Correct it and try again.")
    return _response(request, told, await kept_of(request))


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what the handler is registered for
    if error.status_code == 401 and not wants_json(request):
        return _to_sign_in(request, await kept_of(request))
    text = str(error.detail) if isinstance(error, SignInRequired) else _http_text(error.status_code)
    remedy = _referred(log_failure(request.scope, error)) if error.status_code >= 500 else ""
    answer = _response(request, _error(error.status_code, text, remedy), await kept_of(request))
    if error.status_code == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


def _to_sign_in(request: Request, kept: KeptForm | None) -> Response:
    if kept is not None and "hx-request" not in request.headers:
        console = console_of(request)
        label = console.provider.label if console.provider is not None else None
        trouble = "Your session has ended. Nothing was saved, and what you typed is kept."
        return sign_in_response(request, SignInPage(wanted="/", provider=label, trouble=trouble), 401, kept)
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = f"/sign-in?next={quote(wanted)}" if request.method == "GET" and wanted != "/" else "/sign-in"
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    return RedirectResponse(target, status_code=303)


def _response(request: Request, error: ErrorBody, kept: KeptForm | None = None) -> Response:
    if wants_json(request):
        return JSONResponse(error.model_dump(), status_code=error.status)
    values = {"kept": kept, "back": _page_before(request)}
    return console_of(request).pages.render(request, "error.html.j2", error, status=error.status, values=values)


def _page_before(request: Request) -> str:
    """Return the path of the page of this console that the request came from, or an empty text."""
    before, site = urlsplit(request.headers.get("referer", "")), console_of(request).site
    path = f"{before.path}?{before.query}" if before.query else before.path
    is_ours = f"{before.scheme}://{before.netloc}" in site.origins and path.startswith("/") and path[1:2] != "/"
    return path if is_ours else ""


def log_failure(scope: Scope, error: Exception) -> str:
    """Write one line about a request that failed with a status of 500 or above, and return its reference.

    The line holds neither the message nor the path, since both may name a person: the kind of error, where it arose,
    the method and the pattern of the route.
    """
    reference = secrets.token_hex(4)
    route = getattr(scope.get("route"), "path", "unknown route")
    _log.error("%s at %s, %s %s, reference %s", type(error).__name__, place(error), scope["method"], route, reference)
    return reference


def place(error: Exception) -> str:
    """Return file and line of the innermost frame in Stillwatch, without the values of variables."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "stillwatch" in Path(frame.filename).parts] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "an unknown place"


def _referred(reference: str) -> str:
    return f"Give the reference {reference}: it is in the log of the console." if reference else ""


def _error(status: int, what: str, remedy: str = "") -> ErrorBody:
    return ErrorBody(status=status, title=_TITLES.get(status, "Internal error"), what=what, remedy=remedy)


def _field(found: dict[str, Any]) -> str:
    place = ".".join(str(part) for part in found.get("loc", ()) if part not in ("body", "query", "path"))
    said = str(found.get("msg", "is not valid")).removeprefix("Value error, ")
    return _sentence(f"{place}: {said}" if place else said)


def _http_text(status: int) -> str:
    return {
        404: "This page does not exist.",
        405: "This address does not accept this request method.",
        413: "The request is larger than this console accepts.",
    }.get(status, "The request is not valid." if status < 500 else _INTERNAL)


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text[-1:] in ".!?" else f"{text}."
