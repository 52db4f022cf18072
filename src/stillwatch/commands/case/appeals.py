"""``stillwatch case appeal`` and ``case answer``."""

from pathlib import Path
from typing import Annotated

import typer

from stillwatch.cases import Permission
from stillwatch.cases.decisions import appeals
from stillwatch.commands.case.desk import (
    ActionNumber,
    By,
    Names,
    NamesFile,
    SeenBefore,
    Why,
    look_first,
    named_accounts,
    open_desk,
    read_text,
    start_work,
)
from stillwatch.commands.options import Json, SettingsFile
from stillwatch.commands.terminal import say

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command("appeal")
def case_appeal(
    action: ActionNumber,
    statement: Annotated[Path, typer.Option("--statement", help="A text file with what the holder writes.")],
    account: Names = None,
    accounts: NamesFile = None,
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Record that account holders object to an action."""
    named = named_accounts(account, accounts) or []
    with start_work(settings, by) as work:
        number = appeals.receive(work, action, named, read_text(statement))
        work.session.flush()
        shown = str(appeals.seen_appeal(work, number))
    say(
        {"appeal": number, "seen": shown},
        f"Appeal {number} is open. A person who took no part in the decision must answer it.\n"
        f"To answer what is known now and nothing else: --seen {shown}",
        as_json=as_json,
    )


@app.command("answer")
def case_answer(
    appeal: Annotated[int, typer.Argument(help="The number of the appeal.")],
    why: Why,
    overturn: Annotated[list[str] | None, typer.Option("--overturn", help="An account that was right.")] = None,
    uphold: Annotated[list[str] | None, typer.Option("--uphold", help="An account for which it stands.")] = None,
    seen: SeenBefore = "",
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Answer an appeal, account by account."""
    outcome = appeals.AppealOutcome
    outcomes = dict.fromkeys(uphold or [], outcome.UPHELD) | dict.fromkeys(overturn or [], outcome.OVERTURNED)
    if not seen:
        with open_desk(settings) as desk, desk.look() as look:
            now = appeals.seen_appeal(look, appeal)
        seen = look_first(seen, now, now.n_accounts, f"answer appeal {appeal}", as_json=as_json)
    with start_work(settings, by, Permission.APPROVE) as work:
        appeals.answer(work, appeal, outcomes, why, seen=seen)
    n_overturned = len(set(overturn or []))
    said = f"Appeal {appeal}: {n_overturned} overturned, {len(outcomes) - n_overturned} upheld."
    say({"appeal": appeal, "n_overturned": n_overturned}, said, as_json=as_json)
