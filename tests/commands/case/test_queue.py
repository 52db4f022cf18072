"""Commands of ``stillwatch.commands.case.queue`` as a user types them."""

from typer.testing import CliRunner

from stillwatch.cli import app


def test_a_case_is_shown_with_its_innocent_readings(case, scan):
    case("open", scan, "--name", "March")
    shown = case("show", 1, by=None)
    assert shown["campaign"]["innocent_readings"]
    text = CliRunner().invoke(app, ["case", "show", "1"]).stdout
    assert "Innocent explanations:" in text
    assert "urgent, open" in text
    assert "cmp-7f3a91" in CliRunner().invoke(app, ["case", "list"]).stdout
