"""``stillwatch inspect``."""

import json
from typing import Annotated

import typer

from stillwatch import runs
from stillwatch.commands.log_format import logs_and_format
from stillwatch.commands.options import Accounts, Format, Json, Logs, Mapped, MaxRejects, SettingsFile, Work
from stillwatch.commands.terminal import progress, show, table, warn
from stillwatch.report.terminal import understood
from stillwatch.settings import load

__all__ = ["app"]

app = typer.Typer(add_completion=False)

_WARNING = "This output shows text of prompts and answers, and identifiers. Handle it as you handle the log."
_WIDTH = 80


@app.command()
def inspect(
    logs: Logs,
    accounts: Accounts = None,
    log_format: Format = None,
    mapped: Mapped = None,
    rows: Annotated[int, typer.Option("--rows", min=0, help="Rows to show; 0 shows all of them.")] = 5,
    settings: SettingsFile = None,
    work: Work = None,
    max_rejects: MaxRejects = None,
    as_json: Json = False,
) -> None:
    """Show how a log is understood: formats, first rows, reasons of rejects. It shows prompt text.

    It reads as `scan` does, and keeps nothing. No other command shows text of prompts and answers.
    """
    loaded = load(settings, ingest__max_rejects=max_rejects)
    sources, chosen = logs_and_format(logs, log_format, mapped)
    typer.echo(_WARNING, err=as_json)
    with progress(as_json) as told:
        found = runs.inspect(
            sources, settings=loaded, accounts=accounts, format=chosen, rows=rows, work=work, progress=told
        )
    if as_json:
        typer.echo(json.dumps(found.as_json()))
    else:
        _print(found, trusted=bool(loaded.ingest.trusted_hops), with_accounts=accounts is not None)
    if found.shortfall is not None:
        raise found.shortfall


def _print(found: runs.Inspection, *, trusted: bool, with_accounts: bool) -> None:
    grids = [
        understood.sources_grid(found.as_json()["sources"]),
        *understood.exchange_grids(found.exchanges, found.places, trusted=trusted),
    ]
    if found.reasons:
        grids.append(understood.reasons_grid(found.reasons, found.rejects))
    if with_accounts:
        grids += understood.facts_grids(found.facts, found.attributes)
    for grid in grids:
        show(table(grid.headings, grid.rows, title=grid.title), width=_WIDTH)
    warn(found.notices)
    n_shown = f"{len(found.exchanges):,} of " if len(found.exchanges) < found.n_exchanges else ""
    typer.echo(f"{n_shown}{found.n_exchanges:,} exchanges shown; {found.n_rejects:,} rejects.")
