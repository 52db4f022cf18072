"""The table of all wrappers, in the order in which they are tried."""

from collections.abc import Iterable

from stillwatch.ingest.parsing.format import Record
from stillwatch.ingest.sources.wrappers.pages import PAGE_WRAPPERS, frame
from stillwatch.ingest.sources.wrappers.stored_lines import LINE_WRAPPERS
from stillwatch.ingest.sources.wrappers.traces import TRACE_WRAPPERS
from stillwatch.ingest.sources.wrappers.wrapper import Inside, Wrapper

__all__ = ["WRAPPERS", "opened"]

WRAPPERS: tuple[Wrapper, ...] = (*TRACE_WRAPPERS, *LINE_WRAPPERS, *PAGE_WRAPPERS)
"""Spans come first, because a span holds lists of events. The record that no wrapper opens is a record of the log."""

_KEYS = frozenset(wrapper.key for wrapper in WRAPPERS)


def opened(record: Record) -> Inside | None:
    """Return what is inside *record*, or None where it is no wrapper. Cheap for a record without any of the keys."""
    if _KEYS.isdisjoint(record):
        return frame(record)
    return _first(record, (wrapper for wrapper in WRAPPERS if wrapper.key in record))


def _first(record: Record, wrappers: Iterable[Wrapper]) -> Inside | None:
    for wrapper in wrappers:
        inside = wrapper.opened(record)
        if inside is not None:
            return inside
    return None
