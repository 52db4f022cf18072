"""``stillwatch case judge`` and ``case labels``."""

from pathlib import Path
from typing import Annotated

import typer

from stillwatch.cases import Verdict
from stillwatch.cases.decisions import judgements
from stillwatch.cases.queries import precision, serialise
from stillwatch.commands.case.desk import (
    By,
    Case,
    Ends,
    Names,
    NamesFile,
    SeenBefore,
    Why,
    capital,
    in_utc,
    look_first,
    named_accounts,
    open_desk,
    start_work,
)
from stillwatch.commands.options import Json, SettingsFile
from stillwatch.commands.terminal import echo, say, show, table

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command("judge")
def case_judge(
    case: Case,
    verdict: Annotated[Verdict, typer.Argument(help="Your answer.")],
    why: Why,
    account: Names = None,
    accounts: NamesFile = None,
    until: Ends = None,
    seen: SeenBefore = "",
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Give your verdict on a campaign, or on some of its accounts.

    With --seen it is refused where a newer scan has reported the case or, for the campaign, where accounts have joined.
    `case show` prints it.
    """
    named = named_accounts(account, accounts)
    if not seen:
        with open_desk(settings) as desk, desk.look() as look:
            now = judgements.seen_case(look, case, named)
        whom = "the campaign" if named is None else "accounts"
        seen = look_first(seen, now, now.n_accounts, f"judge {whom} of case {case} {verdict}", as_json=as_json)
    with start_work(settings, by) as work:
        entry = judgements.judge(work, case, verdict, why, accounts=named, expires_at=in_utc(until), seen=seen)
        stands = judgements.standing(work, case)
    about = "the campaign" if named is None else f"{len(set(named))} accounts"
    said = f"{capital(about)} of case {case}: {verdict}. The campaign stands at {stands}."
    say({"entry": entry, "stands_at": str(stands)}, said, as_json=as_json)


@app.command("labels")
def case_labels(
    out: Annotated[Path, typer.Option("--out", "-o", help="A Parquet file.")],
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Write every settled account to a file, and print how often scans were right."""
    with open_desk(settings) as desk, desk.look() as look:
        judged, measured = precision.judged(look), precision.precision(look)
        bands = precision.calibration(look, judged)
    serialise.write(judged, out)
    if as_json:
        echo(serialise.as_json({"n_accounts": len(judged), "precision": measured, "calibration": bands}))
        return
    rows = [
        (str(p.severity), f"{p.n_confirmed} of {p.n_settled}", f"{p.low:.0%}–{p.high:.0%}", str(p.n_open))
        for p in measured
    ]
    show(table(("severity", "confirmed", "95% interval", "not settled"), rows))
    bands_shown = [
        (
            f"{b.low:g}–{b.high:g}",
            f"{b.stated:.1%}",
            f"{b.n_confirmed:,} of {b.n_settled:,}",
            f"{b.least:.1%}–{b.most:.1%}",
            f"{b.n_campaigns:,}",
        )
        for b in bands
    ]
    if bands_shown:
        show(table(("membership", "stated", "confirmed", "95% interval", "campaigns"), bands_shown))
    echo(f"{len(judged):,} accounts in {out}.")
