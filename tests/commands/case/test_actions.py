"""Commands of ``stillwatch.commands.case.actions`` as a user types them."""

import pytest
from typer.testing import CliRunner

from stillwatch.cases.decisions import actions
from stillwatch.cases.decisions.actions import scheduler
from stillwatch.cli import app
from stillwatch.errors import ChangedError, EngineError


def test_a_plan_and_its_approval_name_what_was_looked_at(case, scan):
    case("open", scan)
    some = [f"acct_20c4d8_{number:05d}" for number in range(12)]
    named = [part for account in some for part in ("--account", account)]
    case("judge", 2, "confirmed", "--why", "x")
    case("judge", 2, "confirmed", "--why", "x", *named)
    told = CliRunner().invoke(app, ["case", "act", "2", "suspend", "--why", "x", "--live", "--preview"]).output
    for part in ("Nothing is planned yet. LIVE: 12 accounts treated", "this account is suspended", "add --seen "):
        assert part in told
    shown = case("act", 2, "suspend", "--why", "x", "--live", "--preview", by=None)["seen"]
    assert case("show", 2, by=None)["actions"] == []
    planned = case("act", 2, "suspend", "--why", "x", "--live", "--seen", shown)
    proposed = case("show", 2, by=None)["actions"][0]["seen"]
    case("judge", 2, "innocent", "--why", "A customer.", *named[:2], by="ben")
    for seen, command in ((shown, ("act", 2, "suspend", "--live")), (proposed, ("approve", planned["action"]))):
        with pytest.raises(ChangedError, match="1 left since you looked"):
            case(*command, "--why", "x", "--seen", seen, by="lea")
    text = CliRunner().invoke(app, ["case", "show", "2"]).output
    assert "1: suspend, proposed (live), 12 treated; approve, refuse or cancel with --seen" in text
    seen = case("show", 2, by=None)["actions"][0]["seen"]
    assert case("approve", 1, "--why", "x", "--seen", seen, by="lea")["dry_run"] is False


def test_one_action_that_fails_is_told_of_and_the_rest_is_carried_out(case, scan, monkeypatch):
    case("open", scan)
    case("judge", 2, "confirmed", "--why", "x")
    case("judge", 2, "confirmed", "--why", "x", "--account", "acct_20c4d8_00000")
    for kind in ("throttle", "watermark"):
        planned = case("act", 2, kind, "--why", "x")
        chances = planned["in_such_a_group"]
        assert 0 < chances["least"] == chances["most"] <= 0.77
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
