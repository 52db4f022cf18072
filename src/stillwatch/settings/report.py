"""What the report shows."""

from stillwatch.settings.setting import RoomSettings, setting

__all__ = ["ReportSettings"]


class ReportSettings(RoomSettings):
    """What the report shows."""

    max_campaigns: int = setting(50, "Campaigns shown in the report. The tables hold all.", unit="campaigns", ge=1)
    max_graph_accounts: int = setting(150, "Accounts drawn in one account-trace graph.", unit="accounts", ge=10)
