import pickle
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.errors import FormatError, SettingsError
from stillwatch.ingest.bodies.column_mapping import COLUMNS, checked_mapping, mapped_format, reached

RECORD = {
    "request_time": "2026-03-02T08:15:30Z",
    "auth": {"subject": "acct-7", "a.b": 1},
    "served by": "large-1",
    "turns": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is a monoid?"}],
    "answer": {"choices": [{"message": {"content": "A set with…"}}]},
    "code": 200,
    "tokens": '{"in": 18, "out": 40}',
}
MAPPING = {
    "at": "request_time",
    "account_id": "auth.subject",
    "model": "served by",
    "prompt": "turns",
    "completion": "answer",
    "status": "code",
    "input_tokens": "tokens.in",
    "output_tokens": "tokens.out",
}


def test_any_json_is_read(read: Any, log: Any) -> None:
    row = read(log(RECORD), format=mapped_format(MAPPING)).row
    assert (row["account_id"], row["model"], row["status"]) == ("acct-7", "large-1", "ok")
    assert (row["prompt"], row["system_prompt"], row["completion"]) == ("What is a monoid?", "Be brief.", "A set with…")
    assert (row["input_tokens"], row["output_tokens"]) == (18, 40)
    assert len(row["exchange_id"]) == 32  # a digest of the record, because no field is mapped


def test_any_csv_and_parquet_is_read(read: Any, tmp_path: Any) -> None:
    flat = {"when": "2026-03-02 08:15:30", "who": "acct-7", "model": "large-1", "said": "Why?", "http": 429}
    (tmp_path / "log.csv").write_text(",".join(flat) + "\n" + ",".join(map(str, flat.values())) + "\n")
    pq.write_table(pa.Table.from_pylist([flat]), tmp_path / "log.parquet")
    mapping = {"at": "when", "account_id": "who", "prompt": "said", "status": "http"}
    for name in ("log.csv", "log.parquet"):
        row = read(tmp_path / name, format=mapped_format(mapping)).row
        assert (row["account_id"], row["model"], row["prompt"], row["status"]) == (
            "acct-7",
            "large-1",
            "Why?",
            "throttled",
        )


def test_a_record_with_all_mapped_fields_is_no_wrapper(read: Any, log: Any) -> None:
    """Other records are opened as always: the same mapping reads the log also as Docker stores it."""
    own = {"timestamp": 1772439330, "who": "acct-7", "served": "large-1", "message": '{"ask": "Why?"}', "host": "h"}
    stored = {"log": orjson.dumps({**own, "who": "acct-8"}).decode() + "\n", "stream": "stdout", "time": "t"}
    mapping = {"at": "timestamp", "account_id": "who", "model": "served", "prompt": "message.ask"}
    rows = read(log(own, stored), format=mapped_format(mapping)).rows
    assert [(row["account_id"], row["prompt"]) for row in rows] == [("acct-7", "Why?"), ("acct-8", "Why?")]


def test_whole_bodies_are_read(read: Any, log: Any) -> None:
    body = {"model": "large-1", "contents": [{"parts": [{"text": "Why?"}]}], "generationConfig": {"seed": 4}}
    told = {"candidates": [{"content": {"parts": [{"text": "So"}]}}], "usageMetadata": {"promptTokenCount": 3}}
    record = {"t": 1772439330, "u": 7, "b": orjson.dumps(body).decode(), "a": told}
    mapped = mapped_format({"at": "t", "account_id": "u", "request": "b", "response": "a"})
    row = read(log(record), format=mapped).row
    assert (row["account_id"], row["model"], row["prompt"], row["completion"]) == ("7", "large-1", "Why?", "So")
    assert (row["seed"], row["input_tokens"]) == (4, 3)


@pytest.mark.parametrize(
    ("value", "status"),
    [(True, "ok"), (False, "error"), (None, "ok"), (403, "refused"), ("429", "throttled"), ("error", "error")],
)
def test_status(value: Any, status: str, read: Any, log: Any) -> None:
    row = read(log({**RECORD, "code": value}), format=mapped_format(MAPPING)).row
    assert row["status"] == status


def test_rows_without_a_mapped_field_are_rejects_that_name_it(read: Any, log: Any) -> None:
    mapped = mapped_format({**MAPPING, "exchange_id": "id?"})
    result = read(log({**RECORD, "id": "x"}, {**RECORD, "auth": None, "id": "y"}, RECORD), format=mapped)
    assert result.reasons == [
        "account_id is missing; expected in auth.subject",
        "exchange_id is missing; expected in id",
    ]


@pytest.mark.parametrize(
    ("mapping", "what"),
    [
        (
            {**MAPPING, "at": "request_tim"},
            r"no field request_tim \(for at\); the fields are request_time, auth, served",
        ),
        ({**MAPPING, "prompt": "auth.prompt"}, r"no field auth.prompt \(for prompt\)"),
        ({"at": "request_time", "model": "served by"}, r"names no field for account_id; the fields are request_time"),
    ],
)
def test_a_field_that_does_not_exist_is_an_error_that_names_the_fields(
    mapping: Any, what: str, read: Any, log: Any
) -> None:
    with pytest.raises(FormatError, match=what) as error:
        read(log(RECORD), format=mapped_format(mapping))
    assert error.value.exit_code == 3


def test_a_file_without_header_does_not_show_its_first_row(read: Any, tmp_path: Any) -> None:
    (tmp_path / "log.csv").write_text("2026-03-02,someone@example.com,What is the meaning of all of this?,5\n")
    with pytest.raises(FormatError) as error:
        read(tmp_path / "log.csv", format=mapped_format({"at": "when", "account_id": "who"}))
    assert not {"someone", "meaning", "2026"} & set(str(error.value).replace("@", " ").split())
    assert "and 4 more" in str(error.value)


@pytest.mark.parametrize(
    ("mapping", "what"),
    [({"when": "t"}, "no column when"), ({"at": ""}, "no field is named for at"), ({"at": 5}, "for at"), ({}, "names")],
)
def test_a_column_that_does_not_exist_is_an_error_that_names_the_columns(mapping: Any, what: str) -> None:
    with pytest.raises(SettingsError, match=what):
        checked_mapping(mapping, "--map")
    assert {"at", "account_id", "prompt", "request"} < set(COLUMNS)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("auth.subject", "acct-7"),
        ("auth.a.b", 1),
        ("turns.0.role", "system"),
        ("turns.-1.role", "user"),
        ("tokens.in", 18),
        ("nothing.below", None),
        ("tags.k", "v"),
    ],
)
def test_paths(path: str, value: Any) -> None:
    assert reached({**RECORD, "nothing": None, "tags": [("k", "v")]}, path) == value


def test_a_mapping_travels_to_another_process() -> None:
    again = pickle.loads(pickle.dumps(mapped_format(MAPPING)))
    assert again.row(RECORD) == mapped_format(MAPPING).row(RECORD)
