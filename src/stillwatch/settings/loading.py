"""Reads settings from a file, the environment and flags; the only reader of the environment.

Order of precedence: default < file (TOML) < environment (``STILLWATCH_ROOM__KEY``) < flag. Unknown keys fail and name
the nearest known key; all problems are reported together.
"""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from stillwatch.errors import SettingsError
from stillwatch.settings.setting import leaves
from stillwatch.settings.signals import SignalSettings
from stillwatch.settings.tree import Settings

__all__ = ["SettingValue", "explain", "load"]

_PREFIX = "STILLWATCH_"


@dataclass(frozen=True, slots=True)
class SettingValue:
    """One line of ``settings show``: dotted name, value, unit, sentence and where the value came from."""

    name: str
    value: str
    unit: str
    sentence: str
    origin: str


def load(file: Path | None = None, environment: Mapping[str, str] | None = None, **flags: Any) -> Settings:
    """Return the settings from *file*, the environment and *flags* (dotted name with ``__`` → value).

    Raises ``SettingsError`` with every problem found.
    """
    return _validated(_merged(_layers(file, environment, flags)))


def explain(file: Path | None = None, environment: Mapping[str, str] | None = None) -> list[SettingValue]:
    """Return every setting with its value and where it came from; secrets are masked."""
    layers = _layers(file, environment, {})
    settings = _validated(_merged(layers))
    # A map of names that are free is one setting, so what came from a layer is known by its beginning too.
    origins = {path[:n]: origin for origin, tree in layers for path, _ in leaves(tree) for n in range(1, len(path) + 1)}
    return [
        SettingValue(".".join(path), str(value), unit, sentence, origins.get(path, "default"))
        for path, value, unit, sentence in _walk(settings)
    ]


def _layers(
    file: Path | None, environment: Mapping[str, str] | None, flags: Mapping[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    environment = os.environ if environment is None else environment
    layers: list[tuple[str, dict[str, Any]]] = []
    named = file or (Path(environment[f"{_PREFIX}SETTINGS"]) if environment.get(f"{_PREFIX}SETTINGS") else None)
    if named is not None:
        layers.append((str(named), _read(named)))
    from_environment: dict[str, Any] = {}
    for key in sorted(environment):
        if key.startswith(_PREFIX) and key != f"{_PREFIX}SETTINGS":
            _put(from_environment, key.removeprefix(_PREFIX).lower().split("__"), _parsed(environment[key]))
    layers.append(("environment", from_environment))
    from_flags: dict[str, Any] = {}
    for key, value in flags.items():
        if value is not None:
            _put(from_flags, key.split("__"), value)
    layers.append(("flag", from_flags))
    return layers


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError("no such settings file", where=str(file), remedy="Check --settings.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"not a readable TOML file ({error})", where=str(file)) from error


def _parsed(text: str) -> Any:
    """Read lists and tables as TOML, and leave all else to the field's own type."""
    if text[:1] in "[{":
        try:
            return tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            return text
    return text


def _put(tree: dict[str, Any], path: list[str], value: Any) -> None:
    for key in path[:-1]:
        inner = tree.setdefault(key, {})
        tree = inner if isinstance(inner, dict) else {}
    tree[path[-1]] = value


def _merged(layers: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for _, layer in layers:
        for path, value in leaves(layer):
            _put(tree, list(path), value)
    return tree


def _validated(tree: dict[str, Any]) -> Settings:
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        problems = [_problem(tuple(str(p) for p in e["loc"]), e) for e in error.errors(include_url=False)]
        raise SettingsError(
            "; ".join(problems), where="settings", remedy="See `stillwatch settings show` for every setting."
        ) from error


def _problem(path: tuple[str, ...], error: Mapping[str, Any]) -> str:
    name = ".".join(path)
    if error["type"] == "extra_forbidden":
        known = [".".join(p) for p, *_ in _walk(Settings())] + list(Settings.model_fields)
        nearest = difflib.get_close_matches(name, known, n=1)
        return f"unknown setting {name}" + (f", did you mean {nearest[0]}?" if nearest else "")
    return f"{name}: {error['msg']}"


def _walk(room: BaseModel, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any, str, str]]:
    for key, field in type(room).model_fields.items():
        value = getattr(room, key)
        if isinstance(value, BaseModel):
            yield from _walk(value, (*above, key))
        elif field.annotation == dict[str, SignalSettings]:
            for name, inner in sorted(value.items()):
                yield from _walk(inner, (*above, key, name))
        else:
            value = ", ".join(sorted(value)) if isinstance(value, dict) else value
            extra = field.json_schema_extra
            unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
            yield (*above, key), value, unit, field.description or ""
