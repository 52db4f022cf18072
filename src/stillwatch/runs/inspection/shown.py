"""Keeps what an inspection shows: the first rows, examples of rejects, and facts of the first accounts."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from stillwatch.errors import InputError
from stillwatch.ingest import Hops, SourceTally
from stillwatch.tables import ATTRIBUTES, REJECTS, STAGED

__all__ = ["Inspection", "ShownFacts", "ShownRejects", "ShownRows"]

_REASONS = 1_000
"""Reasons that are counted apart. Reasons quote no content, so a log has few of them."""
_SPARE = 2
"""Rows are kept for so many times the rows to show, because a duplicate that comes later can be the one that counts."""


@dataclass(frozen=True)
class Inspection:
    """A log as it was understood. Rows, rejects and facts are plain values, and cut where not all were asked for.

    ``reasons`` are (reason, number of rejects), the commonest first. ``places`` says for each exchange where its
    ``client_ip`` stood in the chain of addresses of the log: the number of the hop from 1 on the left (0: none), and
    the number of hops. ``facts`` are (name, accounts that have it, different values). ``shortfall`` is the error where
    none or few of the rows became exchanges.
    """

    sources: list[SourceTally]
    exchanges: list[dict[str, Any]]
    places: list[tuple[int, int]]
    rejects: list[dict[str, Any]]
    reasons: list[tuple[str, int]]
    notices: list[str]
    attributes: list[dict[str, Any]]
    facts: list[tuple[str, int, int]]
    n_exchanges: int
    n_rejects: int
    shortfall: InputError | None

    def as_json(self) -> dict[str, Any]:
        """Return the result of ``inspect --json``."""
        return {
            "sources": [
                {
                    "source": tally.source,
                    "format": tally.format or None,
                    "n_rows": tally.n_rows,
                    "n_exchanges": tally.n_exchanges,
                    "n_rejects": tally.n_rejects,
                }
                for tally in self.sources
            ],
            "exchanges": self.exchanges,
            "rejects": self.rejects,
            "reasons": [{"reason": reason, "n": n} for reason, n in self.reasons],
            "notices": self.notices,
            "attributes": self.attributes,
            "n_exchanges": self.n_exchanges,
            "n_rejects": self.n_rejects,
        }


class ShownRows:
    """The first *most* rows (0: all) of a log, with the numbers under which a duplicate can be taken out again."""

    def __init__(self, most: int, hops: Hops) -> None:
        self._most, self._hops = most, hops
        self._chains = pa.nulls(0, pa.string())
        self._kept: dict[int, tuple[dict[str, Any], tuple[int, int]]] = {}

    def chains(self, addresses: pa.Array) -> None:
        """Take the addresses of the next batch as the log holds them."""
        self._chains = addresses

    def add(self, batch: pa.RecordBatch, number: int) -> None:
        """Take a batch with the columns of ``tables.STAGED``; *number* is that of its first row."""
        wanted = len(batch) if not self._most else max(0, self._most * _SPARE - len(self._kept))
        rows, chains = batch.slice(0, wanted).to_pylist(), self._chains.slice(0, wanted).to_pylist()
        for offset, (row, chain) in enumerate(zip(rows, chains, strict=True)):
            place = self._hops.place(chain) if chain else (0, 0)
            self._kept[number + offset] = {name: _plain(row[name]) for name in STAGED.names}, place

    def drop(self, numbers: Sequence[int]) -> None:
        """Take out the rows with these *numbers*, where they were kept."""
        for number in numbers:
            self._kept.pop(number, None)

    def first(self) -> tuple[list[dict[str, Any]], list[tuple[int, int]]]:
        """Return the rows to show, and the place of the address of each."""
        kept = list(self._kept.values())[: self._most or None]
        return [row for row, _ in kept], [place for _, place in kept]


class ShownRejects:
    """Counts rejects by reason, and keeps the first *most* of them (0: all) and the first of every reason."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: dict[str, int] = {}
        self.kept: list[dict[str, Any]] = []

    @property
    def count(self) -> int:
        """Return the number of rejects."""
        return sum(self._counts.values())

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Return (reason, number of rejects), the commonest first."""
        return sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))

    def add(self, source: str, position: int, reason: str) -> None:
        """Add one reject."""
        if reason not in self._counts and len(self._counts) >= _REASONS:
            reason = "further reasons"
        if reason not in self._counts or not self._most or len(self.kept) < self._most:
            self.kept.append({"source": source, "position": position, "reason": reason})
        self._counts[reason] = self._counts.get(reason, 0) + 1

    def add_batch(self, batch: pa.RecordBatch) -> None:
        """Add a batch with the columns of ``tables.REJECTS``."""
        for reject in zip(*(batch.column(name).to_pylist() for name in REJECTS.names), strict=True):
            self.add(*reject)


class ShownFacts:
    """The facts of the first *most* accounts (0: all)."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._accounts: set[str] = set()
        self.kept: list[dict[str, Any]] = []

    def add(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Take a batch with the columns of ``tables.ATTRIBUTES``, and return it."""
        if self._most and len(self._accounts) > self._most:
            return batch
        for row in batch.select(list(ATTRIBUTES.names[:3])).to_pylist():
            self._accounts.add(row["account_id"])
            if self._most and len(self._accounts) > self._most:
                break
            self.kept.append(row)
        return batch


def _plain(value: Any) -> Any:
    """Return a value that JSON has: times as ISO 8601, bytes as base64, floats with the seven digits that are exact."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return float(f"{value:.7g}") if isinstance(value, float) else value
