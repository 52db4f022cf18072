"""``stillwatch demo`` as a user types it, over a smaller world."""

import json
from pathlib import Path

import pytest

from stillwatch import lab


@pytest.fixture
def small(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    preset = lab.preset
    monkeypatch.setattr(lab, "preset", lambda name: preset(name, accounts=200, days=8))


@pytest.mark.slow
def test_the_demo_leaves_a_report_and_opens_its_case(small, run, tmp_path):
    done = run("demo", "--out", "here", "--seed", 3)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "here" / "scan" / "report.html").exists()
    assert (tmp_path / "here" / "world-3" / "world.json").exists()
    assert f"open the report: {Path('here') / 'scan' / 'report.html'}" in done.stdout
    assert "stillwatch case list" in done.stdout
    assert json.loads(run("case", "list", "--json").stdout)["total"] >= 1


@pytest.mark.slow
def test_a_database_that_is_set_gets_no_case_of_the_demo(small, run, tmp_path, monkeypatch):
    monkeypatch.setenv("STILLWATCH_CASES__DATABASE", f"sqlite:///{tmp_path}/team.db")
    done = run("demo", "--seed", 3)
    assert done.exit_code == 0, done.output
    assert "no case was opened" in done.stdout
    assert not (tmp_path / "team.db").exists()
