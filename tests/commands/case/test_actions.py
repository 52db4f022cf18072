"""Commands of ``stillwatch.commands.case.actions`` as a user types them."""

from typer.testing import CliRunner

from stillwatch.cases.decisions import actions
from stillwatch.cases.decisions.actions import scheduler
from stillwatch.cli import app
from stillwatch.errors import EngineError


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
