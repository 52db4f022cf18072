"""``stillwatch lab`` as a user types it."""

import json

import pytest

from stillwatch.errors import SettingsError

LINE = {"at": "2026-03-02T08:15:30Z", "account_id": "a", "model": "m", "status": "ok", "prompt": "one two three"}


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps(LINE | {"exchange_id": f"x{i}"}) + "\n" for i in range(30)))
    return path


def test_a_change_of_a_preset_does_not_go_with_a_world_of_ones_own(run, tmp_path):
    spec = tmp_path / "spec.toml"
    spec.write_text("days = 2\naccounts = 30\n")
    result = run("lab", "build", "--spec", spec, "--days", 3, "--out", tmp_path / "w")
    assert result.exit_code == 2
    assert "--days changes a preset" in result.stderr
    assert not (tmp_path / "w").exists()


def test_lab_build_says_what_it_built(run, tmp_path):
    result = run("lab", "build", "--preset", "calm", "--accounts", 50, "--days", 3, "--out", tmp_path / "w", "--json")
    assert json.loads(result.stdout)["campaigns"] == {}


def test_lab_build_makes_a_large_world_in_shards(run, tmp_path):
    arguments = "lab", "build", "--preset", "calm", "--accounts", 50, "--days", 3, "--shards", 2, "--json"
    built = json.loads(run(*arguments, "--out", tmp_path / "w").stdout)
    assert built["n_accounts"] == 50
    assert len(list((tmp_path / "w" / "exchanges").iterdir())) == 6


@pytest.mark.slow
def test_lab_inject_plants_a_campaign_that_a_scan_of_the_world_can_be_measured_by(run, world, tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text('[[campaigns]]\nname = "mine"\naccounts = 30\nstart_day = 2\nshared = { payment = 0.4 }\n')
    arguments = "lab", "inject", world / "exchanges", "--accounts", world / "accounts.parquet", "--json"
    done = json.loads(run(*arguments, "--campaign", plan, "--out", tmp_path / "w").stdout)
    assert done["campaigns"]["mine"]["accounts"] == 30
    assert done["n_accounts"] == done["n_own"] + 30
    again = "scan", tmp_path / "w" / "exchanges", "--accounts", tmp_path / "w" / "accounts.parquet"
    assert json.loads(run(*again, "--out", tmp_path / "s", "--json").stdout)["summary"]["n_rejects"] == 0
    measured = json.loads(run("lab", "measure", tmp_path / "s", tmp_path / "w", "--json").stdout)
    assert measured["campaigns"][0]["name"] == "mine"
    # the campaign that the log held already counts as one's own here
    assert measured["honest_above_watch"]["of"] == done["n_own"]


def test_lab_inject_wants_one_plan(run, log, tmp_path):
    assert run("lab", "inject", log, "--out", tmp_path / "w").exit_code == 2
    unknown = run("lab", "inject", log, "--family", "moon", "--out", tmp_path / "w")
    assert isinstance(unknown.exception, SettingsError)


@pytest.mark.slow
def test_lab_adapt_prints_rounds_and_price(run, tmp_path):
    spec = tmp_path / "spec.toml"
    spec.write_text("days = 2\naccounts = 30\n[[campaigns]]\naccounts = 6\nper_day = 5\n")
    result = run("lab", "adapt", "--spec", spec, "--rounds", 2, "--json")
    printed = json.loads(result.stdout)
    assert [r["number"] for r in printed["rounds"]] == [1, 2]
    assert printed["best"]["flagged"] is False
    assert printed["price"] <= 1
    assert "Price" not in run("lab", "adapt", "--spec", spec, "--rounds", 1).stdout
