"""What every answer carries whatever made it, and what no request gets past: foreign hosts, errors that would tell."""

import logging
import traceback
from collections.abc import Callable
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stillwatch.console.web.base_url import Site

__all__ = ["POLICY", "SecurityMiddleware"]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Nothing inline, nothing from elsewhere, in nobody's frame."""
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not no-referrer: with it browsers send a form from our own page with the origin "null"
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
_log = logging.getLogger("stillwatch.console")


class SecurityMiddleware:
    """Wraps the whole application; *broken* answers where it broke, *form_action* is one more origin for forms."""

    def __init__(self, app: ASGIApp, site: Site, broken: Callable[[Request], Response], form_action: str = "") -> None:
        self.app = app
        self.site = site
        self.broken = broken
        self.headers = dict(_HEADERS)
        if form_action:
            # Browsers hold a form to this even where its answer sends them on, as sign-in at a provider does.
            self.headers["Content-Security-Policy"] = POLICY.replace(
                "form-action 'self'", f"form-action 'self' {form_action}"
            )
        if site.is_https:
            self.headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def shielded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if Headers(scope=scope).get("host", "").lower() not in self.site.hosts:
            answer = PlainTextResponse("This is not the address of this console.", 421)
            await answer(scope, receive, shielded)
            return
        try:
            await self.app(scope, receive, shielded)
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody outside is told
            # Neither its words nor a traceback: both may name somebody.
            _log.error("%s at %s", type(error).__name__, _place(error))
            if not started:
                await self.broken(Request(scope))(scope, receive, shielded)


def _place(error: Exception) -> str:
    """Return file and line of the innermost of our own functions, without what was in them."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "stillwatch" in Path(frame.filename).parts] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "an unknown place"
