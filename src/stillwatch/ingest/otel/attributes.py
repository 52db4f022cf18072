"""Decodes OTLP attributes, and puts lists together that were written as numbered attributes."""

import re
from collections.abc import Mapping
from typing import Any

from stillwatch.ingest.parsing.values import Loose, mapping

__all__ = ["camelised", "decoded", "numbered", "value_of"]

_SNAKE = re.compile(r"_([a-z])")
_LONGEST_PATH = 12
_KINDS = ("stringValue", "doubleValue", "boolValue", "bytesValue")


def camelised(message: Loose) -> Loose:
    """Return OTLP JSON with the names of its fields in camel case: some writers keep those of the protobuf files."""
    if isinstance(message, Mapping):
        return {_camel(name): camelised(value) for name, value in message.items() if isinstance(name, str)}
    return [camelised(entry) for entry in message] if isinstance(message, list) else message


def _camel(name: str) -> str:
    return _SNAKE.sub(lambda found: found[1].upper(), name)


def decoded(attributes: Loose) -> dict[str, Any]:
    """Return OTLP's list of keys and values as a mapping; malformed entries are left out. A mapping stays as it is."""
    if isinstance(attributes, Mapping):
        return {key: value for key, value in attributes.items() if isinstance(key, str)}
    found = {}
    for attribute in attributes if isinstance(attributes, list) else []:
        if isinstance(attribute, Mapping) and isinstance(attribute.get("key"), str):
            found[attribute["key"]] = value_of(attribute.get("value"))
    return found


def value_of(value: Loose) -> Loose:
    """Return an OTLP value (``{"stringValue": …}`` and so on) as plain JSON; None for an empty text."""
    if not isinstance(value, Mapping):
        return value
    if "arrayValue" in value:
        entries = mapping(value["arrayValue"]).get("values", [])
        return [value_of(entry) for entry in entries] if isinstance(entries, list) else None
    if "kvlistValue" in value:
        return decoded(mapping(value["kvlistValue"]).get("values"))
    if "intValue" in value:  # 64-bit numbers are strings in OTLP JSON
        return value["intValue"]
    found = next((value[kind] for kind in _KINDS if value.get(kind) is not None), None)
    return None if found == "" else found


def numbered(attributes: Mapping[str, Any], names: re.Pattern[str]) -> dict[str, list[Any]]:
    """Return the lists that are written as numbered attributes, by prefix.

    *names* matches a whole attribute name, with the groups prefix, number and path. ``a.0.role`` and
    ``a.0.parts.1.text`` give the entry ``{"role": …, "parts": [{"text": …}]}`` of the list ``a``. Gaps in the numbers
    are closed.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, value in attributes.items():
        if match := names.fullmatch(name):
            prefix, number, path = match.groups()
            steps = [number, *path.split(".", _LONGEST_PATH)]
            here = found.setdefault(prefix, {})
            for step in steps[:-1]:
                inner = here.setdefault(step, {})
                if not isinstance(inner, dict):  # one name is both a value and a prefix
                    break
                here = inner
            else:
                here[steps[-1]] = value
    return {prefix: _listed(entries) for prefix, entries in found.items()}


def _listed(entries: Loose) -> Loose:
    """Return mappings whose keys are all numbers as lists in the order of these numbers."""
    if not isinstance(entries, dict):
        return entries
    inner = {key: _listed(value) for key, value in entries.items()}
    if all(key.isdecimal() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner
