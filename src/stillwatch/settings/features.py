"""How texts become sketches."""

from pydantic import SecretStr

from stillwatch.settings.setting import RoomSettings, setting

__all__ = ["FeaturesSettings"]


class FeaturesSettings(RoomSettings):
    """How texts become sketches."""

    sketch_key: SecretStr = setting(
        SecretStr(""),
        "Secret key of every hash in a sketch and of answer digests. It stops a search for known texts.",
    )
