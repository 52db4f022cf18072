import io

import pyarrow as pa
import pytest

from stillwatch.errors import FormatError
from stillwatch.ingest.sources.byte_streams import Blocks, Truncated
from stillwatch.ingest.sources.collector_frames import is_framed, is_framed_protobuf
from stillwatch.ingest.sources.locations import Source

MESSAGES = [b'{"resourceSpans": [%d]}' % i + b" " * 70_000 for i in range(4)]
PROTOBUF = b"\x0a\x12" + b"x" * 18


def framed(message: bytes) -> bytes:
    packed = pa.compress(message, "zstd", asbytes=True)
    return len(packed).to_bytes(4, "big") + packed


def blocks(data: bytes) -> Blocks:
    return Blocks(Source("spans.json", lambda: io.BytesIO(data)))


def test_every_message_is_a_line() -> None:
    data = b"".join(map(framed, MESSAGES))
    assert is_framed(data[:8])
    assert b"".join(blocks(data)) == b"".join(message + b"\n" for message in MESSAGES)


@pytest.mark.parametrize("damage", [lambda d: d[:-5], lambda d: d + b"\0\0", lambda d: d + b"\xff" * 9])
def test_messages_before_a_damaged_one_count(damage: object) -> None:
    data = damage(b"".join(map(framed, MESSAGES)))  # type: ignore[operator]
    found = []
    with pytest.raises(Truncated):  # noqa: PT012 - what comes before the error counts
        for block in blocks(data):
            found.append(block)  # noqa: PERF402 - a list() would lose it
    assert b"".join(found).startswith(b"".join(message + b"\n" for message in MESSAGES[:3]))


@pytest.mark.parametrize("data", [len(PROTOBUF).to_bytes(4, "big") + PROTOBUF, framed(PROTOBUF)])
def test_protobuf_is_an_error_that_says_what_to_set(data: bytes) -> None:
    with pytest.raises(FormatError, match="Protobuf") as error:
        list(blocks(data))
    assert error.value.where == "spans.json"
    assert "format: json" in error.value.remedy


@pytest.mark.parametrize("start", [b"", b"\0\0", b'{"a": 1}', b"\0{\0\n\0 \0 ", b"\x28\xb5\x2f\xfd\x28\xb5\x2f\xfd"])
def test_other_files_are_none_of_these(start: bytes) -> None:
    assert not is_framed(start) or start[:1] == b"\x28"
    assert not is_framed_protobuf(start)
