from functools import partial
from typing import Any

from stillwatch.ingest.parsing.format import RowFault, Skip
from stillwatch.ingest.parsing.joined_units import JOINED, joined_units


def key(record: Any) -> str | None:
    found: str | None = record["key"]
    return found


def merge(records: Any) -> Any:
    return {"parts": sorted(record["part"] for record in records)}


join = partial(joined_units, key, merge)


def part(position: int, name: str | None, number: Any, size: int = 10) -> Any:
    return position, {"key": name, "part": number}, size


def test_records_of_one_key_are_one_unit_at_the_place_of_the_first() -> None:
    rows = [part(1, "a", 2), part(2, "b", 1), part(3, "a", 1), part(4, None, 9)]
    assert list(join(iter(rows))) == [
        (3, JOINED, 0),
        (4, {"parts": [9]}, 10),
        (1, {"parts": [1, 2]}, 20),
        (2, {"parts": [1]}, 10),
    ]


def test_the_oldest_exchange_is_complete_where_memory_is_short() -> None:
    rows = [part(n, name, n) for n, name in enumerate("aabbccddd", start=1)]
    found = list(join(iter(rows), held=45))
    assert len(found) == 9
    assert [unit["parts"] for _, unit, _ in found if unit is not JOINED] == [[1, 2], [3, 4], [5, 6], [7, 8, 9]]
    apart = [unit["parts"] for _, unit, _ in join(iter(rows), held=5) if unit is not JOINED]
    assert apart == [[n] for n in range(1, 10)]


def test_faults_pass_and_odd_records_become_faults() -> None:
    broken = RowFault("not valid JSON")
    rows = [(1, broken, 0), (2, Skip(), 0), (3, {"no": "key"}, 5), part(4, "a", 1), part(5, "a", "x")]
    found = list(join(iter(rows)))
    assert found[:2] == [(1, broken, 0), (2, Skip(), 0)]
    assert [(position, type(unit)) for position, unit, _ in found if unit is not JOINED][2:] == [
        (3, RowFault),
        (4, RowFault),
    ]
