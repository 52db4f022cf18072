"""The order of the rooms: what a scan leaves behind, also where it fails, and what it never leaves behind."""

import json
import sys
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from stillwatch import lab, pipeline
from stillwatch.errors import EngineError, InputError, SettingsError
from stillwatch.settings import Settings, load

LINE = {"at": "2026-03-02T08:15:30Z", "account_id": "a", "model": "m", "status": "ok", "prompt": "one two three"}


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps(LINE | {"exchange_id": f"x{i}"}) + "\n" for i in range(5)))
    return str(path)


def test_nothing_of_the_texts_is_left_on_disk(log, tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    pipeline.scan([log], tmp_path / "out", settings=Settings(), work=work)
    assert list(work.iterdir()) == []
    for path in (tmp_path / "out").iterdir():
        assert b"one two three" not in path.read_bytes()


def test_no_text_is_written_to_the_work_folder(log, tmp_path, monkeypatch):
    seen = []

    def look(engine, **tables):
        for path in (tmp_path / "work").rglob("*.parquet"):
            seen.append(path.name)
            assert "one two three" not in str(pq.read_table(path).to_pylist())
        return detect(engine, **tables)

    (tmp_path / "work").mkdir()
    detect = pipeline.campaigns.detect
    monkeypatch.setattr(pipeline.campaigns, "detect", look)
    pipeline.scan([log], tmp_path / "out", settings=Settings(), work=tmp_path / "work")
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

    detect = pipeline.campaigns.detect
    monkeypatch.setattr(pipeline.campaigns, "detect", look)
    pipeline.scan([str(tmp_path / "log.jsonl")], tmp_path / "out", settings=Settings())
    assert kept["traces"] == 0
    assert kept["links"] > 0


def test_work_is_removed_when_a_scan_fails(tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    with pytest.raises(InputError):
        pipeline.scan([str(tmp_path / "none")], tmp_path / "out", settings=Settings(), work=work)
    assert list(work.iterdir()) == []


def test_a_work_folder_that_cannot_be_made_is_named(log, tmp_path):
    with pytest.raises(EngineError, match="--work"):
        pipeline.scan([log], tmp_path / "out", settings=Settings(), work=tmp_path / "missing")


def test_an_out_folder_that_cannot_be_made_is_named(log, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EngineError, match="--out"):
        pipeline.scan([log], tmp_path / "file" / "out", settings=Settings())


def test_an_empty_log_is_no_campaign_and_no_error(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text("\n")
    done = pipeline.scan([str(path)], tmp_path / "out", settings=Settings(), format="canonical_jsonl")
    assert done.summary["n_exchanges"] == 0
    assert len(done.campaigns) == 0


def test_a_duplicate_is_a_reject_and_rows_in_stay_rows_in(log, tmp_path):
    again = tmp_path / "again.jsonl"
    again.write_text(Path(log).read_text())
    done = pipeline.scan([log, str(again)], tmp_path / "out", settings=Settings())
    assert (done.summary["n_exchanges"], done.summary["n_rejects"]) == (5, 5)
    assert len(pq.read_table(tmp_path / "out" / "rejects.parquet")) == 5


def test_a_signal_that_there_is_not_is_an_error_with_the_nearest_name(log, tmp_path):
    settings = load(environment={}, signals__shared_paymnt__enabled=False)
    with pytest.raises(SettingsError, match="shared_payment"):
        pipeline.scan([log], tmp_path / "out", settings=settings)


def test_the_stages_are_told_in_their_order(log, tmp_path):
    stages = []
    pipeline.scan([log], tmp_path / "out", settings=Settings(), progress=stages.append)
    assert list(dict.fromkeys(pace.stage for pace in stages)) == ["reading", "linking", "grouping", "writing"]


def test_what_a_run_took_is_left_beside_the_result_and_not_in_it(log, tmp_path):
    for name in ("a", "b"):
        pipeline.scan([log], tmp_path / name, settings=Settings())
    took = json.loads((tmp_path / "a" / "run.json").read_text())["stages"]
    assert [stage["stage"] for stage in took] == ["reading", "linking", "grouping", "writing"]
    reading = took[0]
    assert (reading["rows"], reading["bytes"]) == (5, Path(log).stat().st_size)
    assert [stage["rows"] for stage in took[1:]] == [5, 1, 0], "exchanges, accounts, members"
    assert all(stage["seconds"] >= 0 and stage["peak_mib"] > 1 for stage in took)
    assert (tmp_path / "a" / "summary.json").read_bytes() == (tmp_path / "b" / "summary.json").read_bytes()


def test_a_moment_before_the_log_is_an_error_that_says_so(log, tmp_path):
    with pytest.raises(InputError, match=r"until 2026-03-02T08:15:30\+00:00: the log begins later; all 5 exchanges"):
        pipeline.scan([log], tmp_path / "a", settings=Settings(), until=datetime(2026, 3, 2, 8, 15, 30))  # noqa: DTZ001
    assert not (tmp_path / "a" / "summary.json").exists()


def test_a_history_that_is_none_is_told_before_the_log_is_read(log, tmp_path):
    stages = []
    with pytest.raises(InputError, match="a history is a folder"):
        pipeline.scan([log], tmp_path / "a", settings=Settings(), history=Path(log), progress=stages.append)
    with pytest.raises(InputError, match="a history is a folder"):
        next(pipeline.replay([log], tmp_path / "a", settings=Settings(), history=Path(log), until=[]))
    assert stages == []


def test_the_notices_of_a_look_are_in_the_summary(log, tmp_path):
    rows = [LINE | {"exchange_id": "later", "at": "2026-03-09T00:00:00Z"}]
    (tmp_path / "later.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    shared = {"settings": Settings(), "history": tmp_path / "history"}
    assert pipeline.scan([str(tmp_path / "later.jsonl")], tmp_path / "a", **shared).summary["notices"] == []
    (notice,) = pipeline.scan([log], tmp_path / "b", **shared).summary["notices"]
    assert "ends before that of the last look" in notice
    (tmp_path / "none.jsonl").write_text("\n")
    with pytest.raises(InputError, match="the history stays as it was"):
        pipeline.scan([str(tmp_path / "none.jsonl")], tmp_path / "c", **shared)
    assert sorted(p.name for p in (tmp_path / "history").iterdir()) == ["look-000001", "look-000002"]


def test_a_state_is_told_before_the_log_is_read(log, tmp_path):
    stages = []
    with pytest.raises(InputError, match="a state is a folder"):
        pipeline.scan([log], tmp_path / "a", settings=Settings(), state=Path(log), progress=stages.append)
    assert stages == []


def test_reading_counts_what_is_read_and_not_what_was(log, tmp_path):
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps(LINE | {"exchange_id": "more"}) + "\n")
    pipeline.scan([log], tmp_path / "a", settings=Settings(), state=tmp_path / "state")
    told = []
    pipeline.scan([log, str(more)], tmp_path / "b", settings=Settings(), state=tmp_path / "state", progress=told.append)
    took = json.loads((tmp_path / "b" / "run.json").read_text())
    assert (took["stages"][0]["rows"], took["stages"][0]["bytes"]) == (1, more.stat().st_size)
    assert took["state"] == {"read": 1, "knew": 1, "held": 2}
    assert [stage["rows"] for stage in took["stages"][1:]] == [6, 1, 0]
    assert all(pace.share is None or 0 <= pace.share <= 1 for pace in told)


PLAN = [lab.CampaignSpec(name="planted", accounts=5, per_day=8)]


def test_injection_keeps_the_log_and_its_names_and_leaves_no_text_behind(log, tmp_path):
    work, out = tmp_path / "work", tmp_path / "world"
    work.mkdir()
    with Path(log).open("a") as file:
        file.write("not json\n" + json.dumps(LINE | {"exchange_id": "y", "at": "2026-03-03T18:00:00Z"}) + "\n")
    hashed = load(environment={}, ingest__identifier_key="secret")
    done = pipeline.inject([log], out, PLAN, settings=hashed, work=work)
    assert (done.n_own, done.n_accounts, done.days) == (1, 6, 2)
    rows = pq.read_table(out / "exchanges").to_pylist()
    assert sum(row["account_id"] == "a" and row["prompt"] == "one two three" for row in rows) == 6
    assert len(rows) == done.n_exchanges > 20
    assert len(pq.read_table(out / "rejects.parquet")) == 1
    assert list(work.iterdir()) == []
    scanned = pipeline.scan([str(out / "exchanges")], tmp_path / "scan", settings=Settings())
    assert scanned.summary["n_exchanges"] == done.n_exchanges
    assert scanned.summary["n_rejects"] == 0
    assert lab.measure(tmp_path / "scan", out).campaigns[0].name == "planted"


def test_injection_touches_no_world_that_is_there(log, tmp_path):
    (tmp_path / "world.json").write_text("{}")
    with pytest.raises(InputError, match="already holds"):
        pipeline.inject([log], tmp_path, PLAN, settings=Settings())
    assert not (tmp_path / "rejects.parquet").exists()


def test_injection_reads_no_log_for_a_plan_that_cannot_be(tmp_path):
    with pytest.raises(SettingsError, match="no campaign family 'moon'"):
        pipeline.inject(["missing"], tmp_path / "w", [lab.CampaignSpec(family="moon")], settings=Settings())
    assert not (tmp_path / "w").exists()


def test_injection_into_a_log_without_exchanges_is_an_error(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text("\n")
    with pytest.raises(InputError, match="the log: it holds no exchange that could be read"):
        pipeline.inject([str(path)], tmp_path / "w", PLAN, settings=Settings())
    assert not (tmp_path / "w" / "world.json").exists()


def test_adapt_names_a_work_folder_that_cannot_be_made(tmp_path):
    with pytest.raises(
        EngineError, match=r"missing: cannot make a work folder\. --work names a folder that is there\."
    ):
        pipeline.adapt(lab.WorldSpec(days=2, accounts=30), settings=Settings(), work=tmp_path / "missing")


def test_adapt_scans_each_round_by_the_worlds_own_names(monkeypatch, tmp_path):
    spec = lab.WorldSpec(days=2, accounts=30, campaigns=(lab.CampaignSpec(accounts=6, per_day=5),))
    real, asked = pipeline.scan, []

    def scan(logs, out, **options):
        asked.append(options["settings"].ingest.identifier_key.get_secret_value())
        return real(logs, out, **options)

    monkeypatch.setattr(pipeline, "scan", scan)
    hashed = load(environment={}, ingest__identifier_key="secret")
    done = pipeline.adapt(spec, settings=hashed, rounds=2, work=tmp_path)
    assert asked == ["", ""]
    assert [r.flagged for r in done.rounds] == [False, False]
    assert list(tmp_path.iterdir()) == []


def test_an_engine_that_cannot_start_leaves_no_work_behind(log, tmp_path, monkeypatch):
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setitem(sys.modules, "py4j", None)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.delitem(sys.modules, "stillwatch.engine.spark", raising=False)
    with pytest.raises(SettingsError, match="not installed"):
        pipeline.scan([log], tmp_path / "out", settings=load(environment={}, engine__kind="spark"), work=work)
    assert list(work.iterdir()) == []
