import csv
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.ingest.formats.langfuse import FORMAT


def test_generations_alone_enriched_and_nested(read: Any, log: Any) -> None:
    alone, enriched, nested = read(log(*FORMAT.examples())).rows
    assert (alone["account_id"], alone["prompt"], alone["completion"]) == (
        "acct-7",
        "What is a monoid?",
        "A set with…",
    )
    assert (alone["system_prompt"], alone["max_output_tokens"], alone["input_tokens"]) == (
        "Be brief.",
        200,
        18,
    )
    assert alone["client_ip"] == "203.0.113.9"
    assert (enriched["account_id"], enriched["conversation_id"], enriched["prompt"]) == (
        "acct-8",
        "s-1",
        "Plan a test.",
    )
    assert (enriched["status"], enriched["output_tokens"]) == ("throttled", 60)
    assert (nested["account_id"], nested["conversation_id"]) == ("acct-9", "s-2")


def test_observations_that_are_no_inference_are_counted_apart(read: Any, log: Any) -> None:
    generation = FORMAT.examples()[0]
    trace = {
        **FORMAT.examples()[2],
        "observations": [{**generation, "type": "SPAN"}, {**generation, "id": "g2"}, "id-of-an-observation"],
    }
    result = read(log(trace, {**generation, "type": "EVENT"}))
    assert [row["exchange_id"] for row in result.rows] == ["g2"]
    assert result.reasons == ["an observation must be an object"]
    counted = "2 records were not inferences and are not counted as rows: observations that are no GENERATION (2)."
    assert result.notices == [counted]


def test_a_pretty_printed_array_and_a_page_of_the_api(read: Any, log: Any) -> None:
    pretty = orjson.dumps(list(FORMAT.examples()), option=orjson.OPT_INDENT_2)
    assert len(read(log(pretty, name="export.json")).rows) == 3
    page = {"data": list(FORMAT.examples()[:2]), "meta": {"page": 1}}
    assert len(read(log(page)).rows) == 2


def test_tools_of_the_enriched_export(read: Any, log: Any) -> None:
    tools = {"search": '{"type": "object"}', "run": "{}"}
    assert read(log({**FORMAT.examples()[0], "tool_definitions": tools})).row["n_tools"] == 2


def test_sampling_parameters_as_numbers_and_as_text(read: Any, log: Any) -> None:
    alone, enriched, _ = FORMAT.examples()
    parameters = {"temperature": 0.4, "max_tokens": 200, "n": 3, "seed": 42, "logprobs": True, "top_logprobs": 2}
    rows = read(
        log(
            {**alone, "modelParameters": parameters},
            {**enriched, "model_parameters": '{"temperature": "0.4", "n": "2", "seed": "7", "logprobs": "false"}'},
            {**alone, "id": "gen-44"},
        )
    ).rows
    found = [(row["n_samples"], row["logprobs"], row["seed"]) for row in rows]
    assert found == [(3, True, 42), (2, False, 7), (None, None, None)]
    assert {row["batch"] for row in rows} == {None}


def test_the_blob_export_as_a_table(read: Any, tmp_path: Path) -> None:
    """In CSV the nested columns are JSON, in Parquet they can be maps; a row is the same in each."""
    enriched = {**FORMAT.examples()[1], "tags": "[]", "level": "DEFAULT"}
    usage = pa.array([list(enriched["usage_details"].items())], pa.map_(pa.string(), pa.int64()))
    table = pa.Table.from_pylist([{**enriched, "usage_details": None}])
    pq.write_table(
        table.set_column(table.column_names.index("usage_details"), "usage_details", usage), tmp_path / "a.parquet"
    )
    with (tmp_path / "a.csv").open("w", newline="") as sink:
        writer = csv.writer(sink)
        writer.writerows([list(enriched), [*({**enriched, "usage_details": '{"input": 12, "output": 60}'}).values()]])
    for name in ("a.csv", "a.parquet"):
        found = read(tmp_path / name).row
        assert (found["prompt"], found["input_tokens"], found["output_tokens"]) == ("Plan a test.", 12, 60)
        assert (found["account_id"], found["status"]) == ("acct-8", "ok")
        assert round(found["temperature"], 3) == 0.4


def test_a_trace_downloaded_from_the_page(read: Any, log: Any) -> None:
    whole = FORMAT.examples()[2]
    trace = {name: value for name, value in whole.items() if name != "observations"}
    found = read(log({"trace": trace, "observations": whole["observations"]})).row
    assert (found["account_id"], found["conversation_id"], found["exchange_id"]) == ("acct-9", "s-2", "gen-43")


def test_text_is_no_count_of_tokens(read: Any, log: Any) -> None:
    generation = {**FORMAT.examples()[0], "usage": None}
    odd = {**generation, "id": "g2", "input": "7", "output": "49", "usageDetails": {}}
    old = {**generation, "id": "g3", "promptTokens": 5, "completionTokens": 6}
    signs = {**generation, "id": "g4", "usage": {"input": 90, "output": 80, "unit": "CHARACTERS"}}
    rows = read(log(generation, odd, old, signs)).rows
    assert [(row["input_tokens"], row["output_tokens"]) for row in rows] == [
        (None,) * 2,
        (None,) * 2,
        (5, 6),
        (None,) * 2,
    ]
    assert (rows[1]["prompt"], rows[1]["completion"]) == ("7", "49")


def test_shapes_of_langchain(read: Any, log: Any) -> None:
    generation = FORMAT.examples()[0]
    held = {"lc": 1, "type": "constructor", "id": ["langchain", "HumanMessage"], "kwargs": {"content": "Why?"}}
    tool = {"role": "tool", "content": {"type": "function", "function": {"name": "f"}}}
    inputs = (
        [[{"role": "user", "content": "Why?"}]],
        [{"type": "human", "content": "Why?"}, tool],
        {"messages": [held]},
        {"type": "human", "content": "Why?"},
    )
    records = [{**generation, "id": f"g{i}", "input": asked} for i, asked in enumerate(inputs)]
    rows = read(log(*records)).rows
    assert [row["prompt"] for row in rows] == ["Why?"] * 4
    assert [row["n_tools"] for row in rows] == [None, 1, None, None]


def test_the_reason_in_the_message_and_the_caller_of_claude_code() -> None:
    generation = {**FORMAT.examples()[0], "metadata": {"attributes": {"user.id": "u"}}}
    failed = {**generation, "level": "ERROR", "statusMessage": "Error code: 429 - too many tokens"}
    assert FORMAT.row({"observation": failed, "trace": {}})["status"] == "throttled"
    failed["statusMessage"] = "[Errno 111] Connection refused"
    assert FORMAT.row({"observation": failed, "trace": {}})["status"] == "error"
    told = FORMAT.row({"observation": generation, "trace": {"userId": '{"account_uuid": "a", "session_id": "s"}'}})
    assert (told["account_id"], told["conversation_id"]) == ("a", "s")
    assert FORMAT.row({"observation": generation, "trace": {}})["account_id"] == "u"
