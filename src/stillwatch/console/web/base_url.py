"""The address of the console, with the hosts, origins and cookie names that follow from it."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from stillwatch.errors import SettingsError
from stillwatch.settings import ConsoleSettings

__all__ = ["Site", "is_loopback", "site_of"]

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Site:
    """The address of the console. ``url`` is the start of links; ``origins`` are the accepted values of the header
    ``Origin``.
    """

    url: str
    origins: frozenset[str]

    @property
    def is_https(self) -> bool:
        """Return whether browsers use TLS."""
        return self.url.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """Return the accepted values of the header ``Host``. Any other value is a foreign name that resolves to this
        machine.
        """
        return frozenset(urlsplit(origin).netloc for origin in self.origins)

    def cookie(self, name: str) -> str:
        """Return the name of the cookie *name*. Over TLS it has the prefix ``__Host-``: no other host can set or read
        it.
        """
        return f"__Host-stillwatch-{name}" if self.is_https else f"stillwatch-{name}"


def is_loopback(host: str) -> bool:
    """Return whether *host* can be reached only from this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def site_of(settings: ConsoleSettings, port: int | None = None) -> Site:
    """Return the site of *settings*. *port* is the port in use where the settings leave it open (0).

    Raises ``SettingsError`` where passwords would cross a network without encryption.
    """
    port = settings.port if port is None else port
    if not is_loopback(settings.host) and not settings.base_url:
        raise SettingsError(
            "the console would be reachable from other machines, but its address is not set",
            where="console.base_url",
            remedy="Set it to https://NAME behind a proxy that terminates TLS, or leave console.host at 127.0.0.1.",
        )
    if settings.base_url.startswith("http://") and not _allows_http(settings):
        raise SettingsError(
            "without https, passwords and sessions can be read on the network",
            where="console.base_url",
            remedy="Use a proxy that terminates TLS, or set console.allow_http on a private network.",
        )
    if not is_loopback(settings.host) and not settings.base_url.startswith("https://") and not settings.allow_http:
        raise SettingsError(
            "the console would be reachable from other machines without https",
            where="console.host",
            remedy="Set console.base_url to https://NAME, or set console.allow_http on a private network.",
        )
    if settings.base_url:
        return Site(settings.base_url, frozenset({settings.base_url}))
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return Site(f"http://{host}:{port}", frozenset(f"http://{name}:{port}" for name in {*_LOOPBACK, host}))


def _allows_http(settings: ConsoleSettings) -> bool:
    return settings.allow_http or is_loopback(urlsplit(settings.base_url).hostname or "")
