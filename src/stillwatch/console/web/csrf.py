"""Protection against cross-site request forgery (CSRF) for requests that change something.

A request must pass two checks, and each alone stops a forged request: the headers in which the browser states the
source of the request (``Sec-Fetch-Site``, ``Origin``), and a token in a form field or, from htmx, in a header. Within a
session the token belongs to the session. Before sign-in it belongs to a cookie, so that another site cannot sign a user
in under a foreign account.
"""

import hmac
import secrets

from fastapi import Request, Response

from stillwatch.console.web.base_url import Site
from stillwatch.errors import PolicyError

__all__ = ["FIELD", "FORMS", "HEADER", "SAFE", "anonymous_token", "check", "is_same_origin"]

FIELD, HEADER = "csrf", "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


async def check(request: Request, site: Site, expected: str | None) -> None:
    """Raise ``PolicyError`` unless *request* comes from a page of *site* and has the token *expected*."""
    if not is_same_origin(request, site) or not _matches(await _sent_token(request), expected):
        raise PolicyError(
            "this request did not come from a current page of this console",
            where="forms",
            remedy="Reload the page and try again.",
        )


def anonymous_token(request: Request, response: Response, site: Site) -> str:
    """Return the CSRF token for the forms of a browser without a session. *response* sets its cookie."""
    known = request.cookies.get(site.cookie("form"), "")
    token = known if len(known) >= 40 else secrets.token_urlsafe(32)
    response.set_cookie(site.cookie("form"), token, max_age=86_400, secure=site.is_https, httponly=True, samesite="lax")
    return token


def is_same_origin(request: Request, site: Site) -> bool:
    """Return whether the headers of *request* do not say that it comes from another site."""
    fetched, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if fetched is not None and fetched not in ("same-origin", "none"):
        return False
    return origin is None or origin.lower() in site.origins


async def _sent_token(request: Request) -> str:
    if HEADER in request.headers:
        return request.headers[HEADER]
    if request.headers.get("content-type", "").split(";")[0].strip().lower() not in FORMS:
        return ""
    value = (await request.form()).get(FIELD)
    return value if isinstance(value, str) else ""


def _matches(given: str, expected: str | None) -> bool:
    return bool(expected) and hmac.compare_digest(given.encode(), (expected or "").encode())
