"""Gives the columns of a table other names, where a store changed them: capital letters, or paths of nested fields."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from stillwatch.ingest.parsing.format import Record
from stillwatch.ingest.parsing.values import unfold

__all__ = ["Renaming", "renamings"]

Renaming = Callable[[Record], Record]
"""Returns a row of the table under other names. It is pure."""


def renamings(names: Iterable[str]) -> Iterator[Renaming]:
    """Yield the ways to rename the columns *names*, the smallest change first; none where they are as usual.

    Snowflake and Oracle write ``REQUEST_ID`` for ``request_id``. pandas and CloudWatch Logs Insights write
    ``request.model`` for the field ``model`` inside of ``request``.
    """
    plain = [name for name in names if name]
    is_upper = bool(plain) and all(name == name.upper() for name in plain) and any(map(str.isupper, plain))
    is_nested = any("." in name.strip(".") for name in plain)
    if is_upper:
        yield _lower
    if is_nested:
        yield _nested
    if is_upper and is_nested:
        yield _lower_nested


def _lower(record: Record) -> Record:
    return {name.lower(): value for name, value in record.items()}


def _nested(record: Record) -> Record:
    """Return *record* with an object for every start of a path. An empty cell says that there is no such field.

    JSON in the cell of a path is a list or an object, as it is in a log that is not flat.
    """
    found: dict[str, Any] = {}
    for name, value in record.items():
        steps = name.split(".")
        if len(steps) > 1 and value in (None, ""):
            continue
        here = found
        for step in steps[:-1]:
            inner = here.get(step)
            if not isinstance(inner, dict):  # an empty cell beside the paths
                inner = here[step] = {}
            here = inner
        if not isinstance(here.get(steps[-1]), Mapping):
            here[steps[-1]] = value if len(steps) == 1 else unfold(value)
    return found


def _lower_nested(record: Record) -> Record:
    return _nested(_lower(record))
