"""The command line as a whole."""

from typer.testing import CliRunner

from stillwatch import __version__
from stillwatch.cli import app


def test_version_and_help():
    assert CliRunner().invoke(app, ["--version"]).stdout.strip() == __version__
    listed = CliRunner().invoke(app, ["--help"]).stdout
    assert all(command in listed for command in ("scan", "demo", "sketch", "report", "lab", "settings", "doctor"))
