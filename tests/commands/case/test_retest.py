"""Commands of ``stillwatch.commands.case.retest`` as a user types them."""

from typer.testing import CliRunner

from stillwatch.cli import app


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
