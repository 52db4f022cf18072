"""``--map`` as a user types it."""

import json

import pyarrow.parquet as pq
import pytest
import typer

from stillwatch.commands.log_format import logs_and_format

RECORD = {"request_time": "2026-03-02T08:15:30Z", "requester": "acct-7", "model": "large-1", "asked": "Why?"}
PAIRS = ["at=request_time", "account_id=requester", "prompt=asked"]


@pytest.fixture
def own_log(tmp_path):
    path = tmp_path / "own.jsonl"
    path.write_text("".join(json.dumps(RECORD | {"requester": f"acct-{n}"}) + "\n" for n in range(5)))
    return path


@pytest.mark.parametrize(
    "typed",
    [
        ["--map", *PAIRS],
        ["--map", " ".join(PAIRS)],
        [word for pair in PAIRS for word in ("--map", pair)],
    ],
)
def test_a_log_of_ones_own_is_sketched_and_scanned(typed, run, own_log, tmp_path):
    sketched = tmp_path / "sketched.parquet"
    assert run("sketch", own_log, *typed, "--out", sketched).exit_code == 0
    rows = pq.read_table(sketched).to_pylist()
    assert [row["account_id"] for row in rows] == [f"acct-{n}" for n in range(5)]
    assert all(row["sketch"] for row in rows)
    result = run("scan", *typed, own_log, "--out", tmp_path / "out", "--json")
    assert json.loads(result.stdout)["summary"]["n_exchanges"] == 5


def test_a_mapping_file(run, own_log, tmp_path):
    mapping = tmp_path / "map.toml"
    mapping.write_text('at = "request_time"\naccount_id = "requester"\n')
    assert run("sketch", own_log, "--map", mapping, "--out", tmp_path / "s.parquet").exit_code == 0


@pytest.mark.parametrize(
    ("given", "code", "what"),
    [
        (["--map", "when=request_time"], 2, "there is no column when"),
        (["--map", "request_time"], 2, "a pair without ="),
        (["--map", "at=request_tim"], 3, "the fields are request_time, requester, model, asked"),
        (["--map", "at=request_time"], 3, "names no field for account_id"),
    ],
)
def test_what_is_no_mapping_ends_in_a_sentence(given, code, what, typed, own_log, tmp_path):
    result = typed("sketch", own_log, *given, "--out", tmp_path / "s.parquet")
    assert result.returncode == code
    assert what in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_sources_and_format():
    assert logs_and_format(["a"], "langfuse", None) == (["a"], "langfuse")
    sources, chosen = logs_and_format(["a", "account_id=who"], None, ["at=when"])
    assert sources == ["a"]
    assert chosen.row({"when": 1, "who": 2})["account_id"] == 2
    with pytest.raises(typer.BadParameter, match="not both"):
        logs_and_format(["a"], "langfuse", ["at=when"])
    with pytest.raises(typer.BadParameter, match="name logs as well"):
        logs_and_format(["account_id=who"], None, ["at=when"])
