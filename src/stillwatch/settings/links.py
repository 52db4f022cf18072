"""How traces are weighed."""

from stillwatch.settings.setting import RoomSettings, setting

__all__ = ["LinksSettings"]


class LinksSettings(RoomSettings):
    """How traces are weighed."""

    max_bits: float = setting(12.0, "Upper limit of the evidence of one shared value.", unit="bits", gt=0)
    hub_share: float = setting(
        0.5, "A value shared by more than this share of all accounts gives no link.", unit="share", gt=0, le=1
    )
    hub_accounts: int = setting(
        50_000, "A value shared by more accounts than this gives no link.", unit="accounts", ge=2
    )
