"""Puts units of one source together that tell of one exchange, as the ``relate`` of a format. Memory use is bounded."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from stillwatch.ingest.parsing.format import SHAPE_ERRORS, Placed, Record, RowFault, Skip

__all__ = ["JOINED", "joined_units"]

_HELD = 64 << 20
"""Bytes of records that are held. Beyond them the exchange that began first is taken as complete."""
_ODD = RowFault("the rows of this exchange have an unexpected shape")
JOINED = Skip("further rows of an exchange that another row began")


@dataclass(slots=True)
class _Open:
    """The records of an exchange so far, the position of the first, and their size in bytes."""

    position: int
    records: list[Record] = field(default_factory=list)
    size: int = 0


def joined_units(
    key: Callable[[Record], str | None],
    merge: Callable[[Sequence[Record]], Record | Skip],
    units: Iterator[Placed],
    *,
    held: int = _HELD,
) -> Iterator[Placed]:
    """Yield one unit per exchange with the position of its first record, and ``JOINED`` for each further one.

    *key* names the exchange of a record; None where it stands alone. *merge* makes one unit of the records of an
    exchange, whose order is not known; it gets single records, too. Records of one exchange may lie *held* bytes apart.
    """
    waiting: dict[str, _Open] = {}
    total = 0
    for position, unit, size in units:
        if isinstance(unit, RowFault | Skip):
            yield position, unit, size
            continue
        name = _name(key, unit)
        if name is None:
            yield _merged(merge, _Open(position, [unit], size))
            continue
        group = waiting.setdefault(name, _Open(position))
        if group.records:
            yield position, JOINED, 0
        group.records.append(unit)
        group.size += size
        total += size
        while total > held:
            oldest = waiting.pop(next(iter(waiting)))
            total -= oldest.size
            yield _merged(merge, oldest)
    for group in waiting.values():
        yield _merged(merge, group)


def _name(key: Callable[[Record], str | None], record: Record) -> str | None:
    try:
        return key(record)
    except SHAPE_ERRORS:
        return None


def _merged(merge: Callable[[Sequence[Record]], Record | Skip], group: _Open) -> Placed:
    try:
        return group.position, merge(group.records), group.size
    except SHAPE_ERRORS:
        return group.position, _ODD, group.size
