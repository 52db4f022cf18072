"""Counts what came of each source: its exchanges, its rejects by reason, and records that were no rows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.ingest.rows.outcomes.rejects import RejectSink

__all__ = ["SourceTally", "TallyingRejects", "commonest", "skipped_in"]

_MOST = 100
"""Reasons kept per source. A reason quotes no content, so there are few; more of them are counted together."""
_FURTHER = "further reasons"


@dataclass(slots=True)
class SourceTally:
    """What came of one source. Rows are exchanges and rejects; skipped records were no rows.

    ``format`` is empty where nothing was recognised. ``unfit`` says why no format fits a file of a folder; such a file
    is left out. ``reasons`` has for each reason of a reject the number of rejects, and the position of the first.
    ``skipped`` has the number of skipped records by their kind, which is empty where the format does not name it.
    ``is_new`` is false for a source that an earlier run read into a state.
    """

    source: str
    format: str = ""
    unfit: str = ""
    n_exchanges: int = 0
    reasons: dict[str, tuple[int, int]] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    is_new: bool = True

    @property
    def n_rejects(self) -> int:
        """Return the number of rejects."""
        return sum(count for count, _ in self.reasons.values())

    @property
    def n_rows(self) -> int:
        """Return the number of rows: exchanges and rejects."""
        return self.n_exchanges + self.n_rejects

    @property
    def n_skipped(self) -> int:
        """Return the number of records that were no inference."""
        return sum(self.skipped.values())

    def reject(self, reason: str, position: int, count: int = 1) -> None:
        """Count *count* rejects with *reason*, the first of them at *position*."""
        if reason not in self.reasons and len(self.reasons) >= _MOST:
            reason = _FURTHER
        before, first = self.reasons.get(reason, (0, position))
        self.reasons[reason] = (before + count, first)

    def skip(self, kind: str) -> None:
        """Count one record that is no inference, of the given *kind*."""
        self.skipped[kind] = self.skipped.get(kind, 0) + 1

    def state(self) -> dict[str, Any]:
        """Return the tally as plain values for :meth:`of`."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> "SourceTally":
        """Return the tally with the plain values *state*."""
        reasons = {reason: (count, first) for reason, (count, first) in state["reasons"].items()}
        return cls(**{**state, "reasons": reasons})


class TallyingRejects:
    """Counts every reject in the tally of its source, and hands it on to *sink*."""

    def __init__(self, sink: RejectSink) -> None:
        self._sink = sink
        self._tallies: dict[str, SourceTally] = {}

    def begin(self, source: str) -> SourceTally:
        """Return the tally in which the rejects of *source* are counted from now on."""
        tally = self._tallies[source] = SourceTally(source)
        return tally

    def count_exchanges(self, sources: pa.Array) -> None:
        """Count exchanges, given the *source* of each."""
        for entry in pc.value_counts(sources).to_pylist():
            self._tallies[entry["values"]].n_exchanges += entry["counts"]

    def add(self, source: str, position: int, reason: str) -> None:
        """Add one reject."""
        self._tallies[source].reject(reason, position)
        self._sink.add(source, position, reason)

    def add_batch(self, batch: pa.RecordBatch) -> None:
        """Add rejects of one source in a batch with the columns of ``tables.REJECTS``.

        The first position of a reason is that of the batch.
        """
        tally = self._tallies[batch.column("source")[0].as_py()]
        for entry in pc.value_counts(batch.column("reason")).to_pylist():
            tally.reject(entry["values"], batch.column("position")[0].as_py(), entry["counts"])
        self._sink.add_batch(batch)


def skipped_in(tallies: Iterable[SourceTally]) -> Counter[str]:
    """Return the number of skipped records by kind, over all *tallies*."""
    total: Counter[str] = Counter()
    for tally in tallies:
        total.update(tally.skipped)
    return total


def commonest(tallies: Iterable[SourceTally]) -> list[tuple[str, int, str, int]]:
    """Return (reason, number of rejects, source and position of one of them), the commonest reason first."""
    total: dict[str, tuple[int, str, int]] = {}
    for tally in sorted(tallies, key=lambda tally: tally.source):
        for reason, (count, first) in tally.reasons.items():
            before, source, position = total.get(reason, (0, tally.source, first))
            total[reason] = (before + count, source, position)
    ordered = sorted(total.items(), key=lambda item: (-item[1][0], item[0]))
    return [(reason, *found) for reason, found in ordered]
