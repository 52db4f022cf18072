"""Puts rows of one source together that tell of one exchange. Memory use is bounded."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from stillwatch.ingest.parsing.format import SHAPE_ERRORS, Join, Record, RowFault, Skip
from stillwatch.ingest.sources.records import Found

__all__ = ["JoinedRows"]

_HELD = 64 << 20
"""Bytes of rows that are held. Beyond them the exchange that began first is taken as complete."""
_ODD = RowFault("the rows of this exchange have an unexpected shape")


@dataclass(slots=True)
class _Open:
    """The rows of an exchange so far, the position of the first, and their size in bytes."""

    position: int
    rows: list[Record] = field(default_factory=list)
    size: int = 0


class JoinedRows:
    """Joins rows by *join*. The rows of one exchange may lie at most *held* bytes apart."""

    def __init__(self, join: Join, held: int = _HELD) -> None:
        self._join = join
        self._held = held
        self.n_joined = 0
        """Number of rows that joined an exchange which another row began."""

    def records(self, found: Iterator[Found]) -> Iterator[Found]:
        """Yield one record per exchange with the position of its first row. Faults and skips come as they are."""
        waiting: dict[str, _Open] = {}
        total = 0
        for position, record, size in found:
            if isinstance(record, RowFault | Skip):
                yield position, record, size
                continue
            if (key := self._key(record)) is None:
                yield self._merged(_Open(position, [record], size))
            else:
                group = waiting.setdefault(key, _Open(position))
                self.n_joined += bool(group.rows)
                group.rows.append(record)
                group.size += size
                total += size
            while total > self._held:
                oldest = waiting.pop(next(iter(waiting)))
                total -= oldest.size
                yield self._merged(oldest)
        for group in waiting.values():
            yield self._merged(group)

    def _key(self, record: Record) -> str | None:
        try:
            return self._join.key(record)
        except SHAPE_ERRORS:
            return None

    def _merged(self, group: _Open) -> Found:
        try:
            return group.position, self._join.merge(group.rows), group.size
        except SHAPE_ERRORS:
            return group.position, _ODD, group.size
