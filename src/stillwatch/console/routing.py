"""Routes that say who may take them, checked before anything that was sent is read.

    @routes.page("/people", "people.html.j2", needs=Permission.ADMINISTER)
    def people(console: Console, caller: Caller) -> PeopleView: ...

makes two addresses, ``/people`` for people and ``/people.json`` for programs, with the same facts: a view. ``action``
does it for what changes something: a form for people, a JSON body of the same fields for programs; ``again`` is the
page of that form, shown once more where what was sent does not fit. ``plain`` is for people alone, and answers as it
likes. A function names what it wants by type (``Console``, ``Caller``, ``Request``); all else is read from the request
as FastAPI does it. A part of a path must not end in ``.json``, which is how the twin is known.
"""

import inspect
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Annotated, Any, TypeVar

from fastapi import Body, Depends, FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from stillwatch.cases import sessions, tokens
from stillwatch.cases.roles import Permission
from stillwatch.console import csrf
from stillwatch.console.context import Caller, Console, console_of, session_token
from stillwatch.console.failures import Failure, SignInNeeded
from stillwatch.console.rendering import View
from stillwatch.errors import ContractError, InputError, MissingError, PolicyError

__all__ = ["Again", "Entry", "GuardedRoute", "Needs", "Routes", "Trouble"]


class Entry(StrEnum):
    """What is asked of those who need no permission."""

    OPEN = "open"
    PERSON = "person"
    """Within a session: what a token must not do, such as making tokens."""


Needs = Permission | Entry
_F = TypeVar("_F", bound=Callable[..., Any])
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Failure, "description": said}
    for status, said in {
        401: "Not signed in, or the token lets nobody in",
        403: "The role or the token may not",
        404: "Nothing of that name or number",
        413: "Too large",
        422: "Something does not fit",
        503: "Not available now",
    }.items()
}


@dataclass(frozen=True, slots=True)
class Again:
    """The page with the form, for when something does not fit: its template, and who makes its view."""

    template: str
    view: Callable[[Console, Caller], View]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a form shows beside itself: the path it was sent to, why it was refused, and what was sent."""

    path: str
    text: str
    sent: Mapping[str, Any]


class GuardedRoute(APIRoute):
    """A route whose endpoint says what it ``needs``; one that does not is a mistake, and is found at the start."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request, behind the check."""
        handle, needs = super().get_route_handler(), getattr(self.endpoint, "needs", None)
        if not isinstance(needs, Permission | Entry):
            raise ContractError("a route does not say who may take it", where=self.path)

        async def guarded(request: Request) -> Response:
            await _admit(request, needs)
            return await handle(request)

        return guarded


async def _admit(request: Request, needs: Needs) -> None:
    console, changes = console_of(request), request.method not in csrf.SAFE
    if needs is Entry.OPEN:
        if changes:
            await csrf.check(request, console.site, request.cookies.get(console.site.cookie("form")))
        return
    caller = await run_in_threadpool(_identify, request, console)
    if caller is None:
        raise SignInNeeded
    request.state.caller = caller
    if changes and caller.visit is not None:
        await csrf.check(request, console.site, caller.visit.csrf)
    if isinstance(needs, Permission):
        caller.actor.require(needs)
    elif caller.visit is None:
        raise PolicyError("a token may not do this", where="permissions", remedy="Sign in and do it yourself.")


def _identify(request: Request, console: Console) -> Caller | None:
    """Return who asks. Where a header claims to say so, no cookie does: a page elsewhere can send cookies along."""
    header = request.headers.get("authorization")
    if header is not None:
        kind, _, text = header.partition(" ")
        found = tokens.bearer_of(console.desk, text.strip()) if kind.lower() == "bearer" else None
        return None if found is None else Caller(*found, visit=None)
    token = session_token(request)
    visit = sessions.visit(console.desk, token, console.login.hours) if token else None
    return None if visit is None else Caller(visit.person, visit.person.actor(), visit)


