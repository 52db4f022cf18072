import base64
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.ingest.rows.conformance import conform
from stillwatch.tables import EXCHANGES

SKETCH = base64.b64encode(b"\x02" + bytes(599)).decode()
MOMENT = datetime(2026, 3, 2, 8, 15, 30, tzinfo=UTC)


def good(n: int = 3) -> dict[str, pa.Array]:
    return {
        "exchange_id": pa.array([f"x{i}" for i in range(n)]),
        "at": pa.array([MOMENT] * n, pa.timestamp("us", "UTC")),
        "account_id": pa.array(["a"] * n),
        "model": pa.array(["m"] * n),
        "status": pa.array(["ok"] * n),
    }


def test_missing_optional_columns_are_null() -> None:
    result = conform(good(), 3)
    assert result.faults == {}
    assert list(result.columns) == list(EXCHANGES.names)
    assert [result.columns[c.name].type for c in EXCHANGES.columns] == [c.type for c in EXCHANGES.columns]
    assert result.columns["prompt"].null_count == 3


@pytest.mark.parametrize(
    "at",
    [
        pa.array([1772439330] * 3),
        pa.array([1772439330.0] * 3),
        pa.array([1772439330_000] * 3),
        pa.array([1772439330_000_000] * 3, pa.timestamp("us")),
        pa.array([1772439330_000] * 3, pa.timestamp("ms", "Europe/Berlin")),
        pa.array([1772439330_000_000_000] * 3, pa.timestamp("ns")),
        pa.array([1772439330] * 3, pa.timestamp("s")),
        pa.array(["2026-03-02T08:15:30Z"] * 3),
        pa.array(["2026-03-02 08:15:30"] * 3),
        pa.array(["2026-03-02T08:15:30Z", "1772439330", "2026-03-02 08:15:30"]),
        pa.array(["2026-03-02T08:15:30Z"] * 3).dictionary_encode(),
    ],
)
def test_times_of_any_type(at: pa.Array) -> None:
    result = conform({**good(), "at": at}, 3)
    assert result.faults == {}
    assert result.columns["at"].to_pylist() == [MOMENT] * 3


def test_date_is_midnight() -> None:
    at = pa.array([MOMENT.date()] * 3)
    assert conform({**good(), "at": at}, 3).columns["at"][0].as_py() == MOMENT.replace(hour=0, minute=0, second=0)


def faults(**columns: pa.Array) -> dict[int, str]:
    return conform({**good(), **columns}, 3).faults


def test_bad_times_are_faults_of_their_rows() -> None:
    outside = faults(at=pa.array(["1999-12-31T23:59:59Z", "2026-01-01", "9999-01-01"]))
    assert list(outside) == [0, 2]
    assert "2000-01-01" in outside[0]
    assert list(faults(at=pa.array([MOMENT, None, MOMENT], pa.timestamp("us", "UTC")))) == [1]
    assert list(faults(at=pa.array(["soon", "2026-01-01", ""]))) == [0, 2]
    assert len(faults(at=pa.array([[1], [2], [3]]))) == 3
    assert len(faults(at=pa.array([2**62, -(2**62), 0], pa.timestamp("s")))) == 3


def test_required_text_is_neither_null_nor_empty() -> None:
    found = faults(account_id=pa.array(["a", "", None]))
    assert "empty" in found[1]
    assert "missing" in found[2]


def test_hints_say_where_a_value_was_expected() -> None:
    columns = {**good(1), "account_id": pa.nulls(1)}
    assert conform(columns, 1, hints={"account_id": "user"}).faults[0] == "account_id is missing; expected in user"


def test_status_must_be_one_of_four() -> None:
    assert list(faults(status=pa.array(["ok", "OK", "refused"]))) == [1]


@pytest.mark.parametrize(
    ("counts", "bad", "read"),
    [
        (pa.array([1, -1, 2**31]), [1, 2], [1, None, None]),
        (pa.array([1.0, float("nan"), 1.5]), [2], [1, None, None]),
        (pa.array([float("inf"), 2.0, None]), [0], [None, 2, None]),
        (pa.array(["7", "x", ""]), [1], [7, None, None]),
        (pa.array([2**64 - 1, 0, 1], pa.uint64()), [0], [None, 0, 1]),
        (pa.array([True, None, False]), [0, 2], [None, None, None]),
        (pa.array(["9" * 400, "1", "2"]), [0], [None, 1, 2]),
    ],
)
def test_counts(counts: pa.Array, bad: list[int], read: list[int | None]) -> None:
    result = conform({**good(), "input_tokens": counts}, 3)
    assert sorted(result.faults) == bad
    found = result.columns["input_tokens"].to_pylist()
    assert [None if i in bad else value for i, value in enumerate(found)] == read


