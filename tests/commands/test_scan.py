"""``stillwatch scan``, ``sketch`` and ``report`` as a user types them."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.cases.access.read_only import glimpse
from stillwatch.cases.queries import precision
from stillwatch.commands.scan import print_scan
from stillwatch.errors import InputError, SettingsError
from stillwatch.runs import ScanResult
from stillwatch.settings import load
from stillwatch.tables import CAMPAIGNS, EXCHANGES, JUDGED, scan_folder

LINE = {"at": "2026-03-02T08:15:30Z", "account_id": "a", "model": "m", "status": "ok", "prompt": "one two three"}


def test_scan_leaves_its_tables_and_prints_json_alone(run, log, tmp_path):
    out = tmp_path / "out"
    result = run("scan", log, "--out", out, "--json")
    assert result.exit_code == 0
    printed = json.loads(result.stdout)
    assert printed["summary"]["n_exchanges"] == 30
    assert printed["summary"]["n_rejects"] == 1
    assert printed["campaigns"] == []
    assert pq.read_schema(out / "campaigns.parquet").names == list(CAMPAIGNS.names)
    assert {p.name for p in out.iterdir()} >= {"members.parquet", "rejects.parquet", "summary.json", "report.html"}


def test_fail_on_turns_a_finding_into_exit_code_1(run, world, tmp_path):
    arguments = "scan", world / "exchanges", "--accounts", world / "accounts.parquet"
    assert run(*arguments, "--out", tmp_path / "a", "--fail-on", "review").exit_code == 1
    measured = json.loads(run("lab", "measure", tmp_path / "a", world, "--json").stdout)
    assert measured["campaigns"][0]["found"] is True


@pytest.mark.slow
def test_whom_people_found_innocent_is_in_no_campaign_of_the_next_scan(run, world, tmp_path):
    arguments = "scan", world / "exchanges", "--accounts", world / "accounts.parquet"
    run(*arguments, "--out", tmp_path / "a")
    members = pq.read_table(tmp_path / "a" / "members.parquet").to_pylist()
    spared = [m["account_id"] for m in members[:3]]
    decided = datetime(2030, 1, 1, tzinfo=UTC)
    rows = [
        {"account_id": a, "case_id": 1, "verdict": "innocent", "overturned": True, "decided_at": decided}
        for a in spared
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=JUDGED.schema), tmp_path / "judged.parquet")
    again = run(*arguments, "--out", tmp_path / "b", "--judged", tmp_path / "judged.parquet")
    assert "3 accounts were left out of every group because people found them innocent." in again.stdout
    left = pq.read_table(tmp_path / "b" / "members.parquet").column("account_id").to_pylist()
    assert left
    assert not set(left) & set(spared)
    missing = run(*arguments, "--out", tmp_path / "c", "--judged", tmp_path / "none.parquet")
    assert isinstance(missing.exception, InputError)


def test_errors_are_one_sentence_and_an_exit_code(typed, tmp_path):
    missing = typed("scan", tmp_path / "no-such-log", "--out", tmp_path / "out")
    assert missing.returncode == 3
    assert "no such file" in missing.stderr
    assert "Traceback" not in missing.stderr
    assert missing.stdout == ""
    settings = tmp_path / "settings.toml"
    settings.write_text("[links]\nmaxbits = 3\n")
    wrong = typed("settings", "show", "--settings", settings)
    assert wrong.returncode == 2
    assert "links.max_bits" in wrong.stderr
    assert typed("scan").returncode == 2
    assert typed("report", tmp_path).returncode == 3


def test_odd_moments_histories_and_seeds_are_told_apart(run, typed, log, tmp_path):
    never = typed("scan", log, "--out", tmp_path / "out", "--until", "never")
    assert never.returncode == 2
    assert "--until" in never.stderr
    early = run("scan", log, "--out", tmp_path / "out", "--until", "1999-01-01")
    assert isinstance(early.exception, InputError)
    file = run("scan", log, "--out", tmp_path / "out", "--history", log)
    assert isinstance(file.exception, InputError)
    huge = run("lab", "build", "--out", tmp_path / "w", "--seed", 2**63)
    assert huge.exit_code == 2
    assert "--seed" in huge.stderr


def test_days_add_up_on_the_command_line(run, log, tmp_path):
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps(LINE | {"exchange_id": "y1", "at": "2026-03-03T08:15:30Z"}) + "\n")
    both = run("scan", log, more, "--out", tmp_path / "both", "--json")
    run("scan", more, "--out", tmp_path / "a", "--state", tmp_path / "state")
    added = run("scan", log, "--out", tmp_path / "b", "--state", tmp_path / "state", "--json")
    again = run("scan", "--out", tmp_path / "c", "--state", tmp_path / "state", "--json")
    assert (both.exit_code, added.exit_code, again.exit_code) == (0, 0, 0)
    printed = [json.loads(result.stdout)["summary"] for result in (both, added, again)]
    assert printed[0]["n_exchanges"] == 31
    assert printed == [printed[0]] * 3


@pytest.mark.slow
def test_a_state_that_cannot_be_used_is_one_sentence(run, typed, log, tmp_path):
    neither = run("scan", "--out", tmp_path / "out")
    assert neither.exit_code == 2
    assert "LOGS" in neither.stderr
    a_file = typed("scan", log, "--out", tmp_path / "out", "--state", log)
    assert (a_file.returncode, a_file.stdout) == (3, "")
    assert a_file.stderr.strip().splitlines()[-1].endswith("a state is a folder, and this is a file. Check --state.")
    assert run("scan", log, "--out", tmp_path / "out", "--state", tmp_path / "state").exit_code == 0
    keyed = typed(
        "scan", log, "--out", tmp_path / "out", "--state", tmp_path / "state",
        env=os.environ | {"STILLWATCH_FEATURES__SKETCH_KEY": "a-secret-key-of-ours"},
    )  # fmt: skip
    assert keyed.returncode == 2
    assert "another features.sketch_key" in keyed.stderr
    assert "a-secret-key-of-ours" not in keyed.stderr
    empty = run("scan", "--out", tmp_path / "out", "--state", tmp_path / "none-yet").exception
    assert isinstance(empty, InputError)
    assert "holds no log yet" in str(empty)


def test_a_scan_that_is_terminated_takes_its_texts_with_it(log, tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    command = [sys.executable, "-m", "stillwatch.cli", "scan", "-", "--out", str(tmp_path / "out"), "--work", str(work)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*command, "--json"], text=True, **pipes) as scan:  # it waits for the end of its input
        deadline = time.monotonic() + 60
        while not list(work.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert list(work.iterdir())
        scan.terminate()
        _, told = scan.communicate(timeout=60)
    assert scan.returncode == 143
    assert list(work.iterdir()) == []
    assert "Traceback" not in told


def test_an_out_folder_in_the_way_is_an_error_of_infrastructure(typed, log, tmp_path):
    (tmp_path / "file").write_text("in the way")
    blocked = typed("scan", log, "--out", tmp_path / "file" / "out")
    assert blocked.returncode == 4
    assert "Traceback" not in blocked.stderr


def test_a_log_can_come_by_standard_input(typed, log, tmp_path):
    result = typed("scan", "-", "--out", tmp_path / "out", "--json", input=log.read_text())
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["summary"]["n_exchanges"] == 30


def test_sketch_keeps_no_text(run, log, tmp_path):
    out = tmp_path / "sketches.parquet"
    counts = json.loads(run("sketch", log, "--out", out, "--json").stdout)
    assert counts == {"n_exchanges": 30, "n_rejects": 1}
    table = pq.read_table(out)
    assert table.schema.names == list(EXCHANGES.names)
    assert table.column("prompt").null_count == 30
    assert table.column("sketch").null_count == 0


def test_an_engine_whose_packages_are_missing_is_one_sentence_and_two(run, log, tmp_path, monkeypatch):
    for name in ("pyspark", "py4j"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "stillwatch.engine.spark", raising=False)
    done = run("scan", log, "--out", tmp_path / "out", "--engine", "spark")
    assert isinstance(done.exception, SettingsError)
    assert "pip install 'stillwatch[spark]'" in done.exception.sentence()
    assert done.exception.exit_code == 2


def test_an_engine_that_there_is_not_is_a_usage_error(run, log, tmp_path):
    done = run("scan", log, "--out", tmp_path / "out", "--engine", "ray")
    assert done.exit_code == 2


def test_a_report_shows_how_people_judged_where_cases_exist(run, scan, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("report", scan).exit_code == 0
    assert "As people judged it" not in (scan / "report.html").read_text()
    assert not list(tmp_path.glob("stillwatch.db*"))
    assert run("case", "open", scan, "--by", "ann").exit_code == 0
    seen = json.loads(run("case", "show", 1, "--json").stdout)["seen"]
    judged = run("case", "judge", 1, "confirmed", "--why", "One list.", "--by", "ann", "--seen", seen)
    assert judged.exit_code == 0
    assert run("report", scan).exit_code == 0
    page = (scan / "report.html").read_text()
    assert "As people judged it" in page
    assert "How many campaigns were missed" in page
    with glimpse(load(environment={}).cases) as look:
        assert precision.precision(look)[0].n_confirmed == 1


def test_findings_are_listed_by_rank_with_their_answers(scan, capsys):
    read = scan_folder.read(scan)
    summary = read.summary | {"notices": []}
    done = ScanResult(scan, read.campaigns.take([2, 0, 1]), summary)
    print_scan(done, scan / "report.html", as_json=True)
    rows = json.loads(capsys.readouterr().out)["campaigns"]
    assert [(row["rank"], row["severity"], row["accountability"], row["p_group"]) for row in rows] == [
        (1, "urgent", "concealed", 0.94), (2, "review", "unknown", 0.77), (3, "watch", "operator", 0.55),
    ]  # fmt: skip
    print_scan(done, scan / "report.html", as_json=False)
    shown = capsys.readouterr().out
    assert shown.index("cmp-7f3a91") < shown.index("cmp-20c4d8") < shown.index("cmp-b1190e")
    for part in ("one list", "accountability", "94.0%", "concealed", "one operator"):
        assert part in shown


@pytest.mark.slow
def test_a_log_that_was_hardly_read_is_no_silence(typed, run, tmp_path):
    path, out = tmp_path / "log.jsonl", tmp_path / "out"
    path.write_text("".join(json.dumps(LINE | {"exchange_id": f"x{i}", "at": 1}) + "\n" for i in range(4)))
    result = typed("scan", path, "--out", out, "--json")
    assert result.returncode == 3
    assert json.loads(result.stdout)["summary"]["n_rejects"] == 4
    assert f"{path}: none of the 4 rows became an exchange" in result.stderr
    assert "row 1 of" in result.stderr
    assert {"campaigns.parquet", "rejects.parquet", "summary.json", "report.html"} <= {p.name for p in out.iterdir()}
    assert "none of the 4 rows became an exchange" in (out / "report.html").read_text()
    people = typed("scan", path, "--out", out)
    assert people.stderr.count("none of the 4 rows") == 1
    with path.open("a") as more:
        more.write("".join(json.dumps(LINE | {"exchange_id": f"y{i}"}) + "\n" for i in range(3)))
    assert isinstance(run("scan", path, "--out", out).exception, InputError)
    assert run("scan", path, "--out", out, "--max-rejects", "0.6").exit_code == 0


def test_a_day_of_nothing_is_no_silence_beside_a_state_of_good_days(run, log, tmp_path):
    bad, shared = tmp_path / "bad.jsonl", ("--state", tmp_path / "state", "--history", tmp_path / "history")
    bad.write_text('{"at": 1}\n' * 3)
    assert run("scan", log, "--out", tmp_path / "a", *shared).exit_code == 0
    looks = sorted((tmp_path / "history").iterdir())
    failed = run("scan", bad, "--out", tmp_path / "b", *shared, "--format", "canonical_jsonl")
    assert "none of the 3 rows" in str(failed.exception)
    assert sorted((tmp_path / "history").iterdir()) == looks
    again = run("scan", bad, "--out", tmp_path / "c", *shared, "--format", "canonical_jsonl")
    assert again.exit_code == 0
    assert "1 source of 2 gave few or no exchanges" in again.stderr


@pytest.mark.slow
def test_a_folder_with_another_file_is_scanned_and_one_without_a_log_is_not(typed, log, tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "README.md").write_text("# Logs\n")
    (folder / "a.jsonl").write_text(log.read_text())
    done = typed("scan", folder, "--out", tmp_path / "out")
    assert done.returncode == 0
    assert "1 file of a folder left out, because no log format fits" in done.stderr
    (folder / "a.jsonl").write_text("")
    (folder / "README.md").unlink()
    empty = typed("scan", folder, "--out", tmp_path / "out")
    assert empty.returncode == 3
    assert "the log is empty" in empty.stderr


def test_a_sketch_of_a_log_that_was_hardly_read_is_no_silence(typed, tmp_path):
    path, out = tmp_path / "log.jsonl", tmp_path / "sketches.parquet"
    path.write_text(json.dumps(LINE | {"exchange_id": "x", "at": 1}) + "\n")
    result = typed("sketch", path, "--out", out, "--json")
    assert result.returncode == 3
    assert json.loads(result.stdout) == {"n_exchanges": 0, "n_rejects": 1}
    assert "none of the 1 rows became an exchange" in result.stderr
    assert pq.read_table(out).num_rows == 0
