"""Commands of ``stillwatch.commands.case.desk`` as a user types them."""

import pytest
from typer.testing import CliRunner

from stillwatch.cli import app
from stillwatch.errors import InputError, PolicyError


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
