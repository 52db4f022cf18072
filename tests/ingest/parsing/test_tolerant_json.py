"""One value beside the standard costs no row, and what is no JSON stays none."""

import math
from typing import Any

import orjson
import pytest

from stillwatch.ingest.parsing.tolerant_json import loads, of_python


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (b'{"a": NaN, "b": [Infinity, -Infinity], "c": 1.5}', {"a": None, "b": [None, None], "c": 1.5}),
        (b'{"a": 1e999, "b": -1e999}', {"a": None, "b": None}),
        (b'{"a": 1, "b": ' + b"9" * 5_000 + b"}", {"a": 1, "b": None}),
        (
            b'{"a": NaN, "b": 18446744073709551615, "c": -9223372036854775808}',
            {"a": None, "b": 2**64 - 1, "c": -(2**63)},
        ),
        (b'{"a": "cut \\ud83d", "b": "\\ud83d\\ude00"}', {"a": "cut \ufffd", "b": "\U0001f600"}),
        (b'{"a": "one\ttwo\x01"}', {"a": "one\ttwo\x01"}),
        ('{"a": NaN, "text": "NaN"}', {"a": None, "text": "NaN"}),
        (b"[NaN, {}]", [None, {}]),
    ],
)
def test_what_common_writers_write(written: bytes | str, value: Any) -> None:
    assert loads(written) == value


def test_numbers_are_those_of_the_strict_reader() -> None:
    numbers = "123456789012345678901234567890, 12345678901234567890, -3, 0.1, 1e5"
    strict, tolerant = orjson.loads(f"[{numbers}]"), loads(f"[{numbers}, NaN]")[:-1]
    assert tolerant == strict
    assert [type(number) for number in tolerant] == [type(number) for number in strict]
    assert all(math.isfinite(number) for number in tolerant)


@pytest.mark.parametrize(
    "written",
    [
        b"NaN",
        b'"text"x',
        b"not json",
        b'{"a": nan}',
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": NaN',
        b'{"a": "\xff", "b": NaN}',
        b'{"a":' * 2_000 + b"NaN" + b"}" * 2_000,
        b"[" * 100_000,
        b"",
    ],
)
def test_what_is_no_json_stays_none(written: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        loads(written)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{'a': 'it\\'s', 'b': None, 'c': [True, 1.5]}", {"a": "it's", "b": None, "c": [True, 1.5]}),
        ("[{'role': 'user', 'content': \"it's\\n\"}]", [{"role": "user", "content": "it's\n"}]),
        ("{'path': 'C:\\\\data'}", {"path": "C:\\data"}),
    ],
)
def test_an_object_as_python_writes_it(written: str, value: Any) -> None:
    assert of_python(written) == value


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "written",
    [
        *("{'a'}", "{'a': open('b')}", "{'a': b'c'}", "{'a': 'C:\\data'}", "{'a': 1", "['a', 'b']", "it's {", "{}"),
        "{'a': " * 5_000 + "1" + "}" * 5_000,
        "{'a': '" + "x" * (1 << 20) + "'}",
    ],
)
def test_what_python_did_not_write_stays_text(written: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        of_python(written)
