import json
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


def test_samples_logprobs_and_seed_of_every_body(read: Any, log: Any) -> None:
    chat, responses, completion, throttled = FORMAT.examples()
    asked = {"n": 4, "seed": 20260302, "logprobs": True, "top_logprobs": 5}
    rows = read(
        log(
            {**chat, "request": {**chat["request"], **asked}},
            {**responses, "request": {**responses["request"], "include": ["message.output_text.logprobs"]}},
            {**completion, "request": {**completion["request"], "n": 2, "logprobs": 5}},
            {**throttled, "batch_id": "batch_9"},
        )
    ).rows
    found = [(row["n_samples"], row["logprobs"], row["seed"], row["batch"]) for row in rows]
    assert found == [
        (4, True, 20260302, None),
        (None, True, None, None),
        (2, True, None, None),
        (None, None, None, True),
    ]


def test_a_parameter_that_a_caller_made_up_does_not_remove_the_row(read: Any, log: Any) -> None:
    chat = FORMAT.examples()[0]
    odd = {"n": "many", "seed": 2**70, "logprobs": {"top": 1}}
    result = read(log(json.dumps({**chat, "request": {**chat["request"], **odd}}).encode()))
    assert result.rejects == []
    assert (result.row["n_samples"], result.row["logprobs"], result.row["seed"]) == (None, None, None)


def test_paths_that_no_model_answers_are_counted_apart(read: Any, log: Any) -> None:
    chat = FORMAT.examples()[0]
    result = read(
        log(chat, {**chat, "path": "/v1/moderations"}, {"method": "GET", "path": "/v1/models", "status": 200})
    )
    assert (len(result.rows), result.rejects) == (1, [])
    assert result.notices == [
        "2 records were not inferences and are not counted as rows: requests that no model answers (2)."
    ]
