from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.ingest.formats.vertex_logging import FORMAT

CALL, STREAM, FAILED = FORMAT.examples()


def test_names_with_underscores_and_a_label() -> None:
    row = FORMAT.row(CALL)
    assert (row["account_id"], row["model"], row["stream"]) == ("acct-7", "large-1", False)
    assert (row["prompt"], row["completion"], row["status"]) == ("What is a monoid?", "A set with…", "ok")
    assert (row["temperature"], row["max_output_tokens"], row["output_tokens"]) == (0.5, 64, 40)


def test_payloads_in_pieces() -> None:
    row = FORMAT.row(STREAM)
    assert (row["prompt"], row["completion"], row["stream"]) == ("What is a monoid?", "First…", True)
    text = CALL["full_response"]
    cut = {**CALL, "full_response": None, "response_payload": [text[:40], text[40:]]}
    assert FORMAT.row(cut)["completion"] == "A set with…"


def test_calls_that_were_not_answered() -> None:
    assert FORMAT.row(FAILED)["status"] == "throttled"
    assert FORMAT.row({**CALL, "full_response": None})["status"] == "error"


def test_a_partner_model() -> None:
    asked = {"messages": [{"role": "user", "content": "Why?"}], "metadata": {"user_id": "u-1"}, "max_tokens": 5}
    told = {"id": "msg_1", "content": [{"type": "text", "text": "So"}], "usage": {"input_tokens": 3}}
    row = FORMAT.row({**CALL, "full_request": asked, "full_response": told, "model": "publishers/x/models/c-1"})
    assert (row["account_id"], row["model"], row["prompt"], row["completion"]) == ("u-1", "c-1", "Why?", "So")


def test_a_table_as_parquet(read: Any, tmp_path: Any) -> None:
    rows = [{**CALL, "request_id": Decimal("5374205265901353984")}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "table.parquet")
    assert read(tmp_path / "table.parquet").row["exchange_id"] == "5374205265901353984"
