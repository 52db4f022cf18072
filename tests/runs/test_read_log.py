"""A log as a run reads it."""

import json
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from stillwatch import runs
from stillwatch.errors import InputError
from stillwatch.ingest.sources import locations
from stillwatch.settings import Settings

LINE = {"at": "2026-03-02T08:15:30Z", "account_id": "a", "model": "m", "status": "ok", "prompt": "one two three"}


def test_a_duplicate_is_a_reject_and_rows_in_stay_rows_in(log, tmp_path):
    again = tmp_path / "again.jsonl"
    again.write_text(Path(log).read_text())
    done = runs.scan([log, str(again)], tmp_path / "out", settings=Settings())
    assert (done.summary["n_exchanges"], done.summary["n_rejects"]) == (5, 5)
    assert len(pq.read_table(tmp_path / "out" / "rejects.parquet")) == 5


def test_a_moment_before_the_log_is_an_error_that_says_so(log, tmp_path):
    with pytest.raises(InputError, match=r"until 2026-03-02T08:15:30\+00:00: the log begins later; all 5 exchanges"):
        runs.scan([log], tmp_path / "a", settings=Settings(), until=datetime(2026, 3, 2, 8, 15, 30))  # noqa: DTZ001
    assert not (tmp_path / "a" / "summary.json").exists()


def test_reading_counts_what_is_read_and_not_what_was(log, tmp_path):
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps(LINE | {"exchange_id": "more"}) + "\n")
    runs.scan([log], tmp_path / "a", settings=Settings(), state=tmp_path / "state")
    told = []
    runs.scan([log, str(more)], tmp_path / "b", settings=Settings(), state=tmp_path / "state", progress=told.append)
    took = json.loads((tmp_path / "b" / "run.json").read_text())
    assert (took["stages"][0]["rows"], took["stages"][0]["bytes"]) == (1, more.stat().st_size)
    assert took["state"] == {"read": 1, "knew": 1, "held": 2}
    assert [stage["rows"] for stage in took["stages"][1:]] == [6, 1, 0]
    assert all(pace.share is None or 0 <= pace.share <= 1 for pace in told)


@pytest.mark.parametrize("with_state", [False, True], ids=["plain", "state"])
def test_paths_are_expanded_once(log, tmp_path, monkeypatch, with_state):
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "a.jsonl").write_text(Path(log).read_text())
    expanded = []
    real = locations._sources_named

    def counted(name, *more):
        expanded.append(name)
        return real(name, *more)

    monkeypatch.setattr(locations, "_sources_named", counted)
    named = [str(folder), str(folder / "*.jsonl")]
    state = tmp_path / "state" if with_state else None
    done = runs.scan(named, tmp_path / "out", settings=Settings(), state=state)
    assert expanded == named
    assert done.summary["n_exchanges"] == 5


def test_accounts_outside_the_log_change_no_result(log, tmp_path):
    held = "".join(f"b{n},card-{n},2026-01-01\n" for n in range(20))
    for name, more in (("alone", ""), ("more", held)):
        accounts = tmp_path / f"{name}.csv"
        accounts.write_text(f"account_id,payment_fingerprint,created_at\na,card-7,NULL\n{more}")
        runs.scan([log], tmp_path / name, settings=Settings(), accounts=str(accounts))
    summaries = [json.loads((tmp_path / name / "summary.json").read_text()) for name in ("alone", "more")]
    assert summaries[0] == summaries[1]


def test_an_accounts_file_of_other_accounts_is_told(log, tmp_path):
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("account_id,payment_fingerprint\nsomebody,card-7\n")
    done = runs.scan([log], tmp_path / "out", settings=Settings(), accounts=str(accounts))
    assert any("none of its 1 rows is of an account in the log" in notice for notice in done.summary["notices"])
