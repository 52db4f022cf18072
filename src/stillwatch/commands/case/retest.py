"""``stillwatch case without``."""

from typing import Annotated

import typer

from stillwatch import campaigns
from stillwatch.cases.decisions import verdict
from stillwatch.cases.queries import case_queries, retest_input, serialise
from stillwatch.commands.case.desk import Case, Names, NamesFile, named_accounts, open_desk
from stillwatch.commands.options import Json, SettingsFile
from stillwatch.commands.terminal import echo, show, table
from stillwatch.settings import load

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command("without")
def case_without(
    case: Case,
    account: Names = None,
    accounts: NamesFile = None,
    standing: Annotated[str, typer.Option("--standing", help="Leave out all who stand there.")] = "",
    below: Annotated[float, typer.Option("--below", min=0, max=1, help="Leave out all under this membership.")] = 0.0,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Test whether a campaign stands without some members. Decides nothing."""
    loaded, which = load(settings), None
    if standing:
        known = list(verdict.Standing)
        if standing not in known:
            raise typer.BadParameter(f"choose of {', '.join(known)}", param_hint="--standing")
        which = case_queries.Which(standing=verdict.Standing(standing))
    with open_desk(settings) as desk, desk.look() as look:
        left = retest_input.grounds(look, case)
        removed = retest_input.named(look, case, named_accounts(account, accounts) or [], which, below)
    test_without = campaigns.prepare_retest(left.members, left.bonds, left.everywhere)
    found = test_without(removed, loaded.campaigns)
    if as_json:
        echo(serialise.as_json(found))
        return
    rows = [
        (
            line.signal,
            f"{line.expected:.3g}",
            f"{line.before:.3g}" if line.bits_before else "-",
            f"{line.after:.3g}" if line.bits_after else "-",
            f"{line.bits_after:.1f}",
        )
        for line in found.lines
    ]
    show(table(("evidence", "expected", "with them", "without", "-log2 p without"), rows))
    echo(f"{found.n_accounts:,} accounts without {found.n_removed:,}: the campaign {found.verdict}.")
    if found.why:
        echo(f"Why: {found.why}.")