def test_temperature_that_is_no_number_is_missing() -> None:
    result = conform({**good(), "temperature": pa.array([0.5, float("nan"), 1e300])}, 3)
    assert result.faults == {}
    assert result.columns["temperature"].to_pylist() == [0.5, None, None]


def test_flags_and_bytes() -> None:
    result = conform({**good(), "stream": pa.array([0, 1, 2]), "sketch": pa.array([SKETCH, None, "?"])}, 3)
    assert sorted(result.faults) == [2]
    assert result.columns["stream"].to_pylist()[:2] == [False, True]
    assert result.columns["sketch"][0].as_py() == b"\x02" + bytes(599)


def test_identifiers_may_be_whole_numbers_and_large_strings() -> None:
    result = conform({**good(), "account_id": pa.array([1, 2, 3]), "model": pa.array(["m"] * 3, pa.large_string())}, 3)
    assert result.faults == {}
    assert result.columns["account_id"].to_pylist() == ["1", "2", "3"]


def test_text_that_is_not_utf8_is_a_fault_of_its_row() -> None:
    offsets = pa.array([0, 2, 4, 6], pa.int32()).buffers()[1]
    broken = pa.Array.from_buffers(pa.string(), 3, [None, offsets, pa.py_buffer(b"ab\xff\xfeef")])
    result = conform({**good(), "prompt": broken}, 3)
    assert list(result.faults) == [1]
    assert result.columns["prompt"].to_pylist() == ["ab", None, "ef"]
    large = pa.array([b"ab", b"\xff", b"c"], pa.large_binary()).view(pa.large_string())
    assert list(conform({**good(), "prompt": large}, 3).faults) == [1]


def test_rows_with_too_much_text_are_faults() -> None:
    result = conform({**good(), "prompt": pa.array(["x" * 2_000, "y", None])}, 3, max_row_bytes=1_024)
    assert list(result.faults) == [0]
    assert "max_row_bytes" in result.faults[0]


def test_the_first_reason_counts_and_earlier_faults_stay() -> None:
    columns = {**good(), "at": pa.nulls(3), "status": pa.nulls(3)}
    result = conform(columns, 3, faults={1: "known before"})
    assert result.faults[1] == "known before"
    assert "at is missing" in result.faults[0]


def test_a_slice_is_read_as_its_own_rows() -> None:
    whole = {name: column.slice(1, 2) for name, column in good(4).items()}
    counts = pa.array(np.arange(4)).slice(1, 2)
    assert conform({**whole, "n_tools": counts}, 2).columns["n_tools"].to_pylist() == [1, 2]


def test_a_sketch_of_another_size_or_version_is_a_fault() -> None:
    sketches = pa.array([b"\x01" + bytes(599), b"\x02" + bytes(598), b"\x02" + bytes(599)], pa.binary())
    assert sorted(conform({**good(), "sketch": sketches}, 3).faults) == [0, 1]


@pytest.mark.parametrize(
    ("seeds", "bad", "read"),
    [
        (pa.array([2**63 - 1, -(2**63), None]), [], [2**63 - 1, -(2**63), None]),
        (pa.array([2**64 - 1, 2**63 - 1, None], pa.uint64()), [0], [None, 2**63 - 1, None]),
        (pa.array([1.0, float("nan"), 1.5]), [2], [1, None, None]),
        (pa.array([2.0**60, float("-inf"), -3.0]), [0, 1], [None, None, -3]),
        (pa.array([str(2**62 + 1), "x", ""]), [1], [2**62 + 1, None, None]),
        (pa.array(["9" * 400, str(2**63), "-7"]), [0, 1], [None, None, -7]),
        (pa.array([True, None, False]), [0, 2], [None, None, None]),
        (pa.array([[1], None, [2]]), [0, 2], [None, None, None]),
        (pa.array([5, 6, 7], pa.int8()), [], [5, 6, 7]),
    ],
)
def test_seeds_keep_all_their_bits(seeds: pa.Array, bad: list[int], read: list[int | None]) -> None:
    result = conform({**good(), "seed": seeds}, 3)
    assert sorted(result.faults) == bad
    assert result.columns["seed"].type == pa.int64()
    assert result.columns["seed"].to_pylist() == read


