"""How texts become sketches."""

from pydantic import SecretStr

from stillwatch.settings.setting import RoomSettings, setting

__all__ = ["FeaturesSettings"]


class FeaturesSettings(RoomSettings):
    """How texts become sketches."""

    sketch_key: SecretStr = setting(
        SecretStr(""),
        "Secret mixed into every hash, so that a sketch cannot be searched with a dictionary of prompts.",
    )
