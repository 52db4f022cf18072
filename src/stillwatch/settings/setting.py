"""What a setting is: a default, a sentence, a unit and limits; and what the settings of every room have in common."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr

__all__ = ["LEAST_KEY", "RoomSettings", "leaves", "require_length", "setting"]

LEAST_KEY = 16
"""Least characters of a secret key. A shorter one can be found by trying all."""


def setting(default: Any, sentence: str, *, unit: str = "", **limits: Any) -> Any:
    """Return a field with *default*; *unit* and *sentence* go into the reference, *limits* are those of pydantic."""
    return Field(default, description=sentence, json_schema_extra={"unit": unit}, **limits)


def require_length(key: SecretStr) -> SecretStr:
    """Return *key*, which is empty or long enough; raises ``ValueError`` where it is short."""
    if 0 < len(key.get_secret_value()) < LEAST_KEY:
        raise ValueError(f"a key has at least {LEAST_KEY} characters, drawn at random; empty means no key")
    return key


class RoomSettings(BaseModel):
    """The settings of one room: frozen, checked, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


def leaves(tree: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the path and the value of every leaf of a nested mapping."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, (*above, key))
        else:
            yield (*above, key), value
