"""Prints results on stdout, as text or JSON, and progress on stderr."""

import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from stillwatch.model import Pace

__all__ = ["plain", "progress", "say", "show", "table", "warn"]

_UNSEEN = ("Cc", "Cf", "Zl", "Zp", "Cs", "Cn")
"""Unicode categories of characters that a terminal obeys, that turn text around, or that nobody sees."""
_KEPT = "\n\u200c\u200d"
"""Line breaks, and the two joiners that Persian, Indic scripts and emoji need."""


def say(found: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    """Print *found* as JSON, or *sentence* as text."""
    typer.echo(json.dumps(found) if as_json else sentence)


@contextmanager
def progress(quiet: bool) -> Iterator[Any]:
    """Yield a function that shows the progress of a run on stderr; it shows nothing where *quiet*."""
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
    """Return rows, rows per second and remaining time as text; empty before the first row."""
    if not pace.rows:
        return ""
    words = [f"{pace.rows:,} rows", f"{pace.rate:,.0f} a second"]
    if pace.remaining is not None:
        minutes, seconds = divmod(round(pace.remaining), 60)
        words.append(f"{minutes}:{seconds:02} left")
    return ", ".join(words)


def table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]], *, title: str | None = None) -> Any:
    """Return a table for the terminal. Cells are shown as they are: neither markup nor control characters act."""
    made = Table(*headings, header_style="bold", title=title and Text(plain(title)), title_justify="left")
    for row in rows:
        made.add_row(*(Text(plain(cell)) for cell in row))
    return made


def plain(text: str) -> str:
    """Return *text* with every character that a terminal would obey or hide written as its code; line breaks stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"\\u{ord(c):04x}" if unicodedata.category(c) in _UNSEEN and c not in _KEPT else c for c in text.expandtabs(1)
    )


def warn(notices: Iterable[str]) -> None:
    """Print *notices* on stderr, a line each."""
    for notice in notices:
        typer.echo(f"notice: {plain(notice)}", err=True)


def show(what: Any, *, width: int = 120) -> None:
    """Print a table or a text, in colours where the terminal has them; a pipe gets *width* columns."""
    # A pipe has no width, and a table of figures should not be cut to 80 columns.
    Console(width=None if sys.stdout.isatty() else width).print(what)
