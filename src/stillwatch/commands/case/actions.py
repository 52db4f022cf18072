"""``stillwatch case act``, ``approve``, ``run``, ``undo`` and ``in-force``."""

from datetime import datetime
from typing import Annotated

import typer

from stillwatch.cases import Permission
from stillwatch.cases.decisions import actions
from stillwatch.cases.decisions.actions import ActionKind, active_limits, scheduler
from stillwatch.cases.queries import serialise
from stillwatch.commands.case.desk import (
    ActionNumber,
    By,
    Case,
    Ends,
    Names,
    NamesFile,
    Why,
    capital,
    in_utc,
    named_accounts,
    open_desk,
    start_work,
)
from stillwatch.commands.options import MOMENTS, Json, SettingsFile
from stillwatch.commands.terminal import say, show, table
from stillwatch.errors import StillwatchError
from stillwatch.report.wording import group_chances

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command("act")
def case_act(
    case: Case,
    kind: Annotated[ActionKind, typer.Argument(help="What should be done.")],
    why: Why,
    live: Annotated[bool, typer.Option("--live", help="In earnest; without it the action is rehearsed.")] = False,
    account: Names = None,
    accounts: NamesFile = None,
    earliest: Annotated[datetime | None, typer.Option("--from", formats=MOMENTS, help="Not before (UTC).")] = None,
    latest: Annotated[
        datetime | None, typer.Option("--to", formats=MOMENTS, help="Not after; the moment is drawn between the two.")
    ] = None,
    until: Ends = None,
    holdout: Annotated[float, typer.Option("--holdout", help="Share held out for comparison.")] = 0.0,
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Plan an action on the confirmed accounts of a case.

    Without --live it is rehearsed only. A larger action waits for a second person.
    """

    wanted = actions.Plan(
        kind=kind,
        why=why,
        accounts=named_accounts(account, accounts),
        dry_run=not live,
        earliest_at=in_utc(earliest),
        latest_at=in_utc(latest),
        ends_at=in_utc(until),
        holdout=holdout,
    )
    with start_work(settings, by, Permission.ACT) as work:
        planned = actions.plan(work, case, wanted)
    waits = " It waits for a second person." if planned.state == "proposed" else ""
    said = (
        f"Action {planned.action_id} ({'live' if live else 'dry run'}) on {planned.n_treated:,} accounts, "
        f"{planned.n_held_out:,} held out, due {planned.due_at:%Y-%m-%d %H:%M} UTC.{waits}\n"
        f"{group_chances(planned.chances)}"
    )
    say(
        {
            "action": planned.action_id,
            "state": str(planned.state),
            "due_at": planned.due_at.isoformat(),
            "n_treated": planned.n_treated,
            "n_held_out": planned.n_held_out,
            "left_out": dict(planned.left_out),
            "in_such_a_group": serialise.plain(planned.chances),
        },
        said,
        as_json=as_json,
    )


@app.command("approve")
def case_approve(
    action: ActionNumber,
    why: Why,
    refuse: Annotated[bool, typer.Option("--refuse", help="Say no instead.")] = False,
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Approve or refuse a planned action, as the second person."""
    with start_work(settings, by, Permission.APPROVE) as work:
        state = actions.answer(work, action, why, approve=not refuse)
    say({"action": action, "state": str(state)}, f"Action {action} is {state}.", as_json=as_json)


@app.command("run")
def case_run(settings: SettingsFile = None, as_json: Json = False) -> None:
    """Carry out the actions that are due. Call it every few minutes."""

    failed = []

    def trouble(number: int, error: Exception) -> None:
        failed.append(number)
        told = error.sentence() if isinstance(error, StillwatchError) else type(error).__name__
        typer.echo(f"Action {number} was not carried out: {told}", err=True)

    with open_desk(settings) as desk:
        done = {number: str(state) for number, state in scheduler.run_due(desk, trouble).items()}
    said = ", ".join(f"action {number} {state.replace('_', ' ')}" for number, state in done.items())
    say({"carried_out": done}, f"{capital(said)}." if said else "No action is due.", as_json=as_json)
    if failed:
        raise typer.Exit(StillwatchError.exit_code)


@app.command("undo")
def case_undo(
    action: ActionNumber,
    why: Why,
    account: Names = None,
    accounts: NamesFile = None,
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Undo an action that is in force, for all of its accounts or for some."""
    with start_work(settings, by, Permission.ACT) as work:
        count = actions.undo(work, action, why, named_accounts(account, accounts))
    say({"action": action, "n_undone": count}, f"Undone for {count:,} accounts.", as_json=as_json)


@app.command("in-force")
def case_in_force(settings: SettingsFile = None, as_json: Json = False) -> None:
    """List the accounts that an action limits now, as a gateway obeys it."""
    with open_desk(settings) as desk, desk.look() as look:
        limited = active_limits.in_force(look)
    if as_json:
        typer.echo(serialise.as_json(limited))
        return
    rows = [
        (
            x.account_id,
            str(x.kind),
            str(x.action_id),
            f"{x.since:%Y-%m-%d %H:%M}",
            f"{x.until:%Y-%m-%d}" if x.until else "",
        )
        for x in limited
    ]
    show(table(("account", "action", "number", "since", "until"), rows))
