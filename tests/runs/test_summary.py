"""What the summary of a scan holds."""

import json

from stillwatch import runs
from stillwatch.settings import Settings

LINE = {"at": "2026-03-02T08:15:30Z", "account_id": "a", "model": "m", "status": "ok", "prompt": "one two three"}


def test_the_notices_of_a_look_are_in_the_summary(log, tmp_path):
    rows = [LINE | {"exchange_id": "later", "at": "2026-03-09T00:00:00Z"}]
    (tmp_path / "later.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    shared = {"settings": Settings(), "history": tmp_path / "history"}
    assert runs.scan([str(tmp_path / "later.jsonl")], tmp_path / "a", **shared).summary["notices"] == []
    (notice,) = runs.scan([log], tmp_path / "b", **shared).summary["notices"]
    assert "ends before that of the last look" in notice
    (tmp_path / "none.jsonl").write_text("\n")
    done = runs.scan([str(tmp_path / "none.jsonl")], tmp_path / "c", **shared)
    assert "the log is empty" in str(done.shortfall)
    assert "The history stays as it was" in done.summary["notices"][-1]
    assert sorted(p.name for p in (tmp_path / "history").iterdir()) == ["look-000001", "look-000002"]
