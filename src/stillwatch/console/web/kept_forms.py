"""Keeps what somebody typed into a form when the answer is an error or the sign-in page, so that it can be sent again.

Nothing is stored: the fields travel in the page. They are kept only where the form came from a page of this console,
since otherwise another site could put words into the mouth of a user. Forms with a password are never kept.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from stillwatch.console.web import csrf
from stillwatch.console.web.request_context import console_of

__all__ = ["SCOPE_KEY", "KeptForm", "SignInPage", "anonymous_page", "kept_of", "sign_in_response"]

SCOPE_KEY = "stillwatch.kept"
"""Where a route leaves a kept form for the page of an unexpected error."""
_SECRET = ("/sign-in", "/sign-out", "/link/", "/account/password")
_UNSAID = frozenset({"seen", "stands_at", "order", "start", "word", "standing", "signal", "least", "which", "dry_run"})
"""Fields that a page sets by itself or that say little to a reader. They are sent again and not shown."""
_NAMES = {"why": "Reason", "to": "Assign to", "name": "Name", "statement": "Statement", "verdict": "Judgement"}


@dataclass(frozen=True, slots=True)
class KeptForm:
    """The fields of a form in their order, without its CSRF token, and the path that it was sent to."""

    path: str
    fields: tuple[tuple[str, str], ...]

    @property
    def shown(self) -> Iterator[tuple[str, str]]:
        """Return the fields that a person typed or chose, with their names in words."""
        for name, value in self.fields:
            if value.strip() and name not in _UNSAID:
                yield _NAMES.get(name, name.replace("_", " ").capitalize()), value

    def as_text(self) -> str:
        """Return the form as text for a hidden field."""
        return json.dumps([self.path, self.fields])

    @classmethod
    def of_text(cls, text: str) -> "KeptForm | None":
        """Return the form that :meth:`as_text` wrote; None for any other text and for paths elsewhere."""
        try:
            path, fields = json.loads(text)
            form = cls(path, tuple((name, value) for name, value in fields))
        except (ValueError, TypeError):
            return None
        strings = [path, *(part for pair in form.fields for part in pair)]
        if not all(isinstance(part, str) for part in strings):
            return None
        return form if path.startswith("/") and not path.startswith("//") and _may_be_kept(path) else None


async def kept_of(request: Request) -> KeptForm | None:
    """Return the form of *request*; None where it sent none, or none that may be kept."""
    is_form = request.headers.get("content-type", "").split(";")[0].strip().lower() in csrf.FORMS
    if request.method != "POST" or not is_form or not _may_be_kept(request.url.path):
        return None
    if not csrf.is_same_origin(request, console_of(request).site):
        return None
    try:
        form = await request.form()
    except (HTTPException, RuntimeError, ValueError):  # too large, or the body is gone
        return None
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name != csrf.FIELD]
    return KeptForm(request.url.path, tuple(fields))


class SignInPage(BaseModel):
    """The data of the sign-in page."""

    wanted: str
    provider: str | None
    trouble: str = ""
    name: str = ""


def sign_in_response(request: Request, view: SignInPage, status: int, kept: KeptForm | None = None) -> HTMLResponse:
    """Return the sign-in page. *kept* is a form that was sent after the session had ended."""
    return anonymous_page(request, "sign_in.html.j2", view, status, kept)


def anonymous_page(
    request: Request, template: str, view: BaseModel, status: int, kept: KeptForm | None = None
) -> HTMLResponse:
    """Return a page for a browser without a session, with the cookie of its forms."""
    console, held = console_of(request), Response()
    token = csrf.anonymous_token(request, held, console.site)
    answer = console.pages.render(request, template, view, status=status, csrf=token, values={"kept": kept})
    answer.raw_headers.extend(pair for pair in held.raw_headers if pair[0] == b"set-cookie")
    return answer


def _may_be_kept(path: str) -> bool:
    return not path.startswith(_SECRET)
