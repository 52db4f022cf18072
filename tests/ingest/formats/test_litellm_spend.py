import csv
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.ingest.formats.litellm_spend import FORMAT, row


def written(folder: Path, carrier: str) -> Path:
    rows, path = [dict(r) for r in FORMAT.examples()], folder / f"spend.{carrier}"
    if carrier == "csv":
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    else:
        pq.write_table(pa.Table.from_pylist(rows), path)
    return path


@pytest.mark.parametrize("carrier", ["csv", "parquet"])
def test_exports(read: Any, tmp_path: Path, carrier: str) -> None:
    result = read(written(tmp_path, carrier))
    assert result.rejects == []
    plain, stored, failed = result.rows
    assert plain["account_id"] == "user-17"
    assert plain["organization_id"] == "team-2"
    assert (plain["input_tokens"], plain["output_tokens"], plain["prompt"]) == (20, 10, None)
    assert plain["at"].isoformat() == "2026-03-02T08:15:30.250000+00:00"
    assert (stored["prompt"], stored["completion"]) == ("Why?", "A set with…")
    assert stored["temperature"] == pytest.approx(0.1)
    assert failed["status"] == "refused"


def test_csv_with_a_header_alone_has_no_rows(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "spend.csv"
    path.write_text(",".join(FORMAT.examples()[0]) + "\n")
    assert read(path).rows == []


def test_account_falls_back_to_the_key_and_the_end_user() -> None:
    record = {"startTime": "x", "api_key": "k", "user": "", "end_user": "e", "metadata": "{}"}
    assert row(record)["account_id"] == "k"
    assert row({**record, "api_key": ""})["account_id"] == "e"


def test_column_messages_where_the_request_was_not_stored() -> None:
    assert row({"messages": '[{"role": "user", "content": "Why?"}]'})["prompt"] == "Why?"
    assert row({"messages": {"input": "From Responses"}})["prompt"] == "From Responses"


def test_sampling_parameters_of_the_stored_request(read: Any, log: Any) -> None:
    plain, stored, _ = FORMAT.examples()
    request = (
        '{"messages": [{"role": "user", "content": "Why?"}], "n": 4, "seed": 99, "logprobs": true, "top_logprobs": 2}'
    )
    asked, bare = read(log({**stored, "proxy_server_request": request}, plain)).rows
    assert (asked["n_samples"], asked["logprobs"], asked["seed"], asked["batch"]) == (4, True, 99, None)
    assert (bare["n_samples"], bare["logprobs"], bare["seed"], bare["batch"]) == (None, None, None, None)


def test_rows_that_are_no_call_of_a_customer_are_counted_apart(read: Any, log: Any) -> None:
    plain = FORMAT.examples()[0]
    health = {**plain, "request_id": "r2", "request_tags": '["litellm-internal-health-check"]'}
    tool = {**plain, "request_id": "r3", "mcp_namespaced_tool_name": "github/list"}
    result = read(log(plain, health, tool))
    assert (len(result.rows), result.rejects) == (1, [])
    assert result.notices == [
        "2 records were not inferences and are not counted as rows: calls of the proxy that no model answers (2)."
    ]


def test_null_of_a_database_is_no_user() -> None:
    record = {"startTime": "x", "api_key": "k", "user": "NULL", "team_id": "[NULL]", "metadata": "NULL"}
    found = row(record)
    assert (found["account_id"], found["organization_id"]) == ("k", None)


def test_stored_text_without_the_marker_of_its_cut() -> None:
    cut = "... (litellm_truncated skipped 812 chars. Truncation is a DB storage safeguard.) ..."
    request = {"messages": [{"role": "user", "content": f"<system-reminder>a{cut}b</system-reminder>\nWhy?"}]}
    assert row({"proxy_server_request": request})["prompt"] == "Why?"
