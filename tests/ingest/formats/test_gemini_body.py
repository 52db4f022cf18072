from typing import Any

from stillwatch.ingest.formats.gemini_body import FORMAT

CALL, STREAM, BLOCKED, THROTTLED = FORMAT.examples()


def test_texts_parameters_and_counts() -> None:
    row = FORMAT.row(CALL)
    assert (row["prompt"], row["system_prompt"], row["completion"]) == ("What is a monoid?", "Be brief.", "A set with…")
    assert (row["model"], row["temperature"], row["max_output_tokens"], row["n_tools"]) == ("large-1", 0.2, 64, 1)
    assert (row["input_tokens"], row["output_tokens"], row["status"]) == (12, 6, "ok")


def test_the_path_names_the_model_and_a_stream_is_one_answer() -> None:
    row = FORMAT.row(STREAM)
    assert (row["model"], row["completion"], row["output_tokens"]) == ("large-1", "First…", 2)
    assert row["exchange_id"] == "r-62"


def test_how_calls_end() -> None:
    assert FORMAT.row(BLOCKED)["status"] == "refused"
    assert FORMAT.row(THROTTLED)["status"] == "throttled"
    without = {name: value for name, value in THROTTLED.items() if name != "status"}
    assert FORMAT.row(without)["status"] == "throttled"


def test_a_label_is_the_account_where_the_envelope_has_none(read: Any, log: Any) -> None:
    labelled = {**CALL["request"], "labels": {"user_id": "acct-9"}}
    record = {name: value for name, value in CALL.items() if name != "account_id"} | {"request": labelled}
    assert read(log(record)).row["account_id"] == "acct-9"


def test_a_question_without_role_is_the_persons(read: Any, log: Any) -> None:
    record = {**CALL, "request": {"model": "large-1", "contents": [{"parts": [{"text": "Why?"}]}]}}
    assert read(log(record)).row["prompt"] == "Why?"
