"""``stillwatch case`` as a user types it, from a scan to an overturned appeal."""

import json

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from stillwatch.cases.decisions import actions, allowances, verdict
from stillwatch.cases.decisions.actions import scheduler
from stillwatch.cli import app
from stillwatch.commands import cases as commands
from stillwatch.errors import EngineError, InputError, PolicyError
from stillwatch.tables import JUDGED


@pytest.fixture
def case(tmp_path, monkeypatch):
    """Return a function that runs a command of `case` over a fresh database and returns what it printed as JSON."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, by="ann"):
        named = () if by is None else ("--by", by)
        done = CliRunner().invoke(app, ["case", *map(str, arguments), *named, "--json"])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return run


def listed(case, *arguments):
    return case("list", *arguments, by=None)["cases"]


def test_a_campaign_is_tested_again_without_some_members(case, scan):
    case("open", scan)
    found = case("without", 2, "--account", "acct_20c4d8_00000", "--below", 0.9, by=None)
    assert found["verdict"] == "stands"
    assert found["n_accounts"] + found["n_removed"] == 62
    assert found["n_removed"] > 1
    assert case("without", 2, "--standing", "open", by=None)["verdict"] == "falls"
    told = CliRunner().invoke(app, ["case", "without", "2", "--standing", "open"]).stdout
    assert "0 accounts without 62: the campaign falls." in told
    assert "min_accounts" in told


def test_from_a_scan_to_an_appeal_that_is_partly_overturned(case, scan, tmp_path):
    assert case("open", scan)["opened"] == [1, 2]
    assert [c["case_id"] for c in listed(case)] == [1, 2]
    some = [f"acct_20c4d8_{n:05d}" for n in range(12)]
    names = tmp_path / "names.txt"
    names.write_text("\n".join(some))
    case("judge", 2, "confirmed", "--why", "One list.")
    assert case("judge", 2, "confirmed", "--why", "Each.", "--accounts", names)["stands_at"] == "confirmed"
    rehearsed = case("act", 2, "suspend", "--why", "Rehearse.")
    assert (rehearsed["state"], rehearsed["n_treated"]) == ("proposed", 12)
    case("approve", rehearsed["action"], "--why", "Yes.", by="lea")
    assert case("run", by=None)["carried_out"] == {"1": "rehearsed"}
    assert case("in-force", by=None) == []
    planned = case("act", 2, "throttle", "--why", "In earnest.", "--live", "--accounts", names)
    case("approve", planned["action"], "--why", "Yes.", by="lea")
    case("run", by=None)
    assert [x["account_id"] for x in case("in-force", by=None)] == some
    statement = tmp_path / "statement.txt"
    statement.write_text("We are a class.")
    appeal = case(
        "appeal", planned["action"], "--statement", statement, "--account", some[0], "--account", some[1], by="ben"
    )["appeal"]
    case("answer", appeal, "--overturn", some[0], "--uphold", some[1], "--why", "A pupil; not a pupil.", by="leo")
    assert [x["account_id"] for x in case("in-force", by=None)] == some[1:]
    assert case("undo", planned["action"], "--why", "Done.")["n_undone"] == 11
    given = case("labels", "--out", tmp_path / "labels.parquet", by=None)
    assert given["n_accounts"] == 12
    table = pq.read_table(tmp_path / "labels.parquet")
    assert table.schema.names == list(JUDGED.names)
    assert [r["account_id"] for r in table.to_pylist() if r["overturned"]] == some[:1]
    assert case("audit", "verify", by=None)["ok"] is True


def test_a_case_is_shown_with_its_innocent_readings(case, scan):
    case("open", scan, "--name", "March")
    shown = case("show", 1, by=None)
    assert shown["campaign"]["innocent_readings"]
    text = CliRunner().invoke(app, ["case", "show", "1"]).stdout
    assert "Innocent explanations:" in text
    assert "urgent, open" in text
    assert "cmp-7f3a91" in CliRunner().invoke(app, ["case", "list"]).stdout


def test_a_scan_taken_twice_changes_nothing(case, scan):
    case("open", scan)
    assert case("open", scan)["opened"] == []
    assert len(listed(case)) == 2


def test_a_case_by_hand_and_an_allowance(case):
    number = case("open", "--title", "A tip", "--account", "a", "--account", "b", "--why", "They say so.")["case"]
    assert case("show", number, by=None)["members"]["open"] == 2
    case("allow", "evaluation", "A lab", "--account", "a", "--why", "Agreed.", "--until", "2999-01-01")
    case("judge", number, "confirmed", "--why", "x")
    case("judge", number, "confirmed", "--why", "x", "--account", "a", "--account", "b")
    planned = case("act", number, "throttle", "--why", "x")
    assert (planned["n_treated"], planned["left_out"]) == (1, {"allowed": 1})


def test_what_is_refused_is_refused_here_too(case, scan, tmp_path):
    case("open", scan)
    with pytest.raises(PolicyError, match="no account may be acted on"):
        case("act", 1, "suspend", "--why", "x")
    with pytest.raises(InputError, match="no such case"):
        case("judge", 77, "unsure", "--why", "x")
    with pytest.raises(InputError, match="reason is empty"):
        case("judge", 1, "unsure", "--why", " ")
    with pytest.raises(InputError, match="not a readable text file"):
        case("judge", 1, "unsure", "--why", "x", "--accounts", tmp_path / "none")
    assert CliRunner().invoke(app, ["case", "open"]).exit_code == 2
    assert CliRunner().invoke(app, ["case", "judge", "1", "guilty", "--why", "x"]).exit_code == 2


def test_the_choices_are_those_of_the_room():
    for ours, theirs in (
        (commands._Verdict, verdict.Verdict),
        (commands._Action, actions.ActionKind),
        (commands._Use, allowances.AllowanceKind),
    ):
        assert [str(choice) for choice in ours] == [str(choice) for choice in theirs]


def test_one_action_that_fails_is_told_of_and_the_rest_is_carried_out(case, scan, monkeypatch):
    case("open", scan)
    case("judge", 2, "confirmed", "--why", "x")
    case("judge", 2, "confirmed", "--why", "x", "--account", "acct_20c4d8_00000")
    for kind in ("throttle", "watermark"):
        case("act", 2, kind, "--why", "x")
    carry_out = actions.carry_out

    def failing(work, number):
        if number == 1:
            raise EngineError("no room", where="disk")
        return carry_out(work, number)

    monkeypatch.setattr(scheduler, "carry_out", failing)
    done = CliRunner().invoke(app, ["case", "run"])
    assert done.exit_code == 4
    assert "Action 1 was not carried out: disk: no room." in done.stderr
    assert "Action 2 rehearsed." in done.stdout


def test_prompts_of_a_case_are_kept_where_a_setting_allows_it(case, scan, tmp_path, monkeypatch):
    case("open", scan)
    rows = [
        {"exchange_id": f"x{n}", "at": "2026-03-02T08:15:30Z", "account_id": f"acct_20c4d8_{n % 9:05d}", "model": "m",
         "status": "ok", "prompt": f"Write to jane@example.org about {n}"}
        for n in range(40)
    ]  # fmt: skip
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(PolicyError, match="do not allow exemplars"):
        case("exemplars", 2, log)
    monkeypatch.setenv("STILLWATCH_CASES__EXEMPLARS", "5")
    assert case("exemplars", 2, log)["n_exemplars"] == 5
    assert case("exemplars", 1, log)["n_exemplars"] == 0
