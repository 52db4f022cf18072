"""The command line as a whole."""

import io

import typer
from typer.testing import CliRunner

from stillwatch import __version__
from stillwatch.cli import app, run


def test_version_and_help():
    assert CliRunner().invoke(app, ["--version"]).stdout.strip() == __version__
    listed = CliRunner().invoke(app, ["--help"]).stdout
    assert all(command in listed for command in ("scan", "demo", "sketch", "report", "lab", "settings", "doctor"))


def test_a_question_that_nobody_answers_is_an_interruption(monkeypatch, capsys):
    def ask(*_, **__):
        typer.confirm("Go on?")

    monkeypatch.setattr("stillwatch.cli.app", ask)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert run(["case", "list"]) == 130
    assert capsys.readouterr().err.endswith("stillwatch: interrupted.\n")
