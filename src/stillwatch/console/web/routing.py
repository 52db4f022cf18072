"""Routes that state who may use them. The permission is checked before the request body is read.

    @routes.page("/people", "users.html.j2", needs=Permission.ADMINISTER)
    def people(console: ConsoleState, requester: Requester) -> UsersView: ...

adds two addresses with the same data: the page ``/people`` and its JSON ``/people.json``. ``action`` adds a change: an
HTML form, and a JSON body with the same fields. ``plain`` adds an address for browsers only, whose function returns the
response. An action with a *form_page* shows that page again when the form has an error, and keeps what the user typed.

A function declares what it needs by type (``ConsoleState``, ``Requester``, ``Request``). FastAPI reads all other
parameters from the request. A path parameter must not end in ``.json``, since that suffix selects the JSON response.
"""

import inspect
from collections.abc import Callable, Coroutine
from enum import StrEnum
from functools import wraps
from typing import Annotated, Any, TypeVar

from fastapi import Body, Depends, FastAPI, Form, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from stillwatch.cases.access import sessions, tokens
from stillwatch.cases.access.roles import Permission
from stillwatch.console.web import csrf
from stillwatch.console.web.error_pages import ErrorBody, SignInRequired, status_of, wants_json
from stillwatch.console.web.forms import SubmittedForm, reader
from stillwatch.console.web.kept_forms import SCOPE_KEY, kept_of
from stillwatch.console.web.rendering import FormValues, View
from stillwatch.console.web.request_context import ConsoleState, Requester, console_of, session_token
from stillwatch.errors import ContractError, InputError, MissingError, PolicyError, StillwatchError

__all__ = ["AccessLevel", "GuardedRoute", "Needs", "Routes"]


class AccessLevel(StrEnum):
    """The access rule of a route that needs no permission."""

    PUBLIC = "public"
    SESSION = "session"
    """A session is required. A token must not do these things, such as creating tokens."""


Needs = Permission | AccessLevel
_F = TypeVar("_F", bound=Callable[..., Any])
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody, "description": text}
    for status, text in {
        401: "Not signed in, or the token is not valid",
        403: "The role or the token lacks the permission",
        404: "No object has this name or number",
        409: "What the decision was made on has changed since",
        413: "Too large",
        422: "Invalid input",
        503: "Service unavailable",
    }.items()
}


class GuardedRoute(APIRoute):
    """A route whose endpoint states in ``needs`` who may use it. A route without it fails at startup."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the request handler, behind the permission check."""
        handle, needs = super().get_route_handler(), getattr(self.endpoint, "needs", None)
        if not isinstance(needs, Permission | AccessLevel):
            raise ContractError("a route does not state its permission", where=self.path)

        async def guarded(request: Request) -> Response:
            try:
                await _authorize(request, needs)
                return await handle(request)
            except (HTTPException, StillwatchError, RequestValidationError):
                raise
            except Exception:
                # Another request object answers an unexpected error, and cannot read the body a second time.
                request.scope[SCOPE_KEY] = await kept_of(request)
                raise

        return guarded


async def _authorize(request: Request, needs: Needs) -> None:
    console, changes = console_of(request), request.method not in csrf.SAFE
    if needs is AccessLevel.PUBLIC:
        if changes:
            await csrf.check(request, console.site, request.cookies.get(console.site.cookie("form")))
        return
    requester = await run_in_threadpool(_identify, request, console)
    if requester is None:
        raise SignInRequired
    request.state.requester = requester
    if changes and requester.visit is not None:
        await csrf.check(request, console.site, requester.visit.csrf)
    if isinstance(needs, Permission):
        requester.actor.require(needs)
    elif requester.visit is None:
        raise PolicyError("a token may not do this", where="permissions", remedy="Sign in and do it in the browser.")


def _identify(request: Request, console: ConsoleState) -> Requester | None:
    """Return the requester, or None.

    A request with an ``Authorization`` header is never identified by its cookie: another site can make a browser send
    cookies.
    """
    header = request.headers.get("authorization")
    if header is not None:
        kind, _, text = header.partition(" ")
        found = tokens.bearer_of(console.desk, text.strip()) if kind.lower() == "bearer" else None
        return None if found is None else Requester(*found, visit=None)
    token = session_token(request)
    visit = sessions.visit(console.desk, token, console.login.hours) if token else None
    return None if visit is None else Requester(visit.person, visit.person.actor(), visit)


