"""Settings of the console and of sign-in through an identity provider."""

from ipaddress import ip_network
from typing import Literal
from urllib.parse import urlsplit

from pydantic import SecretStr, field_validator

from stillwatch.settings.setting import RoomSettings, setting

__all__ = ["ConsoleSettings", "OidcSettings"]


class OidcSettings(RoomSettings):
    """Sign-in through an identity provider (OpenID Connect)."""

    issuer: str = setting(
        "", "Issuer URL of the identity provider, exactly as it states it. Empty: sign-in by password only."
    )
    client_id: str = setting("", "Client id of this console at the provider.")
    client_secret: SecretStr = setting(
        SecretStr(""), "Client secret of this console at the provider. Empty: no secret."
    )
    label: str = setting("single sign-on", "Name of the provider on the sign-in button.")
    scopes: str = setting("openid profile", "Requested scopes, separated by blanks. They must cover the claims below.")
    name_claim: str = setting("preferred_username", "Claim with the user name.")
    role_claim: str = setting("groups", "Claim with the role, as a text or a list.")
    roles: dict[str, Literal["viewer", "analyst", "lead", "auditor", "administrator"]] = setting(
        {},
        "Role by value of that claim. If a user has several values, the first entry here counts. "
        "A user without one cannot sign in.",
    )

    @field_validator("issuer")
    @classmethod
    def _is_private(cls, value: str) -> str:
        if value and not (value.startswith("https://") or _is_local(value)):
            raise ValueError("a provider's address begins with https://")
        return value


class ConsoleSettings(RoomSettings):
    """Where the console listens, how long sessions last, and how users sign in."""

    host: str = setting("127.0.0.1", "Address to listen on. An address that other machines reach needs base_url.")
    port: int = setting(8470, "Port to listen on.", ge=0, le=65535)
    base_url: str = setting(
        "", "Public URL of the console, such as https://stillwatch.example.org. Empty: this machine and this port."
    )
    allow_http: bool = setting(
        default=False,
        sentence="Whether other machines may connect without https. Passwords can then be read on the network.",
    )
    trusted_proxies: tuple[str, ...] = setting(
        (), "Networks of your own proxies. Their X-Forwarded-For header is trusted.", unit="CIDR"
    )
    session_hours: float = setting(12.0, "Longest session.", unit="hours", gt=0, le=720)
    session_idle_hours: float = setting(2.0, "Longest session without a request.", unit="hours", gt=0)
    link_hours: float = setting(24.0, "Validity of a one-time link.", unit="hours", gt=0, le=336)
    password_memory_kib: int = setting(65_536, "Memory of one password check (argon2id).", unit="KiB", ge=19_456)
    password_passes: int = setting(3, "Passes of one password check (argon2id).", unit="passes", ge=2, le=20)
    webhooks_to_private: bool = setting(
        default=False,
        sentence="Whether webhooks may go to private networks and to this machine. "
        "Administrators can then reach these networks.",
    )
    run_due_every: float = setting(
        60.0,
        "How often the console carries out actions that are due. 0: never; use `case run`.",
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
