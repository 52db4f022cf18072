"""Where people reach the console, and what follows: whose requests it answers, and what its cookies are called."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from stillwatch.errors import SettingsError
from stillwatch.settings import ConsoleSettings

__all__ = ["Site", "is_loopback", "site_of"]

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Site:
    """``url`` is for links; ``origins`` are all that a browser may say a request of ours comes from."""

    url: str
    origins: frozenset[str]

    @property
    def is_https(self) -> bool:
        """Return whether browsers reach it over TLS."""
        return self.url.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """Return the values of ``Host`` that are ours; another is a name that somebody else points here."""
        return frozenset(urlsplit(origin).netloc for origin in self.origins)

    def cookie(self, name: str) -> str:
        """Return what the cookie *name* is called: with ``__Host-``, over TLS, no other host can set or read it."""
        return f"__Host-stillwatch-{name}" if self.is_https else f"stillwatch-{name}"


def is_loopback(host: str) -> bool:
    """Return whether *host* is reached from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def site_of(settings: ConsoleSettings, port: int | None = None) -> Site:
    """Return the site of *settings*, at the *port* that was really taken where it was left open.

    Raises ``SettingsError`` where passwords would cross a network in the clear.
    """
    port = settings.port if port is None else port
    if not is_loopback(settings.host) and not settings.base_url:
        raise SettingsError(
            "the console would listen for other machines, and does not know under which address",
            where="console.base_url",
            remedy="Set it to https://NAME behind a proxy that ends TLS, or leave console.host at 127.0.0.1.",
        )
    if settings.base_url.startswith("http://") and not _local_or_meant(settings):
        raise SettingsError(
            "without https, passwords and sessions can be read on the way",
            where="console.base_url",
            remedy="Put a proxy that ends TLS in front, or set console.allow_http where the network is yours alone.",
        )
    if not is_loopback(settings.host) and not settings.base_url.startswith("https://") and not settings.allow_http:
        raise SettingsError(
            "the console would listen for other machines without https",
            where="console.host",
            remedy="Set console.base_url to https://NAME, or console.allow_http where the network is yours alone.",
        )
    if settings.base_url:
        return Site(settings.base_url, frozenset({settings.base_url}))
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return Site(f"http://{host}:{port}", frozenset(f"http://{name}:{port}" for name in {*_LOOPBACK, host}))


def _local_or_meant(settings: ConsoleSettings) -> bool:
    return settings.allow_http or is_loopback(urlsplit(settings.base_url).hostname or "")
