import json

import pytest

LINE = {"at": "2026-03-02T08:15:30Z", "account_id": "a", "model": "m", "status": "ok", "prompt": "one two three"}


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps(LINE | {"exchange_id": f"x{i}"}) + "\n" for i in range(5)))
    return str(path)
