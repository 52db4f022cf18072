"""That a request which changes something was meant: it comes from a page of ours, and bears what only that page knows.

Two checks, each enough by itself: what the browser says of where the request comes from (``Sec-Fetch-Site``,
``Origin``), and a token in a form field or, from htmx, in a header. Within a session the token is the session's; before
one it is that of a cookie, so that nobody can sign somebody in as somebody else.
"""

import hmac
import secrets

from fastapi import Request, Response

from stillwatch.console.web.base_url import Site
from stillwatch.errors import PolicyError

__all__ = ["FIELD", "HEADER", "SAFE", "anonymous_token", "check"]

FIELD, HEADER = "csrf", "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


async def check(request: Request, site: Site, expected: str | None) -> None:
    """Raise ``PolicyError`` unless *request* comes from a page of *site* that was given *expected*."""
    if not _from_here(request, site) or not _same(await _given(request), expected):
        raise PolicyError(
            "this did not come from a page of this console, or from one that is too old",
            where="forms",
            remedy="Load the page again and repeat what you did.",
        )


def anonymous_token(request: Request, response: Response, site: Site) -> str:
    """Return the token for the forms of somebody without a session, which *response* makes their browser keep."""
    known = request.cookies.get(site.cookie("form"), "")
    token = known if len(known) >= 40 else secrets.token_urlsafe(32)
    response.set_cookie(site.cookie("form"), token, max_age=86_400, secure=site.is_https, httponly=True, samesite="lax")
    return token


def _from_here(request: Request, site: Site) -> bool:
    fetched, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if fetched is not None and fetched not in ("same-origin", "none"):
        return False
    return origin is None or origin.lower() in site.origins


async def _given(request: Request) -> str:
    if HEADER in request.headers:
        return request.headers[HEADER]
    if request.headers.get("content-type", "").split(";")[0].strip().lower() not in _FORMS:
        return ""
    value = (await request.form()).get(FIELD)
    return value if isinstance(value, str) else ""


def _same(given: str, expected: str | None) -> bool:
    return bool(expected) and hmac.compare_digest(given.encode(), (expected or "").encode())
