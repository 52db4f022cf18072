"""Campaigns planted into a log."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from stillwatch import lab, runs
from stillwatch.errors import InputError, SettingsError
from stillwatch.settings import Settings, load

LINE = {"at": "2026-03-02T08:15:30Z", "account_id": "a", "model": "m", "status": "ok", "prompt": "one two three"}
PLAN = [lab.CampaignSpec(name="planted", accounts=5, per_day=8)]


def test_injection_keeps_the_log_and_its_names_and_leaves_no_text_behind(log, tmp_path):
    work, out = tmp_path / "work", tmp_path / "world"
    work.mkdir()
    with Path(log).open("a") as file:
        file.write("not json\n" + json.dumps(LINE | {"exchange_id": "y", "at": "2026-03-03T18:00:00Z"}) + "\n")
    hashed = load(environment={}, ingest__identifier_key="a secret of tests")
    done = runs.inject([log], out, PLAN, settings=hashed, work=work)
    assert (done.n_own, done.n_accounts, done.days) == (1, 6, 2)
    rows = pq.read_table(out / "exchanges").to_pylist()
    assert sum(row["account_id"] == "a" and row["prompt"] == "one two three" for row in rows) == 6
    assert len(rows) == done.n_exchanges > 20
    assert len(pq.read_table(out / "rejects.parquet")) == 1
    assert list(work.iterdir()) == []
    scanned = runs.scan([str(out / "exchanges")], tmp_path / "scan", settings=Settings())
    assert scanned.summary["n_exchanges"] == done.n_exchanges
    assert scanned.summary["n_rejects"] == 0
    assert lab.measure(tmp_path / "scan", out).campaigns[0].name == "planted"


def test_injection_touches_no_world_that_is_there(log, tmp_path):
    (tmp_path / "world.json").write_text("{}")
    with pytest.raises(InputError, match="already holds"):
        runs.inject([log], tmp_path, PLAN, settings=Settings())
    assert not (tmp_path / "rejects.parquet").exists()


def test_injection_reads_no_log_for_a_plan_that_cannot_be(tmp_path):
    with pytest.raises(SettingsError, match="no campaign family 'moon'"):
        runs.inject(["missing"], tmp_path / "w", [lab.CampaignSpec(family="moon")], settings=Settings())
    assert not (tmp_path / "w").exists()


def test_injection_into_a_log_without_exchanges_is_an_error(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text("\n")
    with pytest.raises(InputError, match="the log: the log has no readable exchange"):
        runs.inject([str(path)], tmp_path / "w", PLAN, settings=Settings())
    assert not (tmp_path / "w" / "world.json").exists()