class Routes:
    """Adds routes to an application."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        app.router.route_class = GuardedRoute

    def page(self, path: str, template: str, *, needs: Needs) -> Callable[[_F], _F]:
        """Add a page and its twin; the function returns a view."""

        def add(function: _F) -> _F:
            def show(request: Request, view: View) -> Response:
                return console_of(request).pages.answer(request, template, view)

            self._twin(function, _json_path(path), "GET", needs)
            self._for_people(_shown(function, show), path, "GET", needs)
            return function

        return add

    def action(
        self,
        path: str,
        *,
        needs: Needs,
        then: str = "",
        template: str = "",
        again: Again | None = None,
        as_json: bool = True,
    ) -> Callable[[_F], _F]:
        """Add what changes something: people are sent on to *then*, or shown the view in *template*.

        A parameter whose type is a model is what was sent. Where it is refused, people see the page *again*, if there
        is one, with ``trouble`` beside the form.
        """

        def add(function: _F) -> _F:
            def show(request: Request, view: View) -> Response:
                if template:
                    return console_of(request).pages.answer(request, template, view)
                return RedirectResponse(then.format_map(request.path_params), status_code=303)

            if as_json:
                self._twin(function, _json_path(path), "POST", needs)
            self._for_people(_shown(function, show, again), path, "POST", needs)
            return function

        return add

    def plain(self, path: str, *, needs: Needs, method: str = "GET") -> Callable[[_F], _F]:
        """Add an address whose function returns a response itself."""

        def add(function: _F) -> _F:
            self._for_people(_wired(function, Form()), path, method, needs)
            return function

        return add

    def _twin(self, function: Callable[..., Any], path: str, method: str, needs: Needs) -> None:
        endpoint = _needing(_wired(function, Body()), needs)
        self._app.add_api_route(
            path,
            endpoint,
            methods=[method],
            responses=_REFUSALS,
            operation_id=f"{method.lower()}_{function.__name__}",
            description=(inspect.getdoc(function) or "") + f"\n\nNeeds: {needs}.",
        )

    def _for_people(self, endpoint: Callable[..., Any], path: str, method: str, needs: Needs) -> None:
        self._app.add_api_route(
            path, _needing(endpoint, needs), methods=[method], include_in_schema=False, response_model=None
        )


def _needing(function: Callable[..., Any], needs: Needs) -> Callable[..., Any]:
    function.needs = needs  # type: ignore[attr-defined]
    return function


async def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


async def _console(request: Request) -> Console:
    return console_of(request)


def _wired(function: Callable[..., Any], sent: Any) -> Callable[..., Any]:
    """Return *function* with parameters as FastAPI wants them; what is *sent* fills those that are models."""
    given = inspect.signature(function)

    @wraps(function)
    def endpoint(**values: Any) -> Any:
        return function(**values)

    endpoint.__signature__ = given.replace(  # type: ignore[attr-defined]
        parameters=[
            parameter.replace(annotation=_wiring(parameter.annotation, sent), kind=inspect.Parameter.KEYWORD_ONLY)
            for parameter in given.parameters.values()
        ]
    )
    return endpoint


def _wiring(annotation: Any, sent: Any) -> Any:
    if annotation is Caller:
        return Annotated[Caller, Depends(_caller)]
    if annotation is Console:
        return Annotated[Console, Depends(_console)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Annotated[annotation, sent]
    return annotation


def _shown(
    function: Callable[..., Any], show: Callable[[Request, View], Response], again: Again | None = None
) -> Callable[..., Any]:
    """Return *function* for people: wired, and its view shown, or the form *again* where it is refused."""
    wired = _wired(function, Form())
    signature = inspect.signature(wired)
    own = inspect.Parameter("_request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)

    @wraps(function)
    def endpoint(*, _request: Request, **values: Any) -> Response:
        try:
            return show(_request, wired(**values))
        except (InputError, PolicyError) as error:
            if again is None or isinstance(error, MissingError):
                raise
            return _once_more(_request, again, error, values)

    endpoint.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), own], return_annotation=Response
    )
    return endpoint


def _once_more(request: Request, again: Again, error: InputError | PolicyError, values: Mapping[str, Any]) -> Response:
    console, caller = console_of(request), request.state.caller
    sent = next((value.model_dump(mode="json") for value in values.values() if isinstance(value, BaseModel)), {})
    text = f"{error.what[:1].upper()}{error.what[1:]}. {error.remedy}".strip()
    trouble = Trouble(request.url.path, text, sent)
    status = 403 if isinstance(error, PolicyError) else 422
    view = again.view(console, caller)
    return console.pages.answer(request, again.template, view, status=status, values={"trouble": trouble})


def _json_path(path: str) -> str:
    return "/index.json" if path == "/" else f"{path}.json"
