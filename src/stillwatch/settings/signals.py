"""What an operator may change of one signal."""

from stillwatch.settings.setting import RoomSettings, setting

__all__ = ["SignalSettings"]


class SignalSettings(RoomSettings):
    """What an operator may change of one signal."""

    enabled: bool = setting(default=True, sentence="Whether the signal is used.")
    strength: float = setting(1.0, "Factor on the evidence of the signal.", unit="factor", ge=0, le=2)
