from typing import Any

import pytest

from stillwatch.ingest.formats.kong_ai import FORMAT

NOW, EARLIER, SILENT, GUARDED = FORMAT.examples()


@pytest.mark.parametrize("line", [NOW, EARLIER])
def test_lines_of_two_versions(line: Any) -> None:
    row = FORMAT.row(line)
    assert (row["account_id"], row["model"], row["client_ip"]) == ("acct-7", "large-1", "203.0.113.9")
    assert (row["prompt"], row["completion"], row["temperature"]) == ("What is a monoid?", "A set with…", 0.5)
    assert (row["input_tokens"], row["output_tokens"], row["status"]) == (18, 40, "ok")
    assert row["user_agent"] == "sdk/1.0"


def test_without_payloads_there_is_no_text() -> None:
    row = FORMAT.row(SILENT)
    assert (row.get("prompt"), row["input_tokens"], row["stream"]) == (None, 18, False)


def test_a_guard_refuses_and_a_lost_answer_is_an_error() -> None:
    assert FORMAT.row(GUARDED)["status"] == "refused"
    assert FORMAT.row({**NOW, "response": {"status": 429}})["status"] == "throttled"
    assert FORMAT.row({name: value for name, value in SILENT.items() if name != "response"})["status"] == "error"


@pytest.mark.parametrize(
    ("consumer", "headers", "account"),
    [
        ({"custom_id": "acct-8", "id": "c-1"}, {}, "acct-8"),
        (None, {"X-Consumer-Username": "acct-9"}, "acct-9"),
        (None, {}, "k-1"),
    ],
)
def test_who_asked(consumer: Any, headers: Any, account: str) -> None:
    line = {**NOW, "consumer": consumer, "request": {**NOW["request"], "headers": headers}}
    assert FORMAT.row(line)["account_id"] == account


def test_a_model_that_the_plugin_does_not_know() -> None:
    proxy = {**NOW["ai"]["proxy"], "meta": {"request_model": "UNSPECIFIED", "response_model": "large-2"}}
    assert FORMAT.row({**NOW, "ai": {"proxy": proxy}})["model"] == "large-2"


def test_other_requests_are_no_inferences(read: Any, log: Any) -> None:
    plain = {name: value for name, value in NOW.items() if name != "ai"}
    tool = {**plain, "ai": {"mcp": {"rpc": []}}}
    result = read(log(plain, NOW, tool))
    assert (len(result.rows), result.rejects) == (1, [])
    assert result.notices[0].startswith("2 records were not inferences and are not counted as rows: ")
