"""Routes that say who may take them, checked before anything that was sent is read.

    @routes.page("/people", "people.html.j2", needs=Permission.ADMINISTER)
    def people(console: ConsoleState, requester: Requester) -> UsersView: ...

makes two addresses, ``/people`` for people and ``/people.json`` for programs, with the same facts: a view. ``action``
does it for what changes something: a form for people, a JSON body of the same fields for programs. ``form`` and
``plain`` are for people alone, and answer as they like. An action *form_page* a page shows what did not fit there, at the
form, with what was typed kept. A function names what it wants by type (``ConsoleState``,
``Requester``, ``Request``); all else is read from the request as FastAPI does it. A part of a path must not end in
``.json``, which is how the twin is known.
"""

import inspect
from collections.abc import Callable, Coroutine
from enum import StrEnum
from functools import wraps
from typing import Annotated, Any, TypeVar

from fastapi import Body, Depends, FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool

from stillwatch.cases.access import sessions, tokens
from stillwatch.cases.access.roles import Permission
from stillwatch.console.web import csrf
from stillwatch.console.web.error_pages import ErrorBody, SignInRequired, status_of, wants_json
from stillwatch.console.web.forms import SubmittedForm, reader
from stillwatch.console.web.rendering import FormValues, View
from stillwatch.console.web.request_context import ConsoleState, Requester, console_of, session_token
from stillwatch.errors import ContractError, InputError, MissingError, PolicyError

__all__ = ["AccessLevel", "GuardedRoute", "Needs", "Routes"]


class AccessLevel(StrEnum):
    """What is asked of those who need no permission."""

    PUBLIC = "public"
    SESSION = "session"
    """Within a session: what a token must not do, such as making tokens."""


Needs = Permission | AccessLevel
_F = TypeVar("_F", bound=Callable[..., Any])
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody, "description": said}
    for status, said in {
        401: "Not signed in, or the token lets nobody in",
        403: "The role or the token may not",
        404: "Nothing of that name or number",
        413: "Too large",
        422: "Something does not fit",
        503: "Not available now",
    }.items()
}


class GuardedRoute(APIRoute):
    """A route whose endpoint says what it ``needs``; one that does not is a mistake, and is found at the start."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request, behind the check."""
        handle, needs = super().get_route_handler(), getattr(self.endpoint, "needs", None)
        if not isinstance(needs, Permission | AccessLevel):
            raise ContractError("a route does not say who may take it", where=self.path)

        async def guarded(request: Request) -> Response:
            await _authorize(request, needs)
            return await handle(request)

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
        raise PolicyError("a token may not do this", where="permissions", remedy="Sign in and do it yourself.")


def _identify(request: Request, console: ConsoleState) -> Requester | None:
    """Return who asks. Where a header claims to say so, no cookie does: a page elsewhere can send cookies along."""
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
        """Add a page and its twin; the function returns a view."""

        def add(function: _F) -> _F:
            def show(request: Request, view: View) -> Response:
                return console_of(request).pages.answer(request, template, view)

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
        """Add what changes something: people are sent on to *then* (or to what it makes of the view), or shown the view
        in *template*. A parameter whose type is a model is what was sent.

        *form_page* is the page on which the form stands: where what was sent does not fit, people see that page again.
        """

        def add(function: _F) -> _F:
            def show(request: Request, view: View) -> Response:
                if template:
                    return console_of(request).pages.answer(request, template, view)
                target = then(view) if callable(then) else then.format_map(request.path_params)
                return RedirectResponse(target, status_code=303)

            if as_json:
                self._add_json(function, _json_path(path), "POST", needs)
            back = _FormPage(form_page, self._templates[form_page]) if form_page is not None else None
            self._add_html(_html_endpoint(function, show, back), path, "POST", needs)
            return function

        return add

    def plain(self, path: str, *, needs: Needs, method: str = "GET") -> Callable[[_F], _F]:
        """Add an address whose function returns a response itself."""

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
    """A page on which a form stands, shown again with what did not fit."""

    def __init__(self, page: Callable[..., View], template: str) -> None:
        self._page = page
        self._template = template
        self._wanted = inspect.signature(page).parameters

    def answer(self, request: Request, values: dict[str, Any], typed: FormValues, error: Exception) -> Response:
        """Return the page; the *error* itself where a program asks, or where nobody can say which page it was."""
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
        return pages.answer(request, self._template, view, status=status_of(error), values=told)


def _sentences(error: InputError | PolicyError) -> str:
    what = error.what[:1].upper() + error.what[1:]
    return f"{what if what[-1:] in '.!?' else what + '.'} {error.remedy}".strip()


def _endpoint(function: Callable[..., Any], sent: Any) -> Callable[..., Any]:
    """Return *function* with parameters as FastAPI wants them; what is *sent* fills those that are models."""
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
    """Return *function* for people: wired, and its view shown, or what does not fit *form_page* the form."""
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
            return form_page.answer(_request, values, typed, error)
        return show(_request, view)

    endpoint.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), own], return_annotation=Response
    )
    return endpoint


def _json_path(path: str) -> str:
    return "/index.json" if path == "/" else f"{path}.json"
