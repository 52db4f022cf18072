"""Writes an inspected log as small tables for a terminal of 80 columns: sources, rows, reasons, facts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Grid", "exchange_grids", "facts_grids", "reasons_grid", "sources_grid"]

_TEXT = 240
"""Characters of a text that are shown."""
_SOURCES, _REASONS = 20, 10
_TEXTS = (("system prompt", "system_prompt"), ("prompt", "prompt"), ("answer", "completion"))
_PARAMETERS = ("temperature", "n_samples", "logprobs", "seed", "stream", "batch")
_BESIDE = ("source", "position")
"""Columns that say where a row stood, and that are no part of an exchange."""


@dataclass(frozen=True)
class Grid:
    """A small table: a title, headings, and cells of text. The cells are as in the log; whoever prints them escapes."""

    title: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def sources_grid(sources: Sequence[Mapping[str, Any]]) -> Grid:
    """Return the sources of ``inspect --json`` with their counts."""
    rows = [
        (s["source"], s["format"] or "none", *(f"{s[name]:,}" for name in ("n_rows", "n_exchanges", "n_rejects")))
        for s in sources[:_SOURCES]
    ]
    more = f"; {len(sources) - _SOURCES:,} more are not shown" if len(sources) > _SOURCES else ""
    return Grid(f"Sources{more}", ("source", "format", "rows", "exchanges", "rejects"), rows)


def exchange_grids(
    exchanges: Sequence[Mapping[str, Any]], places: Sequence[tuple[int, int]], *, trusted: bool
) -> Iterator[Grid]:
    """Yield a table per exchange; *places* as in ``runs.Inspection``, *trusted* says whether there are trusted hops."""
    for row, place in zip(exchanges, places, strict=True):
        cells = [*_who(row), *_what(row), *_client(row, place, trusted=trusted), *_texts(row)]
        missing = [name for name, value in row.items() if value is None and name not in _BESIDE]
        cells.append(("no value", ", ".join(missing) or "nothing"))
        yield Grid(f"Row {row['position']:,} of {row['source']}", ("field", "as understood"), cells)


def _who(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "exchange", str(row["exchange_id"])
    yield "account", str(row["account_id"])
    for name in ("organization_id", "conversation_id"):
        if row[name] is not None:
            yield name.removesuffix("_id"), str(row[name])
    yield "time", str(row["at"])


def _what(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "model", str(row["model"])
    yield "status", str(row["status"])
    tokens = (("input_tokens", "in"), ("output_tokens", "out"), ("max_output_tokens", "at most"))
    if counted := [f"{row[name]:,} {word}" for name, word in tokens if row[name] is not None]:
        yield "tokens", ", ".join(counted)
    if row["n_tools"] is not None:
        yield "tools", f"{row['n_tools']:,}" + (f", digest {row['tools_digest']}" if row["tools_digest"] else "")
    if asked := [f"{name} {_word(row[name])}" for name in _PARAMETERS if row[name] is not None]:
        yield "parameters", ", ".join(asked)


def _word(value: Any) -> str:
    return (
        ("yes" if value else "no")
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _client(row: Mapping[str, Any], place: tuple[int, int], *, trusted: bool) -> Iterator[tuple[str, str]]:
    if row["client_ip"] is not None:
        yield "address", f"{row['client_ip']} ({_from(*place, trusted=trusted)})"
    elif place[1]:
        yield "address", "none; what the log holds there is no address"
    if row["user_agent"] is not None:
        yield "user agent", _beginning(row["user_agent"])
    if row["client_fingerprint"] is not None:
        yield "fingerprint", str(row["client_fingerprint"])


def _from(number: int, hops: int, *, trusted: bool) -> str:
    if hops == 1:
        return "the only address of the record"
    if number == hops:
        why = "it is no trusted hop" if trusted else "ingest.trusted_hops is not set"
        return f"the last of {hops} addresses: {why}"
    return f"address {number} of {hops}: those after it are trusted hops"


def _texts(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for title, name in _TEXTS:
        if row[name] is not None:
            yield title, _beginning(row[name])
    if row["sketch"] is not None:
        yield "sketch", "stands for the texts"


def _beginning(text: str) -> str:
    return text if len(text) <= _TEXT else f"{text[:_TEXT]}… ({len(text):,} characters)"


def reasons_grid(reasons: Sequence[tuple[str, int]], rejects: Sequence[Mapping[str, Any]]) -> Grid:
    """Return the commonest reasons of rejects with an example each."""
    examples: dict[str, str] = {}
    for reject in rejects:
        examples.setdefault(reject["reason"], f"row {reject['position']:,} of {reject['source']}")
    rows = [(f"{count:,}", reason, examples.get(reason, "")) for reason, count in reasons[:_REASONS]]
    more = f"; {len(reasons) - _REASONS:,} further reasons" if len(reasons) > _REASONS else ""
    return Grid(f"Rejects{more}", ("rejects", "reason", "for example"), rows)


def facts_grids(facts: Sequence[tuple[str, int, int]], attributes: Sequence[Mapping[str, Any]]) -> Iterator[Grid]:
    """Yield the facts of the accounts file with their counts, and those of the first accounts."""
    counts = [(name, f"{n_accounts:,}", f"{n_values:,}") for name, n_accounts, n_values in facts]
    yield Grid("Facts about accounts", ("fact", "accounts that have it", "different values"), counts)
    of: dict[str, list[str]] = {}
    for fact in attributes:
        of.setdefault(fact["account_id"], []).append(f"{fact['name']}: {_beginning(fact['value'])}")
    yield Grid("The first accounts", ("account", "facts"), [(who, "\n".join(told)) for who, told in of.items()])
