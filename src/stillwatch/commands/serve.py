"""``stillwatch serve``."""

from typing import Annotated

import typer

from stillwatch import console
from stillwatch.commands.options import SettingsFile
from stillwatch.settings import load

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on; console.host.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port to listen on; console.port.")] = None,
    link_for: Annotated[
        str | None, typer.Option("--link-for", help="Print a one-time link by which this user sets a new password.")
    ] = None,
    settings: SettingsFile = None,
) -> None:
    """Serve the console, where people review cases and decide."""
    loaded = load(settings, console__host=host, console__port=port)
    console.serve(loaded, lambda said: typer.echo(said, err=True), link_for=link_for)
