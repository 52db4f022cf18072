"""The console and sign-in through an identity provider."""

from ipaddress import ip_network
from typing import Literal
from urllib.parse import urlsplit

from pydantic import SecretStr, field_validator

from stillwatch.settings.setting import RoomSettings, setting

__all__ = ["ConsoleSettings", "OidcSettings"]


class OidcSettings(RoomSettings):
    """Sign-in by way of a provider of identities (OpenID Connect)."""

    issuer: str = setting("", "The provider's address, exactly as it writes it; empty is sign-in by password alone.")
    client_id: str = setting("", "What the provider calls this console.")
    client_secret: SecretStr = setting(SecretStr(""), "Secret that the provider gave this console; empty without.")
    label: str = setting("single sign-on", "What the button on the sign-in page calls it.")
    scopes: str = setting("openid profile", "Scopes asked for, with blanks between; what the claims below need.")
    name_claim: str = setting("preferred_username", "The claim that holds somebody's name to be known by here.")
    role_claim: str = setting("groups", "The claim, a text or a list, that the role is read from.")
    roles: dict[str, Literal["viewer", "analyst", "lead", "auditor", "administrator"]] = setting(
        {}, "Role by value of that claim; of several that somebody has, the first here. Nobody without one comes in."
    )

    @field_validator("issuer")
    @classmethod
    def _is_private(cls, value: str) -> str:
        if value and not (value.startswith("https://") or _is_local(value)):
            raise ValueError("a provider's address begins with https://")
        return value


class ConsoleSettings(RoomSettings):
    """The console: where it listens, how long people stay signed in, and how they come in."""

    host: str = setting("127.0.0.1", "Address to listen on; another than this machine's own needs base_url.")
    port: int = setting(8470, "Port to listen on.", ge=0, le=65535)
    base_url: str = setting(
        "", "Where people reach it, such as https://stillwatch.example.org; empty is this machine and this port."
    )
    allow_http: bool = setting(
        default=False, sentence="Whether to listen for other machines without https, where passwords can be read."
    )
    trusted_proxies: tuple[str, ...] = setting(
        (), "Networks of your own proxies, whose X-Forwarded-For is believed.", unit="CIDR"
    )
    session_hours: float = setting(12.0, "Longest time signed in.", unit="hours", gt=0, le=720)
    session_idle_hours: float = setting(2.0, "Longest time signed in without doing anything.", unit="hours", gt=0)
    link_hours: float = setting(24.0, "How long a one-time link works.", unit="hours", gt=0, le=336)
    password_memory_kib: int = setting(65_536, "Memory that one check of a password takes.", unit="KiB", ge=19_456)
    password_passes: int = setting(3, "Passes over that memory.", unit="passes", ge=2, le=20)
    webhooks_to_private: bool = setting(
        default=False,
        sentence="Whether webhooks may go to private networks and this machine, which administrators then reach.",
    )
    run_due_every: float = setting(
        60.0,
        "How often the console carries out actions whose moment has come; 0 leaves it to you.",
        unit="seconds",
        ge=0,
    )
    oidc: OidcSettings = OidcSettings()

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            ip_network(text, strict=False)
        return value

    @field_validator("base_url")
    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/")):
            raise ValueError("write https://HOST or http://HOST, with a port where it has one, and no path")
        return value.rstrip("/").lower()


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")