class Routes:
    """Adds routes to an application."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._templates: dict[Callable[..., Any], str] = {}
        app.router.route_class = GuardedRoute

    def page(self, path: str, template: str, *, needs: Needs) -> Callable[[_F], _F]:
        """Add a page and its JSON response. The function returns a view."""

        def add(function: _F) -> _F:
            def show(request: Request, view: View) -> Response:
                return console_of(request).pages.render(request, template, view)

            self._templates[function] = template
            self._add_json(function, _json_path(path), "GET", needs)
            self._add_html(_html_endpoint(function, show), path, "GET", needs)
            return function

        return add

    def action(
        self,
        path: str,
        *,
        needs: Needs,
        then: str | Callable[[Any], str] = "",
        template: str = "",
        as_json: bool = True,
        form_page: Callable[..., View] | None = None,
    ) -> Callable[[_F], _F]:
        """Add a change. A parameter whose type is a model is the form or the JSON body.

        After a change, a browser is redirected to *then* (a path, or a function of the view), or gets the view rendered
        with *template*. *form_page* is the page that holds the form: it is shown again where the input is not valid.
        *as_json* is whether programs may do it too.
        """

        def add(function: _F) -> _F:
            def show(request: Request, view: View) -> Response:
                if template:
                    return console_of(request).pages.render(request, template, view)
                target = then(view) if callable(then) else then.format_map(request.path_params)
                return RedirectResponse(target, status_code=303)

            if as_json:
                self._add_json(function, _json_path(path), "POST", needs)
            back = _FormPage(form_page, self._templates[form_page]) if form_page is not None else None
            self._add_html(_html_endpoint(function, show, back), path, "POST", needs)
            return function

        return add

    def plain(self, path: str, *, needs: Needs, method: str = "GET") -> Callable[[_F], _F]:
        """Add an address whose function returns a response."""

        def add(function: _F) -> _F:
            self._add_html(_endpoint(function, Form()), path, method, needs)
            return function

        return add

    def _add_json(self, function: Callable[..., Any], path: str, method: str, needs: Needs) -> None:
        endpoint = _with_needs(_endpoint(function, Body()), needs)
        self._app.add_api_route(
            path,
            endpoint,
            methods=[method],
            responses=_REFUSALS,
            operation_id=f"{method.lower()}_{function.__name__}",
            description=(inspect.getdoc(function) or "") + f"\n\nNeeds: {needs}.",
        )

    def _add_html(self, endpoint: Callable[..., Any], path: str, method: str, needs: Needs) -> None:
        self._app.add_api_route(
            path, _with_needs(endpoint, needs), methods=[method], include_in_schema=False, response_model=None
        )


def _with_needs(function: Callable[..., Any], needs: Needs) -> Callable[..., Any]:
    function.needs = needs  # type: ignore[attr-defined]
    return function


async def _requester(request: Request) -> Requester:
    requester: Requester = request.state.requester
    return requester


async def _console(request: Request) -> ConsoleState:
    return console_of(request)


class _FormPage:
    """The page that holds a form. It is shown again with the error of the form."""

    def __init__(self, page: Callable[..., View], template: str) -> None:
        self._page = page
        self._template = template
        self._wanted = inspect.signature(page).parameters

    def response(self, request: Request, values: dict[str, Any], typed: FormValues, error: Exception) -> Response:
        """Return the page with the error.

        Raises the *error* itself where a program sent the request, or where the parameters of the page cannot be
        determined.
        """
        if wants_json(request) or not isinstance(error, InputError | PolicyError):
            raise error
        given = {name: values[name] for name in self._wanted if name in values}
        try:
            for name in self._wanted.keys() - given.keys() & typed.keys():
                given[name] = TypeAdapter(self._wanted[name].annotation).validate_python(typed[name])
            inspect.signature(self._page).bind(**given)
        except (ValidationError, TypeError):
            raise error from None
        view = self._page(**given)
        told = {"trouble": _sentences(error), "tried": request.url.path, "typed": typed}
        pages = console_of(request).pages
        return pages.render(request, self._template, view, status=status_of(error), values=told)


def _sentences(error: InputError | PolicyError) -> str:
    what = error.what[:1].upper() + error.what[1:]
    return f"{what if what[-1:] in '.!?' else what + '.'} {error.remedy}".strip()


def _endpoint(function: Callable[..., Any], sent: Any) -> Callable[..., Any]:
    """Return *function* with parameters that FastAPI understands. *sent* reads the parameters that are models."""
    given = inspect.signature(function)

    @wraps(function)
    def endpoint(**values: Any) -> Any:
        return function(**values)

    endpoint.__signature__ = given.replace(  # type: ignore[attr-defined]
        parameters=[
            parameter.replace(
                annotation=_parameter_type(parameter.annotation, sent), kind=inspect.Parameter.KEYWORD_ONLY
            )
            for parameter in given.parameters.values()
        ]
    )
    return endpoint


def _parameter_type(annotation: Any, sent: Any) -> Any:
    if annotation is Requester:
        return Annotated[Requester, Depends(_requester)]
    if annotation is ConsoleState:
        return Annotated[ConsoleState, Depends(_console)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Annotated[annotation, sent if sent is not None else Depends(reader(annotation))]
    return annotation


def _html_endpoint(
    function: Callable[..., Any], show: Callable[[Request, View], Response], form_page: _FormPage | None = None
) -> Callable[..., Any]:
    """Return *function* as an endpoint for browsers: it renders the view, or *form_page* with the error of the form."""
    wired = _endpoint(function, Form() if form_page is None else None)
    signature = inspect.signature(wired)
    own = inspect.Parameter("_request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)

    @wraps(function)
    def endpoint(*, _request: Request, **values: Any) -> Response:
        typed = FormValues()
        try:
            for name, filled in values.items():
                if isinstance(filled, SubmittedForm):
                    typed = filled.typed
                    values[name] = filled.model()
            view: View = wired(**values)
        except MissingError:
            raise
        except (InputError, PolicyError) as error:
            if form_page is None:
                raise
            return form_page.response(_request, values, typed, error)
        return show(_request, view)

    endpoint.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), own], return_annotation=Response
    )
    return endpoint


def _json_path(path: str) -> str:
    return "/index.json" if path == "/" else f"{path}.json"
