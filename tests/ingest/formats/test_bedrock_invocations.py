from typing import Any

import pytest

from stillwatch.ingest.formats.bedrock_invocations import FORMAT

CONVERSE, STREAM, TEMPLATE, IN_S3, THROTTLED = FORMAT.examples()


def test_a_converse_call() -> None:
    row = FORMAT.row(CONVERSE)
    assert row["account_id"] == "arn:aws:sts::111122223333:assumed-role/shop/caller-1"
    assert (row["model"], row["exchange_id"], row["stream"]) == ("eu.large-1-v1:0", "br-1", False)
    assert (row["prompt"], row["system_prompt"], row["completion"]) == ("What is a monoid?", "Be brief.", "A set with…")
    assert (row["input_tokens"], row["output_tokens"], row["max_output_tokens"], row["n_tools"]) == (18, 40, 300, 1)
    assert row["organization_id"] is None  # the AWS account is the log's owner, and one for all callers


def test_the_operators_metadata_names_the_user_behind_a_role() -> None:
    row = FORMAT.row(STREAM)
    assert (row["account_id"], row["conversation_id"], row["stream"]) == ("user-2", "c-2", True)
    assert (row["completion"], row["output_tokens"]) == ("A set with…", 7)


def test_control_tokens_of_a_prompt_are_no_words() -> None:
    row = FORMAT.row(TEMPLATE)
    assert (row["prompt"], row["completion"], row["max_output_tokens"]) == ("Plan a test.", "First…", 64)
    assert (row["input_tokens"], row["output_tokens"]) == (4, 2)


def test_bodies_that_are_stored_elsewhere_are_missing() -> None:
    row = FORMAT.row(IN_S3)
    assert (row.get("prompt"), row.get("completion"), row["output_tokens"], row["status"]) == (None, None, 900, "ok")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", "throttled"),
        ("ServiceQuotaExceededException", "throttled"),
        ("AccessDeniedException", "refused"),
        ("ValidationException", "error"),
        ("ModelTimeoutException", "error"),
    ],
)
def test_error_codes(code: str, status: str) -> None:
    assert FORMAT.row({**THROTTLED, "errorCode": code})["status"] == status


def test_a_record_without_output_was_never_answered() -> None:
    record = {name: value for name, value in THROTTLED.items() if name != "errorCode"}
    assert FORMAT.row(record)["status"] == "error"
    assert FORMAT.row({**record, "output": {"outputTokenCount": 4}})["status"] == "ok"  # text delivery is off


def test_a_body_as_text(read: Any, log: Any) -> None:
    asked = {"inputBodyJson": '{"inputText": "Why?"}'}
    row = read(log({**CONVERSE, "input": asked, "output": {"outputBodyJson": "Because."}})).row
    assert (row["prompt"], row["completion"]) == ("Why?", "Because.")
