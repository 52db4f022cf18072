"""Spans as Phoenix keeps them: attributes nested in objects, or one column per attribute in a data frame."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from stillwatch.ingest.parsing.format import Record
from stillwatch.ingest.parsing.values import Loose, unfold

__all__ = ["flattened", "of_frame"]

_WHOLE = ("metadata",)
"""Attributes that instrumentations write as JSON; Phoenix stores the object."""
_DEPTH = 12


def flattened(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return *attributes* under the names of OpenTelemetry: ``{"llm": {"tools": [{"x": 1}]}}`` has ``llm.tools.0.x``.

    Attributes that are flat already stay as they are.
    """
    if not any(isinstance(value, Mapping | list) for value in attributes.values()):
        return dict(attributes)
    return dict(_leaves("", attributes, 0))


def _leaves(path: str, value: Loose, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and path in _WHOLE:
        yield path, orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    elif depth > _DEPTH:
        return
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}" if path else str(name), inner, depth + 1)
    elif isinstance(value, list) and value and all(isinstance(entry, Mapping) for entry in value):
        for number, entry in enumerate(value):
            yield from _leaves(f"{path}.{number}", entry, depth + 1)
    else:
        yield path, value


def of_frame(record: Record) -> Record:
    """Return a row of a data frame, with columns such as ``context.span_id`` and ``attributes.user.id``, as a span.

    An empty cell is no attribute.
    """
    span: dict[str, Any] = {"context": {}, "attributes": {}}
    for name, value in record.items():
        start, _, rest = name.partition(".")
        if start not in ("context", "attributes") or not rest:
            span[name] = value
        elif value not in (None, "") and not (isinstance(value, float) and math.isnan(value)):
            loaded = unfold(value)
            is_list = isinstance(loaded, list) and all(isinstance(entry, Mapping) for entry in loaded)
            span[start][rest] = loaded if is_list else value
    return {**span, "events": unfold(span.get("events"))}
