"""``stillwatch case open`` and ``case exemplars``: what cases take from scans and logs."""

from pathlib import Path
from typing import Annotated

import typer

from stillwatch import runs
from stillwatch.cases.decisions import import_scan
from stillwatch.commands.case.desk import By, Case, Names, NamesFile, actor, named_accounts, start_work, tell_new
from stillwatch.commands.log_format import logs_and_format
from stillwatch.commands.options import Format, History, Json, Logs, Mapped, SettingsFile
from stillwatch.commands.terminal import echo, say
from stillwatch.report.wording import plural
from stillwatch.settings import load

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command("open")
def case_open(
    scan: Annotated[Path | None, typer.Argument(help="The folder a scan left.")] = None,
    history: History = None,
    name: Annotated[str, typer.Option("--name", help="What the scan is called; its folder where left out.")] = "",
    title: Annotated[str, typer.Option("--title", help="Without a scan: what the case is about.")] = "",
    account: Names = None,
    accounts: NamesFile = None,
    why: Annotated[str, typer.Option("--why", help="Without a scan: why these accounts are looked at.")] = "",
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Open cases from a scan, or one case by hand over accounts that you name."""
    if (scan is None) == (not title):
        raise typer.BadParameter("name the folder of a scan, or give --title, --account and --why")
    if scan is None:
        with start_work(settings, by, create=True) as work:
            number = import_scan.open_by_hand(work, title, named_accounts(account, accounts) or [], why)
        say({"case": number}, f"Case {number} is open.", as_json=as_json)
        return
    loaded = load(settings)
    taken = runs.open_cases(scan, settings=loaded, by=actor(by), name=name, history=history, on_new=tell_new)
    found = {
        "opened": taken.opened,
        "updated": taken.updated,
        "not_seen": taken.gone,
        "left_aside": taken.n_aside,
        "unopened": taken.n_unopened,
    }
    said = (
        f"{len(taken.opened)} cases opened, {len(taken.updated)} seen again, {len(taken.gone)} not seen, "
        f"{taken.n_aside} campaigns below {loaded.cases.open_from} left aside."
    )
    if not taken.is_new:
        more = f"{len(taken.opened)} more cases opened" if taken.opened else "nothing changed"
        said = f"This scan was taken in before; {more}."
    say(found, said, as_json=as_json)
    if taken.n_unopened:
        echo(
            f"{plural(taken.n_unopened, 'group')} {'stays' if taken.n_unopened == 1 else 'stay'} unopened: one import "
            f"opens at most {plural(loaded.cases.open_per_day, 'case')}. Import this scan again for the next ones, or "
            "raise cases.open_per_day.",
            err=True,
        )


@app.command("exemplars")
def case_exemplars(
    case: Case,
    logs: Logs,
    log_format: Format = None,
    mapped: Mapped = None,
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Keep some prompts of a case, redacted and for a limited time.

    The setting `cases.exemplars` must allow it.
    """
    loaded = load(settings)
    sources, chosen = logs_and_format(logs, log_format, mapped)
    count = runs.keep_exemplars(sources, case, settings=loaded, by=actor(by), format=chosen)
    until = loaded.cases.exemplar_days
    say({"n_exemplars": count}, f"{count} prompts are kept for {until} days.", as_json=as_json)
