"""Groups that load their commands when one of them runs."""

import typer
from typer.main import get_command
from typer.testing import CliRunner

from stillwatch.commands.entry.lazy import Entry, lazy_group

loads = []


def _several() -> typer.Typer:
    loads.append("several")
    app = typer.Typer(add_completion=False)
    app.command("boil")(lambda litres: typer.echo(f"{litres} litres"))
    app.command("pour")(lambda: typer.echo("poured"))
    return app


GROUP = typer.Typer(
    cls=lazy_group([Entry("boil", "Heat it.", _several), Entry("pour", "Fill the cups.", _several)]),
    callback=lambda: None,
    no_args_is_help=True,
    add_completion=False,
)


def test_help_of_a_group_loads_nothing():
    loads.clear()
    told = CliRunner().invoke(GROUP, ["--help"]).stdout
    assert "Heat it." in told
    assert "Fill the cups." in told
    assert loads == []


def test_a_command_is_loaded_when_it_runs_and_parses_its_own_arguments():
    loads.clear()
    assert CliRunner().invoke(GROUP, ["boil", "2"]).stdout == "2 litres\n"
    assert CliRunner().invoke(GROUP, ["pour"]).stdout == "poured\n"
    assert loads == ["several", "several"]
    assert CliRunner().invoke(GROUP, ["boil"]).exit_code == 2


def test_an_unknown_command_names_the_nearest():
    done = CliRunner().invoke(GROUP, ["bol"])
    assert done.exit_code == 2
    assert "boil" in done.stderr


def test_the_real_command_can_be_asked_for():
    assert [p.name for p in get_command(GROUP).commands["boil"].loaded().params] == ["litres"]
