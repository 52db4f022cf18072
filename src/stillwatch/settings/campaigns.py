"""How groups are formed, tested and reported."""

from stillwatch.settings.setting import RoomSettings, setting

__all__ = ["CampaignsSettings"]


class CampaignsSettings(RoomSettings):
    """How groups are formed, tested and reported."""

    min_accounts: int = setting(5, "Smallest group that is reported.", unit="accounts", ge=3)
    false_discovery_rate: float = setting(
        0.01, "False discovery rate: accepted share of false campaigns among those reported.", unit="share", gt=0, lt=1
    )
    min_coordination: float = setting(0.5, "Least coordination of a reported group.", unit="0-1", ge=0, le=1)
    min_member: float = setting(
        0.5, "Least membership probability of a reported member.", unit="probability", gt=0, lt=1
    )
    cleared_days: int = setting(
        180,
        "Time for which an account that people found innocent is left out of every group. "
        "0: only decisions after the end of the log count.",
        unit="days",
        ge=0,
        le=36_500,
    )
    min_overlap: float = setting(
        0.5,
        "With a history: least overlap of two groups to be one campaign, as a share of the smaller group.",
        unit="share",
        gt=0,
        le=1,
    )
    looks: int = setting(
        7,
        "With a history: looks in a row over which the false discovery rate holds; each tests at an equal part of it.",
        unit="looks",
        ge=1,
    )
    seed: int = setting(1, "Seed of the community search. The same seed gives the same bytes.", ge=0)
