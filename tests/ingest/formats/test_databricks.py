from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.ingest.formats.databricks import FORMAT

CALL, STREAM, LIMITED, WITHOUT = FORMAT.examples()


def test_a_row_with_bodies() -> None:
    row = FORMAT.row(CALL)
    assert (row["exchange_id"], row["account_id"], row["model"]) == ("db-1", "acct-7", "large-1")
    assert (row["prompt"], row["completion"], row["max_output_tokens"]) == ("What is a monoid?", "A set with…", 64)
    assert FORMAT.row(STREAM)["completion"] == "First"


def test_failed_and_empty_rows_name_the_endpoint() -> None:
    limited = FORMAT.row(LIMITED)
    assert (limited["status"], limited["model"]) == ("throttled", "e-1")
    row = FORMAT.row(WITHOUT)
    assert (row.get("prompt"), row["status"]) == (None, "ok")


def test_a_table_as_parquet(read: Any, tmp_path: Any) -> None:
    at = datetime(2026, 3, 2, 8, 15, 30, tzinfo=UTC)
    pq.write_table(pa.Table.from_pylist([{**CALL, "request_time": at}]), tmp_path / "table.parquet")
    row = read(tmp_path / "table.parquet").row
    assert (row["at"], row["prompt"]) == (at, "What is a monoid?")


def test_the_older_table_and_its_map_column(read: Any, tmp_path: Any) -> None:
    older = {
        "databricks_request_id": "db-9",
        "timestamp_ms": 1772439330250,
        "status_code": 200,
        "execution_time_ms": 9,
        "request": '{"messages": [{"role": "user", "content": "Why?"}], "user": "acct-9"}',
        "response": '{"choices": [{"message": {"content": "So"}}]}',
        "request_metadata": [("endpoint_name", "chat"), ("model_name", "large-1")],
    }
    columns = {name: [value] for name, value in older.items()}
    kind = pa.map_(pa.string(), pa.string())
    columns["request_metadata"] = pa.array([older["request_metadata"]], kind)
    pq.write_table(pa.table(columns), tmp_path / "table.parquet")
    row = read(tmp_path / "table.parquet").row
    assert (row["account_id"], row["model"], row["completion"]) == ("acct-9", "large-1", "So")


def test_usage_tables_hold_counts_alone() -> None:
    usage = {
        "account_id": "the-operator", "request_id": "u-1", "event_time": "2026-03-02 08:15:30", "requester": "acct-7",
        "endpoint_name": "chat", "destination_model": "large-1", "input_tokens": 18, "output_tokens": 40,
        "ip_address": "203.0.113.9", "user_agent": "sdk/1.0", "status_code": 200, "request_tags": {"project": "p"},
    }  # fmt: skip
    row = FORMAT.row(usage)
    assert (row["account_id"], row["model"], row["input_tokens"]) == ("acct-7", "large-1", 18)
    assert (row["client_ip"], row["user_agent"]) == ("203.0.113.9", "sdk/1.0")
    charged = FORMAT.row({**usage, "usage_context": {"end_user_to_charge": "user-3"}})
    assert charged["account_id"] == "user-3"


def test_calls_of_tools_are_no_inferences(read: Any, log: Any) -> None:
    tool = {**CALL, "databricks_request_id": "db-8", "service_type": "MCP_SERVICE"}
    assert len(read(log(CALL, tool)).rows) == 1
