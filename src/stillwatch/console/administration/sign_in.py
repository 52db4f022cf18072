"""Sign-in: checks a password, a one-time link or an identity provider, and starts a session. Sign-out ends it.

These pages are for browsers only; a program uses a token. The session cookie is ``SameSite=Lax`` rather than
``Strict``: a link to a case in a message has to open for a signed-in user. All changes are protected by the checks in
``csrf``.
"""

from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from stillwatch.cases.access import bearer, one_time_links, sessions
from stillwatch.cases.access.login import Entered
from stillwatch.cases.access.one_time_links import Purpose
from stillwatch.cases.access.passwords import LEAST
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.access.sessions import Visit
from stillwatch.console.web.kept_forms import KeptForm, SignInPage, anonymous_page, sign_in_response
from stillwatch.console.web.request_context import ConsoleState, Requester, browser_of, session_token
from stillwatch.console.web.routing import AccessLevel, Routes
from stillwatch.errors import InputError, MissingError, PolicyError

__all__ = ["add", "safe_target", "session_response"]

_DEVICE_S = 90 * 86_400


class _LinkPage(BaseModel):
    """The data of the page behind a one-time link. ``name`` is None where the user chooses it."""

    name: str | None
    least: int = LEAST
    trouble: str = ""


def add(routes: Routes) -> None:
    """Add sign-in and sign-out."""
    routes.plain("/sign-in", needs=AccessLevel.PUBLIC)(sign_in_page)
    routes.plain("/sign-in", needs=AccessLevel.PUBLIC, method="POST")(sign_in)
    routes.plain("/sign-in/resume", needs=AccessLevel.PUBLIC, method="POST")(resume)
    routes.plain("/sign-in/provider", needs=AccessLevel.PUBLIC, method="POST")(to_provider)
    routes.plain("/sign-in/provider/back", needs=AccessLevel.PUBLIC)(from_provider)
    routes.plain("/sign-out", needs=AccessLevel.SESSION, method="POST")(sign_out)
    routes.plain("/link/{token}", needs=AccessLevel.PUBLIC)(link_page)
    routes.plain("/link/{token}", needs=AccessLevel.PUBLIC, method="POST")(link)


def sign_in_page(request: Request, console: ConsoleState, next: str = "/") -> Response:  # noqa: A002 - in the address
    """Show the sign-in page."""
    return _sign_in_response(request, console, next)


def sign_in(
    request: Request,
    console: ConsoleState,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - in the form
    kept: Annotated[str, Form()] = "",
) -> Response:
    """Sign a user in by password, or show the error. *kept* is a form that was sent after the session had ended."""
    typed = KeptForm.of_text(kept) if kept else None
    try:
        entered = console.login.by_password(name, password, browser_of(request))
    except PolicyError as error:
        status = 429 if "too many" in error.what else 403
        return _sign_in_response(request, console, next, trouble=error, name=name, status=status, kept=typed)
    if typed is None:
        return session_response(console, entered, safe_target(next))
    visit = Visit(entered.person, bearer.digest(entered.session.token), entered.session.csrf)
    return _with_session(_resume_page(request, console, visit, typed), console, entered)


def resume(request: Request, console: ConsoleState, kept: Annotated[str, Form()] = "") -> Response:
    """Show what was typed before the session ended to a user who signed in again in another tab."""
    typed, token = KeptForm.of_text(kept), session_token(request)
    visit = sessions.visit(console.desk, token, console.login.hours) if token else None
    if typed is None:
        return RedirectResponse("/", status_code=303)
    if visit is None:
        not_yet = PolicyError("you are not signed in yet", where="sign-in", remedy="Sign in first, then go on.")
        return _sign_in_response(request, console, "/", trouble=not_yet, status=401, kept=typed)
    return _resume_page(request, console, visit, typed)


def to_provider(console: ConsoleState, next: Annotated[str, Form()] = "/") -> Response:  # noqa: A002 - in the form
    """Redirect the browser to the identity provider."""
    if console.provider is None:
        raise MissingError("no identity provider is configured", where="sign-in")
    asked = console.provider.begin(safe_target(next))
    answer = RedirectResponse(asked.url, status_code=303)
    answer.set_cookie(
        console.site.cookie("oidc"),
        asked.cookie,
        max_age=600,
        secure=console.site.is_https,
        httponly=True,
        samesite="lax",
    )
    return answer


