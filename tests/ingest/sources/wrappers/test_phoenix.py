import csv
import io
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.ingest.sources.wrappers.phoenix import flattened, of_frame

ASKED = [{"message": {"role": "user", "content": "Why?"}}]
NESTED = {
    "openinference": {"span": {"kind": "LLM"}},
    "llm": {"model_name": "large-1", "input_messages": ASKED, "token_count": {"prompt": 5}},
    "user": {"id": "acct-1"},
    "metadata": {"session_id": "s-1"},
}
SPAN: dict[str, Any] = {
    "name": "chat",
    "span_kind": "LLM",
    "context": {"trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331"},
    "start_time": "2026-03-02T08:15:30+00:00",
    "status_code": "OK",
    "attributes": NESTED,
    "events": [],
}
FRAME: dict[str, Any] = {
    **{name: value for name, value in SPAN.items() if name not in ("context", "attributes", "events")},
    "context.trace_id": "0af7651916cd43dd8448eb211c80319c",
    "context.span_id": "b7ad6b7169203331",
    "attributes.openinference.span.kind": "LLM",
    "attributes.llm.model_name": "large-1",
    "attributes.llm.input_messages": [{"message.role": "user", "message.content": "Why?"}],
    "attributes.llm.token_count.prompt": 5.0,
    "attributes.llm.token_count.completion": math.nan,
    "attributes.user.id": "acct-1",
    "attributes.metadata": {"session_id": "s-1"},
}


def test_nested_attributes_get_their_names_back() -> None:
    found = flattened(NESTED)
    assert found["llm.input_messages.0.message.content"] == "Why?"
    assert found["llm.token_count.prompt"] == 5
    assert orjson.loads(found["metadata"]) == {"session_id": "s-1"}
    assert flattened({"a.b": 1, "c": [1, 2]}) == {"a.b": 1, "c": [1, 2]}


def test_endless_nesting_ends() -> None:
    value: Any = 1
    for _ in range(100):
        value = {"a": value}
    assert flattened(value) == {}


def test_empty_cells_are_no_attributes() -> None:
    span = of_frame({"context.span_id": "1", "attributes.a.b": "", "attributes.c": math.nan, "attributes.d": 0})
    assert span["attributes"] == {"d": 0}
    assert span["context"] == {"span_id": "1"}


def as_csv() -> bytes:
    sink = io.StringIO()
    writer = csv.DictWriter(sink, list(FRAME))
    writer.writeheader()
    writer.writerow(
        {name: "" if isinstance(cell, float) and math.isnan(cell) else cell for name, cell in FRAME.items()}
    )
    return sink.getvalue().encode()


def as_parquet() -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist([{**FRAME, "start_time": datetime(2026, 3, 2, 8, 15, 30, tzinfo=UTC)}]), sink)
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize("written", [orjson.dumps({"data": [SPAN], "next_cursor": None}), as_csv(), as_parquet()])
def test_a_span_in_each_of_its_carriers(read: Any, tmp_path: Path, written: bytes) -> None:
    (path := tmp_path / "spans").write_bytes(written)
    row = read(path).row
    known = ("account_id", "conversation_id", "model", "prompt", "input_tokens", "output_tokens", "status")
    assert [row[name] for name in known] == ["acct-1", "s-1", "large-1", "Why?", 5, None, "ok"]
    assert row["at"] == datetime(2026, 3, 2, 8, 15, 30, tzinfo=UTC)


def test_a_failed_span(read: Any, log: Any) -> None:
    failed = {**SPAN, "status_code": "ERROR", "status_message": "RateLimitError: 429"}
    assert read(log(failed)).row["status"] == "throttled"
