"""The benchmark of small files: every way of storing has the same rows, and the table has ratios to one file."""

import json

import files
import pytest
from files import make, report
from scale import Took


def test_every_way_of_storing_has_the_same_rows(tmp_path):
    whole, apart, accounts = make(tmp_path, 250, 1_000)
    rows = [json.loads(line) for line in whole.read_text().splitlines()]
    assert len(rows) == 250
    assert len({row["account_id"] for row in rows}) == 100
    assert [json.loads(file.read_text()) for file in sorted(apart.iterdir())] == rows
    assert len(accounts.read_text().splitlines()) == 1_001


def test_the_table_has_ratios_of_this_run():
    found = {"one file": Took(10.0, 8.0, 500_000_000, 0), "one file per row": Took(15.0, 10.0, 510_000_000, 0)}
    text = report(10_000, 1_000_000, found)
    assert "| one file | 10.0 | 1.00 | 8.0 | 1.00 | 500 |" in text
    assert "| one file per row | 15.0 | 1.50 | 10.0 | 1.25 | 510 |" in text


@pytest.mark.slow
def test_a_run_scans_all_of_them(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["files.py", "--files", "200", "--accounts", "1000"])
    files.main()
    assert capsys.readouterr().out.count("\n| one file") == 3