def from_provider(request: Request, console: ConsoleState) -> Response:
    """Sign in a user who returns from the identity provider."""
    if console.provider is None:
        raise MissingError("no identity provider is configured", where="sign-in")
    cookie = request.cookies.get(console.site.cookie("oidc"), "")
    try:
        vouched, wanted = console.provider.finish(dict(request.query_params), cookie)
        entered = console.login.by_provider(vouched, browser_of(request))
        # The cookie of the forms stays: another tab may hold a form that was typed before the session ended.
        answer = session_response(console, entered, wanted, keeps_forms=True)
    except (PolicyError, InputError) as error:
        answer = _sign_in_response(request, console, "/", trouble=error, status=403)
    answer.delete_cookie(console.site.cookie("oidc"), secure=console.site.is_https, httponly=True, samesite="lax")
    return answer


def sign_out(console: ConsoleState, requester: Requester) -> Response:
    """End the current session."""
    if requester.visit is not None:
        with console.desk.work(requester.actor, Permission.VIEW) as work:
            sessions.end(work, requester.visit.digest)
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(console.site.cookie("session"), secure=console.site.is_https, httponly=True, samesite="lax")
    # The browser deletes cached pages too. The device cookie stays.
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def link_page(request: Request, console: ConsoleState, token: str) -> Response:
    """Show the purpose of a one-time link. This does not use it up: mail scanners open links too."""
    return _link_response(request, console, token)


def link(
    request: Request,
    console: ConsoleState,
    token: str,
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    display: Annotated[str, Form()] = "",
) -> Response:
    """Set a password with a one-time link, and sign the user in."""
    if password != again:
        differ = InputError("the two passwords differ", where="password", remedy="Type the same password twice.")
        return _link_response(request, console, token, trouble=differ)
    try:
        entered = console.login.by_link(token, password, browser_of(request), name=name, display=display)
    except InputError as error:
        return _link_response(request, console, token, trouble=error)
    return session_response(console, entered, "/")


def session_response(console: ConsoleState, entered: Entered, target: str, *, keeps_forms: bool = False) -> Response:
    """Return the redirect to *target*, with the cookies of the new session."""
    return _with_session(RedirectResponse(target, status_code=303), console, entered, keeps_forms=keeps_forms)


def _with_session(answer: Response, console: ConsoleState, entered: Entered, *, keeps_forms: bool = False) -> Response:
    site = console.site
    answer.set_cookie(
        site.cookie("session"), entered.session.token, secure=site.is_https, httponly=True, samesite="lax"
    )
    answer.set_cookie(
        site.cookie("device"),
        entered.device,
        max_age=_DEVICE_S,
        secure=site.is_https,
        httponly=True,
        samesite="lax",
    )
    if not keeps_forms:
        answer.delete_cookie(site.cookie("form"), secure=site.is_https, httponly=True, samesite="lax")
    return answer


def _resume_page(request: Request, console: ConsoleState, visit: Visit, kept: KeptForm) -> Response:
    request.state.requester = Requester(visit.person, visit.person.actor(), visit)
    return console.pages.render(request, "resume.html.j2", kept)


def safe_target(wanted: str) -> str:
    """Return *wanted* where it is a path of this console, else the home page. This prevents open redirects."""
    fits = wanted.startswith("/") and not wanted.startswith("//") and wanted.isprintable() and "\\" not in wanted
    return wanted if fits else "/"


def _sign_in_response(
    request: Request,
    console: ConsoleState,
    wanted: str,
    *,
    trouble: PolicyError | InputError | None = None,
    name: str = "",
    status: int = 200,
    kept: KeptForm | None = None,
) -> Response:
    label = console.provider.label if console.provider is not None else None
    view = SignInPage(wanted=safe_target(wanted), provider=label, trouble=_error_text(trouble), name=name)
    return sign_in_response(request, view, status, kept)


def _link_response(request: Request, console: ConsoleState, token: str, trouble: InputError | None = None) -> Response:
    with console.desk.look() as look:
        found = one_time_links.look_up(look, token)
    if found is None:
        raise PolicyError(
            "this link was used, has expired or was replaced",
            where="link",
            remedy="Ask an administrator for a new one.",
        )
    first = found.purpose == Purpose.FIRST_ADMINISTRATOR
    view = _LinkPage(name=None if first else found.name, trouble=_error_text(trouble))
    return anonymous_page(request, "one_time_link.html.j2", view, 422 if trouble else 200)


def _error_text(trouble: PolicyError | InputError | None) -> str:
    if trouble is None:
        return ""
    return f"{trouble.what[:1].upper()}{trouble.what[1:]}. {trouble.remedy}".strip()
