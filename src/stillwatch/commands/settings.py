"""``stillwatch settings``."""

import json
from dataclasses import asdict

import typer

from stillwatch.commands.options import Json, SettingsFile
from stillwatch.commands.terminal import show, table
from stillwatch.settings import explain

__all__ = ["app"]

app = typer.Typer(help="Every setting, with its value and its origin.", no_args_is_help=True, add_completion=False)


@app.callback()
def _group() -> None:
    # With a callback Typer makes a group even of one command.
    pass


@app.command("show")
def settings_show(settings: SettingsFile = None, as_json: Json = False) -> None:
    """Print every setting with its value, unit, meaning and where the value came from."""
    values = explain(settings)
    if as_json:
        typer.echo(json.dumps([asdict(value) for value in values]))
        return
    rows = [(v.name, v.value, v.unit, v.origin, v.sentence) for v in values]
    show(table(("setting", "value", "unit", "from", "meaning"), rows))
