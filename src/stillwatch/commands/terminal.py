"""What commands say: results on stdout, as words or as JSON, and how far they are on stderr."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from stillwatch.model import Pace

__all__ = ["progress", "say", "show", "table"]


def say(found: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    """Print *found* as JSON, or the *sentence* that says the same."""
    typer.echo(json.dumps(found) if as_json else sentence)


@contextmanager
def progress(quiet: bool) -> Iterator[Any]:
    """Yield a function that shows the stage at work on stderr; silent where the result is JSON."""
    if quiet:
        yield lambda _: None
        return
    columns = (
        TextColumn("{task.description:<12}"), BarColumn(), TimeElapsedColumn(), TextColumn("{task.fields[pace]}"),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None, pace="")
        yield lambda pace: bar.update(
            task, description=pace.stage, completed=pace.share or 0, total=1 if pace.share else None, pace=_words(pace)
        )


def _words(pace: Pace) -> str:
    """Return how many rows there were, how fast they go and how long it will take, as far as that is known."""
    if not pace.rows:
        return ""
    words = [f"{pace.rows:,} rows", f"{pace.rate:,.0f} a second"]
    if pace.remaining is not None:
        minutes, seconds = divmod(round(pace.remaining), 60)
        words.append(f"{minutes}:{seconds:02} left")
    return ", ".join(words)


def table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Any:
    """Return a table for the terminal."""
    made = Table(*headings, header_style="bold")
    for row in rows:
        made.add_row(*row)
    return made


def show(what: Any) -> None:
    """Print a table or a text with its colours, where there are any."""
    # A pipe has no width of its own; tables of figures should not be cut to the narrowest terminal.
    Console(width=None if sys.stdout.isatty() else 120).print(what)
