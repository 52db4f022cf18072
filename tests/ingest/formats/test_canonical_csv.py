from typing import Any

import pytest

from stillwatch.ingest.formats.canonical_csv import FORMAT, row


def test_an_empty_cell_is_a_missing_value() -> None:
    assert row({"prompt": "", "account_id": "a"}) == {"prompt": None, "account_id": "a"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_columns_of_a_warehouse(read: Any, log: Any, delimiter: str) -> None:
    header = (
        "exchange_id",
        "at",
        "account_id",
        "model",
        "status",
        "prompt",
        "input_tokens",
        "stream",
        "answer_digests",
    )
    cells = ("x-1", "2026-03-02T08:15:30Z", "acct-1", "large-1", "ok", '{"is": "text"}', "31", "true", "[1, 2]")
    lines = [delimiter.join(header), delimiter.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in cells)]
    found = read(log(*(line.encode() for line in lines), name="log.csv")).row
    assert (found["prompt"], found["input_tokens"], found["stream"]) == ('{"is": "text"}', 31, True)
    assert (found["answer_digests"], found["organization_id"], found["position"]) == ([1, 2], None, 1)


def test_a_row_without_an_account_is_a_reject(read: Any, log: Any) -> None:
    result = read(log(b"exchange_id,at,account_id,model,status", b"x-1,2026-03-02,,m,ok"))
    assert result.reasons == ["account_id is missing; expected in the column of that name"]


def test_examples_are_those_of_the_table() -> None:
    assert {example["exchange_id"] for example in FORMAT.examples()} == {"x-1", "x-2", "x-3"}
