"""What a scan leaves behind, also where it fails, and what it never leaves behind."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from stillwatch import campaigns, runs
from stillwatch.errors import InputError, SettingsError
from stillwatch.settings import Settings, load

LINE = {"at": "2026-03-02T08:15:30Z", "account_id": "a", "model": "m", "status": "ok", "prompt": "one two three"}


def test_no_text_is_written_to_the_work_folder(log, tmp_path, monkeypatch):
    seen = []

    def look(engine, **tables):
        for path in (tmp_path / "work").rglob("*.parquet"):
            seen.append(path.name)
            assert "one two three" not in str(pq.read_table(path).to_pylist())
        return detect(engine, **tables)

    (tmp_path / "work").mkdir()
    detect = campaigns.detect
    monkeypatch.setattr(campaigns, "detect", look)
    runs.scan([log], tmp_path / "out", settings=Settings(), work=tmp_path / "work")
    assert len(seen) > 3


def test_traces_that_were_weighed_leave_the_disk(tmp_path, monkeypatch):
    """One address of two accounts is traces and links; while groups are looked for only the links are kept."""
    rows = [
        LINE | {"exchange_id": f"x{i}", "account_id": f"a{i}", "client_ip": f"198.51.100.{max(i, 1)}"}
        for i in range(20)
    ]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    kept = {}

    def look(engine, **tables):
        kept.update(
            traces=len(engine.arrow(engine.read("traces")).read_all()),
            links=len(engine.arrow(tables["links"]).read_all()),
        )
        return detect(engine, **tables)

    detect = campaigns.detect
    monkeypatch.setattr(campaigns, "detect", look)
    runs.scan([str(tmp_path / "log.jsonl")], tmp_path / "out", settings=Settings())
    assert kept["traces"] == 0
    assert kept["links"] > 0


def test_an_empty_log_is_no_campaign_and_no_error(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text("\n")
    done = runs.scan([str(path)], tmp_path / "out", settings=Settings(), format="canonical_jsonl")
    assert done.summary["n_exchanges"] == 0
    assert len(done.campaigns) == 0


def test_a_signal_that_there_is_not_is_an_error_with_the_nearest_name(log, tmp_path):
    settings = load(environment={}, signals__shared_paymnt__enabled=False)
    with pytest.raises(SettingsError, match="shared_payment"):
        runs.scan([log], tmp_path / "out", settings=settings)


def test_the_stages_are_told_in_their_order(log, tmp_path):
    stages = []
    runs.scan([log], tmp_path / "out", settings=Settings(), progress=stages.append)
    assert list(dict.fromkeys(pace.stage for pace in stages)) == ["reading", "linking", "grouping", "writing"]


def test_what_a_run_took_is_left_beside_the_result_and_not_in_it(log, tmp_path):
    for name in ("a", "b"):
        runs.scan([log], tmp_path / name, settings=Settings())
    took = json.loads((tmp_path / "a" / "run.json").read_text())["stages"]
    assert [stage["stage"] for stage in took] == ["reading", "linking", "grouping", "writing"]
    reading = took[0]
    assert (reading["rows"], reading["bytes"]) == (5, Path(log).stat().st_size)
    assert [stage["rows"] for stage in took[1:]] == [5, 1, 0], "exchanges, accounts, members"
    assert all(stage["seconds"] >= 0 and stage["peak_mib"] > 1 for stage in took)
    assert (tmp_path / "a" / "summary.json").read_bytes() == (tmp_path / "b" / "summary.json").read_bytes()


def test_a_history_that_is_none_is_told_before_the_log_is_read(log, tmp_path):
    stages = []
    with pytest.raises(InputError, match="a history is a folder"):
        runs.scan([log], tmp_path / "a", settings=Settings(), history=Path(log), progress=stages.append)
    with pytest.raises(InputError, match="a history is a folder"):
        next(runs.replay([log], tmp_path / "a", settings=Settings(), history=Path(log), until=[]))
    assert stages == []


def test_a_state_is_told_before_the_log_is_read(log, tmp_path):
    stages = []
    with pytest.raises(InputError, match="a state is a folder"):
        runs.scan([log], tmp_path / "a", settings=Settings(), state=Path(log), progress=stages.append)
    assert stages == []
