"""Runs the console over HTTP until the process receives SIGTERM or SIGINT."""

import signal
import socket
from collections.abc import Callable
from datetime import timedelta

import uvicorn

from stillwatch.cases.access import one_time_links
from stillwatch.cases.access.desk import Desk
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.access.users import HOUSE, administrators
from stillwatch.console.app import build_app
from stillwatch.console.web.base_url import site_of
from stillwatch.errors import EngineError
from stillwatch.settings import ConsoleSettings, Settings

__all__ = ["first_link", "link_of", "serve"]

_SHUTDOWN_S = 10


def serve(settings: Settings, say: Callable[[str], None], *, link_for: str | None = None) -> None:
    """Serve the console of *settings* until SIGTERM or SIGINT. *say* prints messages for the operator.

    *link_for* is the name of a user to make a one-time link for. The only administrator uses it after losing the
    password.
    """
    wanted = settings.console
    site_of(wanted)
    with Desk(settings.cases, create=True) as desk, _listener(wanted) as listener:
        if desk.database.is_new:
            say(f"New database of cases: {desk.database.place}")
        port = int(listener.getsockname()[1])
        app = build_app(desk, wanted, rules=settings.campaigns, port=port)
        url = app.state.console.site.url
        link = first_link(desk, wanted, url)
        if link is not None:
            say(
                f"There is no administrator yet. This link creates one. It works once, within "
                f"{wanted.link_hours:g} hours:\n{link}"
            )
        if link_for is not None:
            say(f"This link sets a new password. It works once, within {wanted.link_hours:g} hours:")
            say(link_of(desk, wanted, url, link_for))
        say(f"Stillwatch listens at {url}")
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                # No access log: the path of a one-time link is a secret, and other paths name cases and users.
                access_log=False,
                log_level="warning",
                server_header=False,
                proxy_headers=bool(wanted.trusted_proxies),
                forwarded_allow_ips=list(wanted.trusted_proxies),
                timeout_graceful_shutdown=_SHUTDOWN_S,
            )
        )
        # uvicorn answers signals from here on, and waits for open requests. The watch of the command line does not.
        signal.set_wakeup_fd(-1)
        # After a clean shutdown uvicorn raises the signal again. That is not an error here.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        server.run(sockets=[listener])


def first_link(desk: Desk, settings: ConsoleSettings, url: str) -> str | None:
    """Return a new one-time link that creates the first administrator, or None where an administrator exists."""
    with desk.look() as look:
        if administrators(look):
            return None
    with desk.work(HOUSE, Permission.ADMINISTER) as work:
        return f"{url}/link/{one_time_links.invite_first(work, timedelta(hours=settings.link_hours))}"


def link_of(desk: Desk, settings: ConsoleSettings, url: str, name: str) -> str:
    """Return a new one-time link with which the user *name* sets a password. Only the operator calls this."""
    with desk.work(HOUSE, Permission.ADMINISTER) as work:
        return f"{url}/link/{one_time_links.invite(work, name, timedelta(hours=settings.link_hours))}"


def _listener(settings: ConsoleSettings) -> socket.socket:
    try:
        return socket.create_server(
            (settings.host, settings.port), family=socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        )
    except OSError as error:
        raise EngineError(
            f"the console cannot listen at this address ({error.strerror or type(error).__name__})",
            where=f"{settings.host}:{settings.port}",
            remedy="Choose another --port, or stop the process that uses this one.",
        ) from error
