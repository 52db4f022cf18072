"""Commands of ``stillwatch.commands.case.asking`` as a user types them."""

import json

import pytest
from typer.testing import CliRunner

from stillwatch.cli import app
from stillwatch.errors import ChangedError


def asked(case):
    return [line["account_id"] for line in case("ask-status", 2, by=None)["asked"]]


def test_from_a_scan_to_a_group_that_is_cleared_by_its_answers(case, scan, tmp_path):
    case("open", scan)
    shown = case("ask", 2, "--why", "Who receives it?")
    assert (shown["n_group"], shown["rule"]["most"], shown["needs_second"]) == (62, 8, False)
    started = case("ask", 2, "--why", "Who receives it?", "--live", "--seen", shown["seen"])
    assert (started["state"], started["n_drawn"]) == ("in_force", 8)
    listed = [line["account_id"] for line in case("in-force", by=None)]
    assert sorted(listed) == sorted(asked(case))
    statement = tmp_path / "statement.txt"
    statement.write_text("We are an agency.")
    first, *others = asked(case)
    assert case("outcome", 2, first, "objected", "--statement", statement, by="ben")["asked"][0]["appeal_id"] == 1
    case("answer", 1, "--overturn", first, "--why", "The agency confirmed it.", by="leo")
    for account in others[:2]:
        told = case("outcome", 2, account, "passed", "--why", "The client answered.")
    assert (told["standing"], round(told["bits"], 2)) == ("cleared", -6)
    assert case("show", 2, by=None)["stands_at"] == "open", "a judgement is proposed, not made"
    assert case("in-force", by=None) == []


def test_a_larger_sample_waits_for_a_second_person_and_starts_with_the_next_run(case, scan):
    case("open", scan)
    planned = case("ask", 2, "--why", "x", "--question", "purpose", "--most", 12, "--live")
    assert planned["state"] == "proposed"
    assert asked(case) == []
    case("approve", planned["action"], "--why", "Yes.", by="lea")
    assert case("run", by=None)["carried_out"] == {"1": "in_force"}
    assert len(asked(case)) == 4


def test_the_dry_run_says_what_would_be_asked_and_asks_nobody(case, scan):
    case("open", scan)
    done = CliRunner().invoke(app, ["case", "ask", "2", "--why", "x"])
    assert done.exit_code == 0, done.output
    for part in (
        "Nobody is drawn or asked yet", "62 accounts", "at most 8 accounts at random", "cleared at -4.32",
        "honest group: cleared 87.6%", "To be asked is no accusation", "--live --seen",
    ):  # fmt: skip
        assert part in done.output
    assert "acct_" not in done.output
    assert case("in-force", by=None) == []


def test_the_lines_for_a_terminal(case, scan):
    case("open", scan)
    done = CliRunner().invoke(app, ["case", "ask", "2", "--why", "x", "--live", "--by", "ann"])
    assert "8 of 62 accounts are drawn. See `stillwatch case ask-status 2`." in done.output
    account = asked(case)[0]
    done = CliRunner().invoke(app, ["case", "outcome", "2", account, "failed", "--why", "x", "--by", "ann"])
    assert f"1. {account}: failed, +2.00 bits, then +2.00" in done.output
    assert done.output == CliRunner().invoke(app, ["case", "ask-status", "2"]).output


def test_another_group_than_the_dry_run_showed_is_refused(case, scan):
    case("open", scan)
    shown = case("ask", 2, "--why", "x")["seen"]
    case("judge", 2, "innocent", "--why", "A customer.", "--account", "acct_20c4d8_00000")
    with pytest.raises(ChangedError, match="1 left since you looked"):
        case("ask", 2, "--why", "x", "--live", "--seen", shown)
    assert json.dumps(case("ask", 2, "--why", "x"))
