"""How logs are read, and what a state keeps."""

from ipaddress import ip_network

from pydantic import SecretStr, field_validator

from stillwatch.settings.setting import RoomSettings, setting

__all__ = ["IngestSettings", "StateSettings"]


class IngestSettings(RoomSettings):
    """How logs are read."""

    trusted_hops: tuple[str, ...] = setting(
        (), "Networks of your own proxies; the client address is the last hop outside them.", unit="CIDR"
    )
    identifier_key: SecretStr = setting(
        SecretStr(""), "Secret; when set, identifiers are replaced by their keyed hash on the way in."
    )
    dominant_address_share: float = setting(
        0.5,
        "Warn when one client address carries more than this share of the exchanges.",
        unit="share",
        gt=0,
        le=1,
    )
    max_row_bytes: int = setting(
        16_777_216,
        "A longer line or record is a reject, so that one row cannot fill the memory.",
        unit="bytes",
        ge=1024,
    )

    @field_validator("trusted_hops")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            ip_network(text, strict=False)
        return value


class StateSettings(RoomSettings):
    """What a state, in which days add up, keeps (`scan --state`)."""

    keep_days: int = setting(
        0,
        "Days that lie more than this many days before the newest one are dropped for good; 0 keeps all.",
        unit="days",
        ge=0,
    )
