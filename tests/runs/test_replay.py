"""One log, scanned as it stood at several moments."""

import json
from datetime import datetime

from stillwatch import runs
from stillwatch.settings import Settings


def test_each_moment_has_a_folder_and_counts_what_came_before_it(tmp_path):
    line = {"account_id": "a", "model": "m", "status": "ok", "prompt": "one two three"}
    path = tmp_path / "log.jsonl"
    days = [f"2026-03-0{day}T08:00:00Z" for day in range(1, 5)]
    path.write_text("".join(json.dumps(line | {"exchange_id": at, "at": at}) + "\n" for at in days))
    moments = [datetime(2026, 3, 3), datetime(2026, 3, 5)]  # noqa: DTZ001 - without a zone it is UTC
    done = list(runs.replay([str(path)], tmp_path / "out", settings=Settings(), until=moments))
    assert [scan.folder.name for scan in done] == ["as-of-1", "as-of-2"]
    assert [scan.summary["n_exchanges"] for scan in done] == [2, 4]
    assert [scan.summary["n_later"] for scan in done] == [2, 0]


def test_a_caller_may_stop_early(log, tmp_path):
    scans = runs.replay([log], tmp_path / "out", settings=Settings(), until=[datetime(2026, 4, 1)] * 2)  # noqa: DTZ001
    next(scans)
    scans.close()
    assert not (tmp_path / "out" / "as-of-2").exists()
