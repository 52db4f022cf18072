"""``stillwatch inspect`` as a user types it."""

import json

import pytest

from stillwatch.errors import InputError
from stillwatch.tables import STAGED

LINE = {"at": "2026-03-02T08:15:30Z", "account_id": "a", "model": "m", "status": "ok", "prompt": "one two three"}


def test_json_has_the_stated_shape_and_nothing_else(run, log):
    result = run("inspect", log, "--rows", 0, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert list(found) == [
        "sources", "exchanges", "rejects", "reasons", "notices", "attributes", "n_exchanges", "n_rejects",
    ]  # fmt: skip
    assert found["sources"] == [
        {"source": str(log), "format": "canonical_jsonl", "n_rows": 31, "n_exchanges": 30, "n_rejects": 1}
    ]
    assert len(found["exchanges"]) == found["n_exchanges"] == 30
    assert list(found["exchanges"][0]) == list(STAGED.names)
    assert found["exchanges"][0]["at"] == "2026-03-02T08:15:30+00:00"
    assert found["rejects"] == [{"source": str(log), "position": 31, "reason": found["reasons"][0]["reason"]}]
    assert found["reasons"][0]["n"] == found["n_rejects"] == 1
    assert "shows text of prompts and answers" in result.stderr


def test_people_get_tables_that_fit_80_columns(typed, log, tmp_path):
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("account_id,plan\na1,free\n")
    result = typed("inspect", log, "--accounts", accounts, "--rows", 2)
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].startswith("This output shows text of prompts and answers")
    assert max(map(len, lines[1:])) <= 80
    for told in ("canonical_jsonl", "one two three", "not valid JSON", "plan: free", "2 of 30 exchanges shown"):
        assert told in result.stdout
    assert "1 of the 3 accounts in the log have facts" in result.stderr


def test_nothing_of_a_log_acts_in_the_terminal(run, tmp_path):
    evil = "[bold]x[/bold]\x1b]0;t\x07\u202e[/red]"
    path = tmp_path / "log [red].jsonl"
    path.write_text(json.dumps(LINE | {"exchange_id": evil, "account_id": evil, "prompt": evil, "model": evil}) + "\n")
    for more in ((), ("--json",)):
        result = run("inspect", path, *more)
        assert result.exit_code == 0
        assert not {"\x1b", "\x07", "\u202e"} & set(result.output)
    assert "[bold]x[/bold]\\x1b]0;t\\x07\\u202e[/red]" in run("inspect", path).stdout


def test_a_log_that_was_hardly_read_ends_with_three(typed, run, tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps(LINE | {"exchange_id": "x", "at": 1}) + "\n")
    result = typed("inspect", path, "--json")
    assert result.returncode == 3
    assert json.loads(result.stdout)["n_rejects"] == 1
    assert "none of the 1 rows became an exchange" in result.stderr
    assert "at is outside" in result.stderr
    path.write_text(path.read_text() + json.dumps(LINE | {"exchange_id": "y"}) + "\n")
    assert run("inspect", path).exit_code == 0
    assert isinstance(run("inspect", path, "--max-rejects", 0.4).exception, InputError)
    assert run("inspect", path, "--max-rejects", 2).exit_code == 2


@pytest.mark.parametrize("rows", [-1, "all"])
def test_rows_is_a_number(run, log, rows):
    assert run("inspect", log, "--rows", rows).exit_code == 2


def test_a_log_of_ones_own_is_shown_as_the_mapping_reads_it(run, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("who,when,asked,large\nu1,2026-01-02T03:04:05Z,one two,m\n")
    pairs = ("account_id=who", "at=when", "prompt=asked", "model=large")
    result = run("inspect", path, "--rows", 0, "--json", "--map", *pairs)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["exchanges"][0]["account_id"] == "u1"
