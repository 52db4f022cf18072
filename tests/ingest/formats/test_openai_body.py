from typing import Any

from stillwatch.ingest.formats.openai_body import FORMAT, recognise


def test_all_three_bodies(read: Any, log: Any) -> None:
    chat, responses, completion, throttled = read(log(*FORMAT.examples())).rows
    assert (chat["system_prompt"], chat["prompt"], chat["completion"]) == (
        "Be brief.",
        "What is a monoid?",
        "A set with…",
    )
    assert (chat["n_tools"], chat["max_output_tokens"], chat["output_tokens"]) == (1, 300, 40)
    assert (responses["system_prompt"], responses["prompt"], responses["completion"]) == (
        "Be brief.",
        "Plan a test.",
        "First…",
    )
    assert (completion["prompt"], completion["completion"], completion["temperature"]) == (
        "Once upon",
        " a time",
        1,
    )
    assert throttled["status"] == "throttled"
    assert throttled["completion"] is None


def test_rows_without_id_get_one_from_their_content(read: Any, log: Any) -> None:
    record = FORMAT.examples()[3]
    one, again, other = read(log(record, record, {**record, "account_id": "other"})).rows
    assert one["exchange_id"] == again["exchange_id"] != other["exchange_id"]


def test_recognised_by_the_request() -> None:
    assert recognise({"request": {"input": "x"}}) == 0.8
    assert recognise({"request": {"model": "m"}}) == 0
