"""Middleware that sets the security headers, rejects foreign hosts and hides internal errors."""

import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stillwatch.console.web.base_url import Site
from stillwatch.console.web.error_pages import log_failure

__all__ = ["HEALTH", "POLICY", "SecurityMiddleware"]

HEALTH = "/healthz"

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


class SecurityMiddleware:
    """Wraps the whole application. *on_error* makes the response to an unexpected error from its log reference.

    *note* counts a request: method, pattern of the route, status, seconds. *form_action* is one more origin that forms
    may lead to.
    """

    def __init__(
        self,
        app: ASGIApp,
        site: Site,
        on_error: Callable[[Request, str], Response],
        note: Callable[[str, str, int, float], None],
        form_action: str = "",
    ) -> None:
        self.app = app
        self.site = site
        self.on_error = on_error
        self.note = note
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
        started, begun = 0, time.perf_counter()

        async def shielded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = int(message["status"])
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        # A prober asks by address, and learns nothing but whether the console works.
        if scope["path"] != HEALTH and Headers(scope=scope).get("host", "").lower() not in self.site.hosts:
            answer = PlainTextResponse("This host name does not belong to this console.", 421)
            await answer(scope, receive, shielded)
            return
        try:
            await self._answered(scope, receive, shielded, lambda: started)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            self.note(scope["method"], route, started, time.perf_counter() - begun)

    async def _answered(self, scope: Scope, receive: Receive, send: Send, started: Callable[[], int]) -> None:
        try:
            await self.app(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - no error may reach the client
            reference = log_failure(scope, error)
            if not started():
                await self.on_error(Request(scope), reference)(scope, receive, send)
