"""Arguments that the case commands share, and how they open the desk."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from stillwatch.cases import Actor, Desk, Permission, Role, Work
from stillwatch.cases.decisions.seen import SEEN_FORM
from stillwatch.commands.options import MOMENTS
from stillwatch.commands.terminal import echo
from stillwatch.errors import InputError, SettingsError
from stillwatch.settings import load

__all__ = [
    "ActionNumber",
    "By",
    "Case",
    "Ends",
    "Names",
    "NamesFile",
    "SeenBefore",
    "Why",
    "actor",
    "capital",
    "in_utc",
    "look_first",
    "named_accounts",
    "open_desk",
    "read_text",
    "start_work",
    "tell_new",
]

_MANY = 2
"""From this number of accounts on, a command says what its decision is made on."""
Case = Annotated[int, typer.Argument(help="The number of the case.")]
ActionNumber = Annotated[int, typer.Argument(metavar="ACTION", help="The number of the action.")]
Why = Annotated[str, typer.Option("--why", help="The reason, for a colleague who reads it later.")]
By = Annotated[str, typer.Option("--by", help="Who acts; your login name if not given.", show_default=False)]
Names = Annotated[list[str] | None, typer.Option("--account", help="An account id; repeat the option for more.")]
NamesFile = Annotated[Path | None, typer.Option("--accounts", help="Text file with one account id per line.")]
SeenBefore = Annotated[
    str,
    typer.Option(
        "--seen",
        metavar=SEEN_FORM,
        help="What you looked at, as the page, `case show` or a preview states it. Refused where it has changed. "
        "Without it, a decision about more than one account is made on what the command finds and prints.",
    ),
]
Ends = Annotated[datetime | None, typer.Option("--until", formats=MOMENTS, help="When it ends (UTC).")]


@contextmanager
def open_desk(settings: Path | None, *, create: bool = False) -> Iterator[Desk]:
    """Yield the desk of the database that the settings name; a missing one is made only with *create*."""
    with Desk(load(settings).cases, create=create) as desk:
        if desk.database.is_new:
            tell_new(desk.database.place)
        yield desk


def look_first(given: str, shown: object, n_accounts: int, what: str, *, as_json: bool) -> str:
    """Return what a decision is made on: *given*, its ``--seen``; without one, for many accounts, what is printed here.

    *shown* is the text that ``--seen`` has to be now, and *what* says in words what would be done. A person confirms,
    and the command ends with exit code 2 where they say no. A script is not asked: it named the case, and it may give
    ``--seen``. Both are refused where accounts join between this look and the decision.
    """
    if given or n_accounts < _MANY:
        return given
    echo(f"{capital(what)}: {n_accounts:,} accounts, as --seen {shown} states them.", err=True)
    if not as_json and sys.stdin.isatty() and not typer.confirm("Go on?", err=True):
        echo("Nothing was done.", err=True)
        raise typer.Exit(SettingsError.exit_code)
    return str(shown)


def tell_new(place: str) -> None:
    """Say that a database was made, so that one in a wrong folder is noticed."""
    typer.echo(f"New database of cases: {place}", err=True)


@contextmanager
def start_work(
    settings: Path | None, by: str, needs: Permission = Permission.JUDGE, *, create: bool = False
) -> Iterator[Work]:
    """Yield work in the name of *by*, which needs one permission; it is kept whole or not at all."""
    with open_desk(settings, create=create) as desk, desk.work(actor(by), needs) as work:
        yield work


def actor(by: str) -> Actor:
    """Return who acts: *by*, or the login name where it is empty; raises ``SettingsError`` where there is none."""
    return Actor(by.strip() or _login(), Role.LEAD)


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:  # a user id that no list of users knows, as in a container
        raise SettingsError("this user has no name", where="--by", remedy="Give --by.") from error


def named_accounts(one_by_one: list[str] | None, file: Path | None) -> list[str] | None:
    """Return the accounts given one by one and in a file; None where neither option was given."""
    if file is None:
        return one_by_one
    return (one_by_one or []) + [line.strip() for line in read_text(file).splitlines() if line.strip()]


def read_text(file: Path) -> str:
    """Return the content of a text file; raises ``InputError`` where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("not a readable text file", where=str(file), remedy="Check the path.") from error


def in_utc(moment: datetime | None) -> datetime | None:
    """Return *moment*, which has no zone, as UTC."""
    return None if moment is None else moment.replace(tzinfo=UTC)


def capital(text: str) -> str:
    """Return *text* with its first letter as a capital."""
    return text[:1].upper() + text[1:]
