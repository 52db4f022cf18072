"""The command that scans the worlds that were asked for."""

import sys
from dataclasses import asdict

import pytest
from strangers import __main__ as command


@pytest.fixture
def run(monkeypatch, make, capsys):
    """Return a function that runs the command over results made by hand; it returns the keys and what was printed."""
    asked = {}

    def results_of(keys, perform, *, out, jobs):
        asked.update(keys=keys, out=out, jobs=jobs)
        return [(key, asdict(make.result(make.crowd(key["name"])))) for key in keys if key["kind"] == "alone"]

    monkeypatch.setattr(command, "results_of", results_of)

    def main(*words):
        monkeypatch.setattr(sys, "argv", ["x", *words])
        command.main()
        return asked, capsys.readouterr().out

    return main


def test_reporting_authors_all_kinds_and_both_habits_are_usual(run):
    asked, said = run("--seeds", "11")
    assert {key["author"] for key in asked["keys"]} == {"cedar", "dogwood"}
    assert {(key["kind"], key["habits"]) for key in asked["keys"]} == {
        (kind, habits) for kind in ("alone", "together", "hidden") for habits in ("plain", "swapped")
    }
    assert 'make bench-strangers SEEDS="11"` ·' in said
    assert "tuning" not in said


def test_what_was_asked_for_stands_in_the_command(run, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- begin bench-strangers: written by the command, not by hand -->\n<!-- end bench-strangers -->\n", "utf-8"
    )
    words = ["--authors", "alder", "--only", "saas_tenants", "--seeds", "11", "12", "--habits", "plain"]
    asked, said = run(*words, "--jobs", "1", "--page", str(page))
    assert [key["seed"] for key in asked["keys"]] == [11, 12]
    assert asked["jobs"] == 1
    assert 'SEEDS="11 12" AUTHORS="alder" HABITS="plain" ONLY="saas_tenants"`' in said
    assert said.strip() in page.read_text("utf-8")
