"""Events pass whole and in order, however the stream is cut into chunks."""

import orjson
import pytest

from stillwatch.enforcement.gateways.streamed_events import EventFilter

EVENTS = [
    b'data: {"choices":[{"delta":{"content":"A","reasoning_content":"Hm."}}]}',
    b'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"type":"thinking_delta","thinking":"H"}}',
    b"data: [DONE]",
    b": a comment",
    b'event: ping\ndata: {"type": "ping"}',
    b'id: 7\ndata: {"choices":[],\ndata: "reasoning": "Hm."}',
]
LEFT = [
    b'data: {"choices":[{"delta":{"content":"A"}}]}', b"data: [DONE]", b": a comment",
    b'event: ping\ndata: {"type": "ping"}', b'id: 7\ndata: {"choices":[]}',
]  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50, 10_000])
@pytest.mark.parametrize("line", [b"\n", b"\r\n"])
def test_chunks_of_any_size_give_the_same(size, line):
    stream = b"".join(event + b"\n\n" for event in EVENTS).replace(b"\n", line)
    kept = EventFilter()
    passed = b"".join(kept.feed(stream[at : at + size]) for at in range(0, len(stream), size)) + kept.end()
    assert passed == b"".join(event + b"\n\n" for event in LEFT)


def test_an_event_that_nobody_ended_is_not_lost():
    kept = EventFilter()
    assert kept.feed(b'data: {"a": 1}') == b""
    assert orjson.loads(kept.end().strip().removeprefix(b"data: ")) == {"a": 1}
    assert kept.end() == b""
