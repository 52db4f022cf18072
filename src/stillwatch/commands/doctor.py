"""``stillwatch doctor``."""

import json
from dataclasses import asdict

import typer

from stillwatch.commands.options import Json, Work
from stillwatch.commands.terminal import show, table
from stillwatch.runs.doctor import check

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def doctor(work: Work = None, as_json: Json = False) -> None:
    """Check that this machine can run a scan: interpreter, disk, kernels, extensions."""
    checks = check(work)
    if as_json:
        typer.echo(json.dumps([asdict(check) for check in checks]))
    else:
        show(table(("check", "state", "detail"), [(c.name, "ok" if c.ok else "FAILED", c.detail) for c in checks]))
    if not all(check.ok for check in checks):
        raise typer.Exit(4)
