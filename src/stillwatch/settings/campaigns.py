"""How groups are formed, tested and reported."""

from stillwatch.settings.setting import RoomSettings, setting

__all__ = ["CampaignsSettings"]


class CampaignsSettings(RoomSettings):
    """How groups are formed, tested and reported."""

    min_accounts: int = setting(5, "Smaller groups are not reported.", unit="accounts", ge=3)
    false_discovery_rate: float = setting(
        0.01, "Accepted share of false campaigns among those reported.", unit="share", gt=0, lt=1
    )
    min_coordination: float = setting(0.5, "First key: least coordination of a campaign.", unit="0-1", ge=0, le=1)
    min_harvest: float = setting(0.5, "Second key: least harvest of a campaign.", unit="0-1", ge=0, le=1)
    min_concealment: float = setting(
        0.3, "A campaign that conceals less than this is never above watch.", unit="0-1", ge=0, le=1
    )
    min_member: float = setting(
        0.5, "Least membership probability of a reported member.", unit="probability", gt=0, lt=1
    )
    cleared_days: int = setting(
        180,
        "An account that people found innocent belongs to no group until so long after the decision. "
        "At 0 only decisions later than the end of the log count.",
        unit="days",
        ge=0,
        le=36_500,
    )
    min_overlap: float = setting(
        0.5,
        "With a history: least part of the smaller of two groups that both have for them to be one campaign.",
        unit="share",
        gt=0,
        le=1,
    )
    seed: int = setting(1, "Seed of the community search; the same seed gives the same bytes.", ge=0)
