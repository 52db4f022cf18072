from collections.abc import Iterator

import pytest

from stillwatch.ingest.parsing.format import Carrier, RowFault, Skip
from stillwatch.ingest.rows.first_records import carrier_of, first_records

FAULT = RowFault("broken")


def test_nothing_is_lost_by_looking() -> None:
    found = [(i, {"a": i}, 10) for i in range(200)]
    first = first_records(iter(found))
    assert [record["a"] for record in first.records] == list(range(50))
    assert list(first.found) == found
    assert not first.is_empty


def test_large_records_are_few_and_faults_are_passed() -> None:
    drawn = []

    def found() -> Iterator[tuple[int, object, int]]:
        for i in range(100):
            drawn.append(i)
            yield i, FAULT if i < 9 else {"a": i}, 200_000

    first = first_records(found())  # type: ignore[arg-type]
    assert [record["a"] for record in first.records] == [9]
    assert len(drawn) == 10


@pytest.mark.parametrize(
    ("records", "expected"),
    [([], False), ([Skip()], True), ([Skip(), FAULT], False), ([Skip(), {"a": 1}], False)],
)
def test_pages_without_rows_are_empty(records: list[object], expected: bool) -> None:
    assert first_records((1, record, 0) for record in records).is_empty is expected  # type: ignore[misc]


def test_lines_in_a_column_are_json() -> None:
    header = {"@timestamp": None, "@message": None}
    inside = first_records(iter([(1, {"at": 1}, 9)]))
    row = first_records(iter([(1, {"@timestamp": "1", "@message": "x"}, 9)]))
    assert inside.carrier(Carrier.CSV, header) is Carrier.JSON
    assert row.carrier(Carrier.CSV, header) is first_records(iter([])).carrier(Carrier.CSV, header) is Carrier.CSV


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'{"a": 1}\n', Carrier.JSON),
        (b" \n[\n", Carrier.JSON),
        (b"a,b\n1,2\n", Carrier.CSV),
        (b'id\tbody\n1\t{"a": 1}\n', Carrier.CSV),
        (b'id|at|body\n1|2| {"a": 1}\n', Carrier.CSV),
        (b'Hello, world\n{"a": 1}\n', Carrier.JSON),
        (b'gw-1  | {"a": 1}\n', Carrier.JSON),
        (b'2026-03-02T08:15:30Z stdout F {"a": 1, "b": 2}\n', Carrier.JSON),
        (b"plain text\n", Carrier.CSV),
    ],
)
def test_json_and_tables_are_told_apart(head: bytes, expected: Carrier) -> None:
    assert carrier_of(head, 1_000) is expected
