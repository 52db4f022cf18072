"""Settings of ``ingest`` and of the state that ``scan --state`` keeps."""

from ipaddress import ip_network

from pydantic import SecretStr, field_validator

from stillwatch.settings.setting import RoomSettings, require_length, setting

__all__ = ["IngestSettings", "StateSettings"]


class IngestSettings(RoomSettings):
    """How logs are read."""

    trusted_hops: tuple[str, ...] = setting(
        (), "Networks of your own proxies. The client address is the last hop outside these networks.", unit="CIDR"
    )
    identifier_key: SecretStr = setting(
        SecretStr(""),
        "Secret key, at least 16 characters. If set, every identifier is replaced by its keyed hash when it is read.",
    )
    dominant_address_share: float = setting(
        0.5,
        "Warn if one client address has more than this share of the exchanges.",
        unit="share",
        gt=0,
        le=1,
    )
    max_row_bytes: int = setting(
        16_777_216,
        "Longest line or record. A longer one is a reject, so that one row cannot fill the memory.",
        unit="bytes",
        ge=1024,
    )
    max_rejects: float = setting(
        0.5,
        "End with exit code 3 if more than this share of the rows are rejects; duplicates do not count. A log without "
        "any exchange always ends so.",
        unit="share",
        ge=0,
        le=1,
    )

    _key_is_long = field_validator("identifier_key")(require_length)

    @field_validator("trusted_hops")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            ip_network(text, strict=False)
        return value


class StateSettings(RoomSettings):
    """What a state keeps (`scan --state`)."""

    keep_days: int = setting(
        0,
        "Days kept before the newest day. Older days are deleted. 0 keeps all.",
        unit="days",
        ge=0,
    )
