from typing import Any

import orjson
import pytest

from stillwatch.ingest.parsing.format import RowFault
from stillwatch.ingest.sources.wrappers.unwrapping import Unwrapper


def lines(*written: bytes | None, most: int = 100_000) -> list[tuple[int, Any]]:
    unwrapper = Unwrapper(most)
    found = [entry for position, line in enumerate(written, start=1) for entry in unwrapper.line(position, line)]
    return [(position, record) for position, record, _ in (*found, *unwrapper.finish())]


def dumps(value: Any) -> bytes:
    return orjson.dumps(value)


A, B = {"account_id": "a"}, {"account_id": "b"}
DATA = dumps({"data": [A, B], "total": 2})


def test_wrappers_in_wrappers_and_the_position_of_the_outermost() -> None:
    docker = dumps({"log": DATA.decode() + "\n", "stream": "stdout", "time": "t"})
    found = dumps({"_index": "i", "_id": "1", "_source": {"message": docker.decode(), "@timestamp": "t"}})
    assert lines(dumps(A), found) == [(1, A), (2, A), (2, B)]


@pytest.mark.parametrize(
    "before",
    [
        b"gateway-1  | ",
        b"\x1b[36mgateway-1  | \x1b[0m",
        b"\x1b[32m",
        b"2025-08-28T13:25:36.960Z ",
        b"[pod/gateway-1/app] ",
        b"Aug 28 13:25:36 host gateway[12]: ",
        b"2026-03-02 08:15:30,250 - gateway - INFO - ",
        b"data: ",
        b"\x1e",
        b'2026-03-02T08:15:30Z {app="gateway", pod="x-1"} ',
        b"2026-03-02T08:15:30.123456789Z stdout F ",
        b"2026-03-02T08:15:30.123456789+01:00 stderr F:x ",
    ],
)
def test_text_before_an_object(before: bytes) -> None:
    assert lines(before + dumps(A)) == [(1, A)]


@pytest.mark.parametrize(
    "line",
    [
        b'{"a": 1 "request": {"account_id": "a"}',
        b'"a", {"account_id": "a"}',
        b'id\t{"account_id": "a"}',
        b'x{"account_id": "a"}',
        b'text {"account_id": "a"} text',
        b'[[[{"account_id": "a"}',
        b'{"a": 1},"b": {"c": 2}',
    ],
)
def test_a_broken_line_is_one_fault(line: bytes) -> None:
    ((position, fault),) = lines(line)
    assert position == 1
    assert isinstance(fault, RowFault)


def test_parts_of_a_line_in_kubernetes() -> None:
    cut = dumps({"account_id": "ä" * 40})
    log = (b"T1Z stdout P " + cut[:17], b"T2Z stderr F up", b"T3Z stdout P " + cut[17:51], b"T4Z stdout F " + cut[51:])
    found = lines(*(b"2026-03-02" + line for line in log))
    assert [(position, isinstance(record, RowFault)) for position, record in found] == [(2, True), (1, False)]
    assert found[1][1] == orjson.loads(cut)


def test_objects_without_a_line_break_between_them() -> None:
    assert lines(dumps(A) + dumps(B), dumps(A) + b", " + dumps(B) + b"\n") == [(1, A), (1, B), (2, A), (2, B)]


def test_json_that_was_written_as_json_again() -> None:
    assert lines(dumps(dumps(A).decode()), dumps([dumps(B).decode(), 7])) == [
        (1, A),
        (2, B),
        (2, RowFault("a JSON object is expected")),
    ]


def test_an_endless_wrapper_ends() -> None:
    record: Any = A
    for _ in range(30):
        record = {"data": [record]}
    ((_, found),) = lines(dumps(record))
    assert found != A


def test_a_long_line_in_parts_is_told() -> None:
    part = b"2026-03-02T08:15:30Z stdout P " + b"x" * 90
    assert lines(*[part] * 9, b"2026-03-02T08:15:30Z stdout F x", None, most=300) == [
        (1, RowFault("longer than 300 bytes (ingest.max_row_bytes)")),
        (11, RowFault("longer than 300 bytes (ingest.max_row_bytes)")),
    ]


def test_bytes_that_are_no_text_are_told() -> None:
    assert "UTF-8" in lines(b"2026-03-02T08:15:30Z stdout F {\xff")[0][1].reason
