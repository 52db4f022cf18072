from pathlib import Path
from typing import Any

import pytest

from stillwatch.ingest.formats.helicone import FORMAT

EXPORTED, LIMITED, STORED, SHOWN = FORMAT.examples()


def test_an_exported_request() -> None:
    row = FORMAT.row(EXPORTED)
    assert (row["exchange_id"], row["account_id"], row["conversation_id"]) == ("h-1", "acct-7", "c-1")
    assert (row["prompt"], row["completion"], row["client_ip"]) == ("What is a monoid?", "A set with…", "203.0.113.9")
    assert (row["input_tokens"], row["output_tokens"], row["status"]) == (18, 40, "ok")
    assert FORMAT.row(LIMITED)["status"] == "throttled"


def test_a_row_of_the_table_names_no_organization_of_the_caller() -> None:
    row = FORMAT.row(STORED)
    assert (row["account_id"], row["organization_id"], row["prompt"]) == ("acct-8", None, "Plan a test.")
    assert FORMAT.row({**STORED, "user_id": ""})["account_id"] == "k-1"


@pytest.mark.parametrize(
    ("code", "status"), [(-1, "error"), (-2, "error"), (-3, "error"), (-4, "refused"), ("200", "ok"), (0, "error")]
)
def test_own_codes(code: Any, status: str) -> None:
    assert FORMAT.row({**STORED, "status": code})["status"] == status


def test_bodies_that_are_stored_elsewhere_are_missing() -> None:
    record = {**EXPORTED, "request_body": None, "response_body": None, "signed_body_url": "https://bucket.example/b"}
    row = FORMAT.row(record)
    assert (row.get("prompt"), row["model"], row["status"]) == (None, "large-1", "ok")


def test_the_consoles_export(read: Any, log: Any) -> None:
    row = read(log(SHOWN)).row
    assert (row["exchange_id"], row["account_id"], row["prompt"]) == ("h-4", "acct-9", "What is a monoid?")


def test_tools_are_no_inferences(read: Any, log: Any) -> None:
    tool = {**EXPORTED, "request_id": "h-9", "request_body": {"_type": "tool", "toolName": "search"}}
    assert len(read(log(EXPORTED, tool)).rows) == 1


def test_bodies_of_another_api_do_not_decide_the_format(read: Any, log: Any) -> None:
    asked = {"model": "large-1", "system": "Be brief.", "messages": [{"role": "user", "content": "Why?"}]}
    row = read(log({**EXPORTED, "request_body": asked, "response_body": {"type": "message", "content": []}})).row
    assert (row["account_id"], row["system_prompt"]) == ("acct-7", "Be brief.")


def test_a_table_of_requests(read: Any, tmp_path: Path) -> None:
    request = '{"model": "m", "messages": [{"role": "user", "content": "Why?"}]}'
    rows = "request_id,request_created_at,request_user_id,response_status,request_body\n"
    cell = request.replace('"', '""')
    (path := tmp_path / "log.csv").write_text(f'{rows}h-1,2026-03-02T08:15:30Z,a,200,"{cell}"\n')
    row = read(path).row
    assert (row["account_id"], row["prompt"], row["status"]) == ("a", "Why?", "ok")
