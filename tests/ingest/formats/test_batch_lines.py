from typing import Any

from stillwatch.ingest.formats.batch_lines import FORMAT, recognise
from stillwatch.ingest.formats.openai_body import FORMAT as OPENAI


def test_lines_of_every_api(read: Any, log: Any) -> None:
    result = read(log(*FORMAT.examples()))
    assert result.rejects == []
    openai, anthropic, bedrock, gemini, failed = result.rows
    for found in (openai, anthropic, bedrock, gemini):
        assert (found["account_id"], found["prompt"], found["completion"]) == (
            "acct-7",
            "What is a monoid?",
            "A set with…",
        )
        assert (found["input_tokens"], found["output_tokens"], found["status"]) == (18, 40, "ok")
    assert [row["batch"] for row in result.rows] == [True] * 5
    assert (openai["n_samples"], openai["logprobs"], openai["seed"]) == (2, True, 7)
    assert (gemini["n_samples"], gemini["logprobs"], gemini["seed"]) == (3, True, 11)
    assert (gemini["system_prompt"], gemini["max_output_tokens"]) == ("Be brief.", 300)
    assert (bedrock["max_output_tokens"], bedrock["temperature"], bedrock["seed"]) == (300, 0.5, None)
    assert anthropic["n_samples"] is None
    assert (failed["status"], failed["completion"]) == ("error", None)


def test_the_time_of_the_answer_counts_where_the_line_has_none(read: Any, log: Any) -> None:
    lines = [{k: v for k, v in FORMAT.examples()[number].items() if k != "at"} for number in (0, 3)]
    openai, gemini = read(log(*lines)).rows
    assert openai["at"].isoformat() == "2026-03-02T08:15:30+00:00"
    assert gemini["at"].isoformat() == "2026-03-02T08:15:30.250000+00:00"


def test_a_file_as_the_api_gives_it_has_no_account_and_is_rejected_row_by_row(read: Any, log: Any) -> None:
    line = {k: v for k, v in FORMAT.examples()[0].items() if k != "account_id"}
    result = read(log(line, line))
    assert [reject["position"] for reject in result.rejects] == [1, 2]
    assert result.reasons[0] == "account_id is missing; expected in account_id or user_id"


def test_recognised_by_a_line_and_not_by_a_plain_call() -> None:
    assert [recognise(line) for line in FORMAT.examples()] == [1] * 5
    assert [recognise(call) for call in OPENAI.examples()] == [0] * 4
