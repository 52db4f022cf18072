import json
import sqlite3

import pytest
from typer.testing import CliRunner

from stillwatch.cli import app


def run(*arguments):
    return CliRunner().invoke(app, ["case", *map(str, arguments)])


@pytest.fixture
def exported(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for number in range(3):
        run("open", "--title", f"Tip {number}", "--account", "a", "--why", "x", "--by", "ann")
    said = json.loads(run("audit", "export", "log.jsonl", "--json").stdout)
    assert said["entries"] == 3
    return tmp_path / "log.jsonl", said["public_key"]


def test_a_log_is_checked_without_its_database(exported):
    file, key = exported
    told = run("audit", "verify", file, "--public-key", key).stdout
    assert told.startswith(f"The log is as it was written.\nsigned with {key}\nends at 3:")
    assert run("audit", "verify", file, "--public-key", "0" * 64).exit_code == 1


def test_a_changed_log_exits_with_1_and_names_the_place(exported):
    file, key = exported
    file.write_text(file.read_text().replace("Tip 1", "Tip 9").replace('"ann"', '"ben"', 1))
    done = run("audit", "verify", file, "--public-key", key, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["place"] == 2


def test_a_file_is_trusted_by_the_key_that_somebody_noted_and_no_other(exported):
    file, key = exported
    done = run("audit", "verify", file)
    assert done.exit_code == 2
    assert done.stdout.startswith(f"signed with {key}\nends at 3:")
    assert "say which key to trust" in " ".join(done.stderr.replace("│", " ").split())
    told = json.loads(run("audit", "verify", file, "--json").stdout)
    assert (told["ok"], told["public_key"], told["entries"]) == (None, key, 3)
    noted = json.loads(run("audit", "head", "--json").stdout)["known"]
    assert told["known"] == noted


def test_what_was_changed_in_the_tables_by_hand_is_named(exported, tmp_path):
    done = run("audit", "verify")
    assert done.exit_code == 0
    assert "The log is as it was written, and the tables agree with it.\nsigned with " in done.stdout
    (database,) = tmp_path.glob("*.db")
    with sqlite3.connect(database) as link:
        link.execute("UPDATE case_members SET account_id = 'b' WHERE case_id = 2")
    done = run("audit", "verify")
    assert done.exit_code == 1
    assert "the tables say something else:\n  case 2: its members differ from the log (entry 2)" in done.stdout
    told = json.loads(run("audit", "verify", "--json").stdout)
    assert (told["ok"], told["differences"][0]["where"]) == (False, "case 2")


def test_a_head_noted_earlier_is_looked_for(exported):
    noted = json.loads(run("audit", "head", "--json").stdout)["known"]
    run("open", "--title", "Tip", "--account", "a", "--why", "x", "--by", "ann")
    assert run("audit", "verify", "--known", noted).exit_code == 0
    assert run("audit", "verify", "--known", noted[:-1] + ("0" if noted[-1] != "0" else "1")).exit_code == 1
    assert "not a head" in str(run("audit", "verify", "--known", "x").exception)


def test_what_is_no_log_is_one_sentence(tmp_path):
    (tmp_path / "x").write_text("hello\n")
    assert "not an exported audit log" in str(run("audit", "verify", tmp_path / "x").exception)
    assert "not a readable file" in str(run("audit", "verify", tmp_path / "none").exception)
