"""Detects the log format of a source from its first records."""

from collections.abc import Iterable, Mapping
from typing import Any

from stillwatch.errors import FormatError
from stillwatch.ingest.parsing.format import Carrier, Format

__all__ = ["choose", "fits", "named"]

_LEAST = 0.5


def named(formats: Mapping[str, Format], name: str) -> Format:
    """Return the format called *name*; raises ``FormatError`` with the known names where there is none."""
    if name not in formats:
        raise FormatError(f"there is no log format {name!r}", where="--format", remedy=_known(formats))
    return formats[name]


def choose(
    formats: Mapping[str, Format], records: Iterable[Mapping[str, Any]], carrier: Carrier, source: str
) -> Format:
    """Return the format with the highest mean score over *records*; equal scores go to the first name.

    Records that no format gives 0.5 do not count: a log can hold other lines as well. Raises ``FormatError`` where no
    record counts, or the highest mean score is below 0.5.
    """
    possible = {name: found for name, found in formats.items() if carrier in found.carriers}
    totals = dict.fromkeys(possible, 0.0)
    n_records = 0
    for record in records:
        scores = {name: _score(candidate, record) for name, candidate in possible.items()}
        if max(scores.values(), default=0.0) >= _LEAST:
            n_records += 1
            for name, score in scores.items():
                totals[name] += score
    best = max(sorted(totals), key=lambda name: totals[name], default="")
    if not n_records or not best or totals[best] / n_records < _LEAST:
        raise FormatError("no log format fits", where=source, remedy=f"Name it with --format. {_known(formats)}")
    return possible[best]


def fits(formats: Mapping[str, Format], records: Iterable[Mapping[str, Any]], carrier: Carrier) -> bool:
    """Return whether one of *formats* fits one of *records*."""
    possible = [found for found in formats.values() if carrier in found.carriers]
    return any(_score(candidate, record) >= _LEAST for record in records for candidate in possible)


def _score(candidate: Format, record: Mapping[str, Any]) -> float:
    try:
        return candidate.recognise(record)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError):
        return 0.0


def _known(formats: Mapping[str, Format]) -> str:
    return f"Known formats: {', '.join(sorted(formats))}."
