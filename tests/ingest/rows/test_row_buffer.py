import base64

import pyarrow as pa

from stillwatch.ingest import known_formats
from stillwatch.ingest.rows.conformance import conform
from stillwatch.ingest.rows.row_buffer import PendingColumns, PendingRows, gather


def conformed(*rows: dict[str, object]) -> tuple[dict[str, list[object]], dict[int, str]]:
    full = [
        {"exchange_id": "x", "at": "2026-03-02", "account_id": "a", "model": "m", "status": "ok", **row} for row in rows
    ]
    columns, faults = gather(full)
    result = conform(columns, len(rows), faults=faults)
    return {name: column.to_pylist() for name, column in result.columns.items()}, result.faults


def test_values_of_one_type_are_read_at_once_and_mixed_ones_one_by_one() -> None:
    columns, faults = conformed({"input_tokens": 1}, {"input_tokens": "2"}, {"input_tokens": 3.0}, {})
    assert faults == {}
    assert columns["input_tokens"] == [1, 2, 3, None]


def test_a_value_of_the_wrong_type_is_a_fault_of_its_row_alone() -> None:
    columns, faults = conformed({"prompt": "a"}, {"prompt": {"text": "b"}}, {"prompt": ["c"]})
    assert sorted(faults) == [1, 2]
    assert "prompt has the wrong type" in faults[1]
    assert columns["prompt"] == ["a", None, None]


def test_fractions_are_not_cut_silently() -> None:
    assert list(conformed({"input_tokens": 1}, {"input_tokens": 1.5})[1]) == [1]


def test_huge_numbers_are_faults() -> None:
    _, faults = conformed({"input_tokens": 2**70}, {"input_tokens": "x"}, {"output_tokens": -(2**40)})
    assert sorted(faults) == [0, 1, 2]


def test_times_of_several_types() -> None:
    columns, faults = conformed({"at": 1772439330}, {"at": "2026-03-02T08:15:30Z"}, {"at": True})
    assert list(faults) == [2]
    assert columns["at"][0] == columns["at"][1]


def test_half_a_surrogate_pair_is_a_fault() -> None:
    columns, faults = conformed({"prompt": "fine"}, {"prompt": "\ud800"})
    assert list(faults) == [1]
    assert columns["prompt"] == ["fine", None]


def test_no_value_at_all_is_a_column_of_nulls() -> None:
    assert conformed({}, {})[0]["sketch"] == [None, None]
    assert conformed({"sketch": base64.b64encode(b"\x02" + bytes(599)).decode()})[0]["sketch"] == [b"\x02" + bytes(599)]


def test_a_seed_beside_a_fraction_keeps_all_its_bits() -> None:
    columns, faults = conformed({"seed": 2**62 + 1}, {"seed": 3.0}, {"seed": 1.5}, {"seed": "12"}, {})
    assert columns["seed"] == [2**62 + 1, 3, None, 12, None]
    assert list(faults) == [2]


def test_lists_of_digests() -> None:
    columns, faults = conformed(
        {"answer_digests": [1, -(2**63)]}, {"answer_digests": []}, {"answer_digests": [1.0]}, {}
    )
    assert columns["answer_digests"] == [[1, -(2**63)], [], None, None]
    assert list(faults) == [2]
    assert "a list of whole numbers" in faults[2]


def test_digests_as_text_are_read_as_json() -> None:
    columns, faults = conformed({"answer_digests": "[1, 2]"}, {"answer_digests": "1, 2"}, {"answer_digests": ""})
    assert columns["answer_digests"] == [[1, 2], None, None]
    assert list(faults) == [1]


def test_rows_wait_until_they_are_many_or_large() -> None:
    pending = PendingRows(known_formats()["canonical_jsonl"])
    pending.add("a", 1, {})
    assert not pending.is_full
    pending.size = 40 << 20
    assert pending.is_full
    many = PendingRows(known_formats()["canonical_jsonl"], refused=[("a", 1, "odd")] * 8_192)
    assert many.is_full


def test_columns_are_joined_with_their_places() -> None:
    batches = [pa.RecordBatch.from_pydict({"a": pa.array(v).dictionary_encode()}) for v in (["x", "y"], ["z"])]
    pending = PendingColumns(batches[0].schema)
    pending.add("one", 5, batches[0])
    pending.add("two", 1, batches[1])
    sources, positions, columns = pending.joined()
    assert sources.to_pylist() == ["one", "one", "two"]
    assert positions.to_pylist() == [5, 6, 1]
    assert columns["a"].to_pylist() == ["x", "y", "z"]
    assert not pending.is_full


def test_a_time_that_can_be_read_in_two_ways_is_told() -> None:
    columns, faults = gather([{"at": "03/04/2026"}, {"at": 1772439330}, {"at": "NULL"}])
    assert faults == {0: "at does not tell the day from the month; an ISO 8601 time is right"}
    assert columns["at"].null_count == 2
