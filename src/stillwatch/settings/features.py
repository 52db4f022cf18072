"""How texts become sketches."""

from pydantic import SecretStr, field_validator

from stillwatch.settings.setting import RoomSettings, require_length, setting

__all__ = ["FeaturesSettings"]


class FeaturesSettings(RoomSettings):
    """How texts become sketches."""

    sketch_key: SecretStr = setting(
        SecretStr(""),
        "Secret key of every hash in a sketch and of answer digests, at least 16 characters. It stops a search for "
        "known texts.",
    )

    _key_is_long = field_validator("sketch_key")(require_length)
