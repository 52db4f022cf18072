"""What a setting is: a default, a sentence, a unit and limits; and what the settings of every room have in common."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["RoomSettings", "leaves", "setting"]


def setting(default: Any, sentence: str, *, unit: str = "", **limits: Any) -> Any:
    """Return a field with *default*; *unit* and *sentence* go into the reference, *limits* are those of pydantic."""
    return Field(default, description=sentence, json_schema_extra={"unit": unit}, **limits)


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
