"""Settings of the gateway: what publishes decisions, and what obeys them."""

import re

from pydantic import field_validator

from stillwatch.settings.setting import RoomSettings, setting

__all__ = ["GatewaySettings"]


class GatewaySettings(RoomSettings):
    """Where the snapshot is, how limits are carried out, and what happens when something fails."""

    snapshot: str = setting("stillwatch.snapshot", "File with the decisions that gateways obey.")
    public_key: str = setting(
        "", "Public key of the publisher in hexadecimal, as `stillwatch gateway publish` prints it. Gateways need it."
    )
    traffic: str = setting(
        "",
        "Folder of Parquet files with the requests that gateways answered. gateway.most_denied is compared with its "
        "last hour. Empty: with the accounts of the last imported scan.",
    )
    publish_every_s: float = setting(
        10.0,
        "Longest time between two snapshots, also where nothing changed, so that gateways know that it is fresh.",
        unit="seconds",
        ge=1,
        le=3600,
    )
    serve_stale_hours: float = setting(
        24.0,
        "Age of a snapshot up to which gateways obey the limits of cases. Beyond it the limits end, until a newer one.",
        unit="hours",
        gt=0,
        le=720,
    )
    most_denied: float = setting(
        0.02,
        "Largest share of the last hour's accounts, or of its requests, that limits with one person's name may deny. "
        "Beyond it no new limit is published; what was lifted is.",
        unit="share",
        gt=0,
        le=1,
    )
    throttle_per_minute: float = setting(
        2.0, "Requests that a throttle lets pass, for each account.", unit="requests/minute", gt=0, le=60_000
    )
    throttle_burst: int = setting(
        4, "Requests that a throttle lets pass at once after a pause.", unit="requests", ge=1, le=10_000
    )

    @field_validator("public_key")
    @classmethod
    def _is_key(cls, value: str) -> str:
        if value and not re.fullmatch("[0-9a-f]{64}", value):
            raise ValueError("a public key is 64 digits of lower-case hexadecimal")
        return value
