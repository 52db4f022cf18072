"""Commands of ``stillwatch.commands.case.opening`` as a user types them."""

import json

import pytest
from typer.testing import CliRunner

from stillwatch.cli import app
from stillwatch.errors import PolicyError


def test_a_scan_taken_twice_changes_nothing(case, scan):
    case("open", scan)
    assert case("open", scan)["opened"] == []
    assert case("list", by=None)["total"] == 2


def test_what_one_import_leaves_is_said_and_the_next_opens_it(case, scan, monkeypatch):
    monkeypatch.setenv("STILLWATCH_CASES__OPEN_PER_DAY", "1")
    first = CliRunner().invoke(app, ["case", "open", str(scan), "--by", "lea"])
    assert first.exit_code == 0
    assert "1 group stays unopened" in first.stderr
    assert "raise cases.open_per_day" in first.stderr
    assert case("open", scan) == {"opened": [2], "updated": [], "not_seen": [], "left_aside": 1, "unopened": 0}


def test_prompts_of_a_case_are_kept_where_a_setting_allows_it(case, scan, tmp_path, monkeypatch):
    case("open", scan)
    rows = [
        {"exchange_id": f"x{n}", "at": "2026-03-02T08:15:30Z", "account_id": f"acct_20c4d8_{n % 9:05d}", "model": "m",
         "status": "ok", "prompt": f"Write to jane@example.org about {n}"}
        for n in range(40)
    ]  # fmt: skip
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(PolicyError, match="do not allow exemplars"):
        case("exemplars", 2, log)
    monkeypatch.setenv("STILLWATCH_CASES__EXEMPLARS", "5")
    assert case("exemplars", 2, log)["n_exemplars"] == 5
    assert case("exemplars", 1, log)["n_exemplars"] == 0
