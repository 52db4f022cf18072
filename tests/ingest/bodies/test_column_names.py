import csv
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.ingest.bodies.column_names import renamings

CALL = {
    "at": "2026-03-02T08:15:30Z",
    "account_id": "a",
    "request": '{"model": "m", "messages": "Why?"}',
    "response": "",
}


def renamed(record: dict[str, Any]) -> list[Any]:
    return [rename(record) for rename in renamings(record)]


@pytest.mark.parametrize("names", [["at", "account_id"], ["At", "ACCOUNT"], ["1", "2"], [], [""]])
def test_usual_names_are_not_renamed(names: list[str]) -> None:
    assert list(renamings(names)) == []


def test_capital_letters_become_small() -> None:
    assert renamed({"AT": 1, "ACCOUNT_ID": "A"}) == [{"at": 1, "account_id": "A"}]


def test_paths_become_objects() -> None:
    flat = {"at": 1, "request": "", "request.model": "m", "request.messages": '[{"role": "user"}]', "request.user": ""}
    assert renamed(flat) == [{"at": 1, "request": {"model": "m", "messages": [{"role": "user"}]}}]


def test_a_whole_object_stays_beside_its_paths() -> None:
    assert renamed({"a.b": 1, "a": "text"}) == [{"a": {"b": 1}}]


def test_both_at_once_are_tried_last() -> None:
    assert renamed({"AT": 1, "REQUEST.MODEL": "m"})[-1] == {"at": 1, "request": {"model": "m"}}


def written(row: dict[str, Any]) -> str:
    sink = io.StringIO()
    writer = csv.DictWriter(sink, list(row))
    writer.writeheader()
    writer.writerow(row)
    return sink.getvalue()


@pytest.mark.parametrize(
    "row",
    [
        {name.upper(): value for name, value in CALL.items()},
        {"at": CALL["at"], "account_id": "a", "request.model": "m", "request.messages": "Why?"},
        {**CALL, "request": "{'model': 'm', 'messages': 'Why?'}"},
    ],
)
def test_a_table_whose_store_changed_it_is_read(read: Any, tmp_path: Path, row: dict[str, Any]) -> None:
    (path := tmp_path / "log.csv").write_text(written(row))
    pq.write_table(pa.Table.from_pylist([row]), other := tmp_path / "log.parquet")
    for found in (read(path).row, read(other).row):
        assert (found["account_id"], found["model"], found["prompt"]) == ("a", "m", "Why?")


def test_own_columns_in_capital_letters_are_read(read: Any, tmp_path: Path) -> None:
    row = {"EXCHANGE_ID": "x", "AT": CALL["at"], "ACCOUNT_ID": "a", "MODEL": "m", "STATUS": "ok", "PROMPT": "Why?"}
    (path := tmp_path / "log.csv").write_text(written(row))
    pq.write_table(pa.Table.from_pylist([row]), other := tmp_path / "log.parquet")
    assert read(path).row["prompt"] == read(other).row["prompt"] == "Why?"