@pytest.mark.parametrize(
    ("digests", "bad", "read"),
    [
        (pa.array([[1, -2], None, []]), [], [[1, -2], None, []]),
        (pa.array([[1], [2], []], pa.large_list(pa.int32())), [], [[1], [2], []]),
        (pa.array([[1, 2], [3, 4], None], pa.list_(pa.int64(), 2)), [], [[1, 2], [3, 4], None]),
        (pa.array([[2**63], [1, None], [5]], pa.list_(pa.uint64())), [0, 1], [None, None, [5]]),
        (pa.array(["[1, 2]", "[", ""]), [1], [[1, 2], None, None]),
        (pa.array([[1.0], None, [2.5]]), [0, 2], [None, None, None]),
        (pa.array([["a"], None, ["b"]]), [0, 2], [None, None, None]),
        (pa.array([[[1]], None, None]), [0], [None, None, None]),
        (pa.array([7, None, 8]), [0, 2], [None, None, None]),
    ],
)
def test_digests_of_any_list_type(digests: pa.Array, bad: list[int], read: list[list[int] | None]) -> None:
    result = conform({**good(), "answer_digests": digests}, 3)
    assert sorted(result.faults) == bad
    assert result.columns["answer_digests"].type == pa.list_(pa.int64())
    result.columns["answer_digests"].validate(full=True)
    assert result.columns["answer_digests"].to_pylist() == read


def test_digests_of_a_slice_and_of_chunks() -> None:
    whole = pa.array([[9], [1, 2], None, [3]])
    assert conform({**good(2), "answer_digests": whole.slice(1, 2)}, 2).columns["answer_digests"].to_pylist() == [
        [1, 2],
        None,
    ]
    chunks = pa.chunked_array([whole.slice(0, 1), whole.slice(3)])
    assert conform({**good(2), "answer_digests": chunks}, 2).columns["answer_digests"].to_pylist() == [[9], [3]]


def test_digests_count_as_eight_bytes_each() -> None:
    digests = pa.array([list(range(200)), [1], None])
    assert list(conform({**good(), "answer_digests": digests}, 3, max_row_bytes=1_024).faults) == [0]


def test_spellings_of_nothing_are_missing_values() -> None:
    columns = good() | {
        "account_id": pa.array(["a", "NULL", "N/A"]),
        "organization_id": pa.array(["", "NULL", "o-1"]),
        "client_fingerprint": pa.array(["None", "nil", "\\N"]),
        "input_tokens": pa.array(["NULL", "12", "N/A"]),
        "prompt": pa.array(["NULL", "none", "N/A"]),
    }
    result = conform(columns, 3, hints={"account_id": "user"})
    assert result.faults == {1: "account_id is missing; expected in user", 2: "account_id is missing; expected in user"}
    assert result.columns["organization_id"].to_pylist() == [None, None, "o-1"]
    assert result.columns["client_fingerprint"].null_count == 3
    assert result.columns["input_tokens"].to_pylist() == [None, 12, None]
    assert result.columns["prompt"].to_pylist() == [None, "none", "N/A"], "a person can write the latter two"


def test_few_short_values_among_long_ones() -> None:
    told = pa.array([f"organization-{i:08}" for i in range(40)] + ["NULL", "short"])
    found = conform(good(42) | {"organization_id": told}, 42).columns["organization_id"]
    assert (found.null_count, found[41].as_py()) == (1, "short")
    assert conform(good(40) | {"organization_id": told.slice(2)}, 40).columns["organization_id"].null_count == 1


def test_a_time_that_can_be_read_in_two_ways_is_told() -> None:
    result = conform(good() | {"at": pa.array(["2026-03-02", "03/04/2026", "NULL"])}, 3)
    assert result.faults == {
        1: "at does not tell the day from the month; an ISO 8601 time is right",
        2: "at is missing",
    }
