"""``stillwatch doctor`` as a user types it."""

import json


def test_doctor_finds_this_machine_fit(run, tmp_path):
    result = run("doctor", "--work", tmp_path, "--json")
    assert result.exit_code == 0
    assert all(check["ok"] for check in json.loads(result.stdout))
    assert run("doctor", "--work", tmp_path / "nowhere").exit_code == 4
