"""What people and programs are told when something was refused or failed: a page and its JSON twin, of the same words.

What failed on our side is not described: its words may name a server, a file or somebody.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from stillwatch.console.web.request_context import console_of
from stillwatch.errors import EngineError, InputError, MissingError, PolicyError, StillwatchError

__all__ = ["ErrorBody", "SignInRequired", "broken", "register", "status_of", "validation_text", "wants_json"]

_STATUS: Sequence[tuple[type[StillwatchError], int]] = (
    (MissingError, 404),
    (InputError, 422),
    (PolicyError, 403),
    (EngineError, 503),
)
_TITLES = {
    400: "That was not understood",
    401: "Sign in first",
    403: "Not allowed",
    404: "Nothing here",
    405: "Not done this way",
    413: "Too large",
    422: "Something does not fit",
    503: "Not available now",
}
_OURS = "Something failed here. Try again; if it stays, ask whoever runs this console."


class ErrorBody(BaseModel):
    """Why there is no answer: the status again, what happened, and what to do."""

    status: int
    title: str
    what: str
    remedy: str = ""


class SignInRequired(HTTPException):
    """Whoever asks has not signed in, or has a token that lets nobody in."""

    def __init__(self) -> None:
        super().__init__(401, "You are not signed in, or no longer.")


def register(app: FastAPI) -> None:
    """Make *app* answer failures so."""
    app.add_exception_handler(StillwatchError, _on_ours)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)


def broken(request: Request) -> Response:
    """Return the answer where something broke that nobody foresaw."""
    return _answer(request, _failure(500, _OURS))


def wants_json(request: Request) -> bool:
    """Return whether a program asks: by the address, by bearing a token, or by what it accepts."""
    accepts = request.headers.get("accept", "")
    return (
        request.url.path.endswith(".json")
        or "authorization" in request.headers
        or ("json" in accepts and "html" not in accepts)
    )


def status_of(error: StillwatchError) -> int:
    """Return the status that an error of ours is answered with."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def validation_text(errors: Sequence[Any]) -> str:
    """Return what does not fit, as sentences; what was given is left out: it may be a password, or name somebody."""
    return " ".join(_field(found) for found in errors)


async def _on_ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, StillwatchError)  # noqa: S101 - what the handler is registered for
    status = status_of(error)
    if status >= 500:
        return _answer(request, _failure(status, _OURS))
    return _answer(request, _failure(status, _sentence(error.what), error.remedy))


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what the handler is registered for
    return _answer(request, _failure(422, validation_text(error.errors()), "Correct it and try again."))


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what the handler is registered for
    if error.status_code == 401 and not wants_json(request):
        return _to_sign_in(request)
    said = str(error.detail) if isinstance(error, SignInRequired) else _said(error.status_code)
    answer = _answer(request, _failure(error.status_code, said))
    if error.status_code == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


def _to_sign_in(request: Request) -> Response:
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = f"/sign-in?next={quote(wanted)}" if request.method == "GET" and wanted != "/" else "/sign-in"
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    return RedirectResponse(target, status_code=303)


def _answer(request: Request, failure: ErrorBody) -> Response:
    if wants_json(request):
        return JSONResponse(failure.model_dump(), status_code=failure.status)
    return console_of(request).pages.answer(request, "failure.html.j2", failure, status=failure.status)


def _failure(status: int, what: str, remedy: str = "") -> ErrorBody:
    return ErrorBody(status=status, title=_TITLES.get(status, "Something went wrong"), what=what, remedy=remedy)


def _field(found: dict[str, Any]) -> str:
    place = ".".join(str(part) for part in found.get("loc", ()) if part not in ("body", "query", "path"))
    said = str(found.get("msg", "does not fit")).removeprefix("Value error, ")
    return _sentence(f"{place}: {said}" if place else said)


def _said(status: int) -> str:
    return {
        404: "There is no such page.",
        405: "This address does not take that kind of request.",
        413: "That is more than this console takes at once.",
    }.get(status, "That request was not understood." if status < 500 else _OURS)


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text[-1:] in ".!?" else f"{text}."
