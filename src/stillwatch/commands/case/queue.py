"""``stillwatch case list`` and ``case show``."""

from enum import StrEnum
from typing import Annotated

import typer

from stillwatch.cases.queries import queue, serialise
from stillwatch.commands.case.desk import Case, open_desk
from stillwatch.commands.options import Json, SettingsFile
from stillwatch.commands.terminal import echo, show, table
from stillwatch.model import Severity
from stillwatch.report.terminal.terminal_text import evidence_lines

__all__ = ["app"]

app = typer.Typer(add_completion=False)


class ListedState(StrEnum):
    """Which cases are listed."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


@app.command("list")
def case_list(
    state: Annotated[ListedState, typer.Option("--state", help="Open ones, closed ones or all.")] = ListedState.OPEN,
    severity: Annotated[Severity | None, typer.Option("--severity", help="Of this severity alone.")] = None,
    word: Annotated[str, typer.Option("--word", help="Part of a title or campaign, an account, a label.")] = "",
    count: Annotated[int, typer.Option("--count", min=1, help="The most cases to list.")] = 50,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """List the cases, the highest severity first, then by rank in the last scan."""
    wanted = queue.QueueFilter(
        state=None if state is ListedState.ALL else str(state), severity=severity, word=word, count=count
    )
    with open_desk(settings) as desk, desk.look() as look:
        page = queue.queue(look, wanted)
    if as_json:
        echo(serialise.as_json({"total": page.total, "cases": page.rows}))
        return
    rows = [
        (
            str(c.case_id),
            str(c.severity),
            "-" if c.rank is None else f"{c.rank:,}",
            str(c.standing),
            f"{c.n_accounts:,}",
            f"{c.n_judged:,}",
            c.title,
        )
        for c in page.rows
    ]
    show(table(("case", "severity", "rank", "stands at", "accounts", "judged", "title"), rows))
    echo(f"{len(rows)} of {page.total} cases.")


@app.command("show")
def case_show(case: Case, settings: SettingsFile = None, as_json: Json = False) -> None:
    """Show one case: its three answers, its evidence, its standing and its planned actions."""
    with open_desk(settings) as desk, desk.look() as look:
        told = serialise.case(look, case)
        text = serialise.as_json(told) if as_json else serialise.as_text(told, evidence_lines(told["campaign"]))
    echo(text)
