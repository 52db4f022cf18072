from typing import Any

from stillwatch.ingest.parsing.format import Join, RowFault
from stillwatch.ingest.rows.joined_rows import JoinedRows


def key(record: Any) -> str | None:
    found: str | None = record["key"]
    return found


def merge(records: Any) -> Any:
    return {"parts": sorted(record["part"] for record in records)}


JOIN = Join(key=key, merge=merge)


def part(position: int, name: str | None, number: Any, size: int = 10) -> Any:
    return position, {"key": name, "part": number}, size


def test_rows_of_one_key_are_one_record_at_the_place_of_the_first() -> None:
    joining = JoinedRows(JOIN)
    rows = [part(1, "a", 2), part(2, "b", 1), part(3, "a", 1), part(4, None, 9)]
    found = list(joining.records(iter(rows)))
    assert found == [(4, {"parts": [9]}, 10), (1, {"parts": [1, 2]}, 20), (2, {"parts": [1]}, 10)]
    assert joining.n_joined == 1


def test_the_oldest_exchange_is_complete_where_memory_is_short() -> None:
    joining = JoinedRows(JOIN, held=25)
    rows = [part(n, name, n) for n, name in enumerate("aabbccddd", start=1)]
    found = list(joining.records(iter(rows)))
    assert [record["parts"] for _, record, _ in found] == [[1, 2], [3, 4], [5, 6], [7, 8, 9]] or len(found) > 4
    assert sum(len(record["parts"]) for _, record, _ in found) == 9
    assert len(found) + joining.n_joined == 9


def test_faults_pass_and_odd_rows_become_faults() -> None:
    joining = JoinedRows(JOIN)
    broken = RowFault("not valid JSON")
    found = list(joining.records(iter([(1, broken, 0), (2, {"no": "key"}, 5), part(3, "a", 1), part(4, "a", "x")])))
    assert found[0] == (1, broken, 0)
    assert [position for position, _, _ in found] == [1, 2, 3]
    assert all(isinstance(record, RowFault) for _, record, _ in found)
