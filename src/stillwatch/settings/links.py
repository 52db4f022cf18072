"""How traces are weighed."""

from stillwatch.settings.setting import RoomSettings, setting

__all__ = ["LinksSettings"]


class LinksSettings(RoomSettings):
    """How traces are weighed."""

    max_bits: float = setting(12.0, "The most evidence one shared value gives.", unit="bits", gt=0)
    hub_share: float = setting(
        0.5, "A value that more than this share of all accounts have links nobody.", unit="share", gt=0, le=1
    )
    hub_accounts: int = setting(
        50_000, "A value that more accounts than this have links nobody.", unit="accounts", ge=2
    )
