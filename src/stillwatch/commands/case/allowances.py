"""``stillwatch case allow``."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from stillwatch.cases import Permission
from stillwatch.cases.decisions import allowances
from stillwatch.cases.decisions.allowances import AllowanceKind
from stillwatch.commands.case.desk import By, Names, NamesFile, Why, named_accounts, start_work
from stillwatch.commands.options import MOMENTS, Json, SettingsFile
from stillwatch.commands.terminal import say

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command("allow")
def case_allow(
    kind: Annotated[AllowanceKind, typer.Argument(help="What the use is.")],
    holder: Annotated[str, typer.Argument(help="Whom it is allowed.")],
    why: Why,
    until: Annotated[datetime, typer.Option("--until", formats=MOMENTS, help="When it ends (UTC).")],
    account: Names = None,
    accounts: NamesFile = None,
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Allow a use that resembles a campaign, until a given day.

    Uses are verified research, evaluation and licensed synthetic data.
    """
    named = named_accounts(account, accounts) or []
    with start_work(settings, by, Permission.APPROVE) as work:
        number = allowances.allow(work, kind, holder, named, why, until.replace(tzinfo=UTC))
    say({"allowance": number}, f"Allowance {number} holds until {until:%Y-%m-%d}.", as_json=as_json)
