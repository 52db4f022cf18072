"""Middleware that sets the security headers, rejects foreign hosts and hides internal errors."""

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
"""The Content-Security-Policy: nothing inline, nothing from other origins, and no framing."""
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with it, browsers send the forms of our own pages with the origin "null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
_log = logging.getLogger("stillwatch.console")


class SecurityMiddleware:
    """Wraps the whole application. *on_error* makes the response to an unexpected error.

    *form_action* is one more origin that forms may lead to.
    """

    def __init__(
        self, app: ASGIApp, site: Site, on_error: Callable[[Request], Response], form_action: str = ""
    ) -> None:
        self.app = app
        self.site = site
        self.on_error = on_error
        self.headers = dict(_HEADERS)
        if form_action:
            # Browsers apply this to redirects of a form too, and sign-in redirects to the identity provider.
            self.headers["Content-Security-Policy"] = POLICY.replace(
                "form-action 'self'", f"form-action 'self' {form_action}"
            )
        if site.is_https:
            self.headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
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
            answer = PlainTextResponse("This host name does not belong to this console.", 421)
            await answer(scope, receive, shielded)
            return
        try:
            await self.app(scope, receive, shielded)
        except Exception as error:  # noqa: BLE001 - no error may reach the client
            # Log neither the message nor a traceback: both may name a person.
            _log.error("%s at %s", type(error).__name__, _place(error))
            if not started:
                await self.on_error(Request(scope))(scope, receive, shielded)


def _place(error: Exception) -> str:
    """Return file and line of the innermost frame in Stillwatch, without the values of variables."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "stillwatch" in Path(frame.filename).parts] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "an unknown place"
