"""``stillwatch case act``, ``approve``, ``cancel``, ``run``, ``undo`` and ``in-force``."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
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
    SeenBefore,
    Why,
    capital,
    in_utc,
    look_first,
    named_accounts,
    open_desk,
    start_work,
)
from stillwatch.commands.options import MOMENTS, Json, SettingsFile
from stillwatch.commands.terminal import echo, say, show, table
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
    preview: Annotated[bool, typer.Option("--preview", help="Show what it would do, and plan nothing.")] = False,
    seen: SeenBefore = "",
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Plan an action on the confirmed accounts of a case.

    Without --live it is rehearsed only. A larger action waits for a second person. With --preview nothing is planned.
    The preview prints what --seen takes.
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
        seen=seen,
    )
    if preview or not seen:
        with open_desk(settings) as desk, desk.look() as look:
            shown = actions.preview(look, case, wanted)
        if not preview:
            n, what = shown.n_treated + shown.n_held_out, f"{kind} on case {case} ({'LIVE' if live else 'dry run'})"
            wanted = replace(wanted, seen=look_first(seen, shown.seen, n, what, as_json=as_json))
    if preview:
        echo(serialise.as_json(shown) if as_json else _previewed(shown, live=live))
        return
    with start_work(settings, by, Permission.ACT) as work:
        planned = actions.plan(work, case, wanted)
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
        _planned(planned, live=live),
        as_json=as_json,
    )


@app.command("approve")
def case_approve(
    action: ActionNumber,
    why: Why,
    refuse: Annotated[bool, typer.Option("--refuse", help="Say no instead.")] = False,
    seen: SeenBefore = "",
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Approve or refuse a planned action, as the second person."""
    seen = _look_at_action(settings, action, seen, "refuse" if refuse else "approve", as_json=as_json)
    with start_work(settings, by, Permission.APPROVE) as work:
        state = actions.answer(work, action, why, approve=not refuse, seen=seen)
        is_dry = actions.action_of(work, action).dry_run
    mode = "dry run" if is_dry else "live"
    said = f"Action {action} ({mode}) is {state}."
    say({"action": action, "state": str(state), "dry_run": is_dry}, said, as_json=as_json)


@app.command("cancel")
def case_cancel(
    action: ActionNumber,
    why: Why,
    seen: SeenBefore = "",
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Cancel a planned action that was not carried out yet."""
    seen = _look_at_action(settings, action, seen, "cancel", as_json=as_json)
    with start_work(settings, by, Permission.ACT) as work:
        actions.cancel(work, action, why, seen=seen)
        state = actions.action_of(work, action).state
    say({"action": action, "state": str(state)}, f"Action {action} is {state}.", as_json=as_json)


@app.command("run")
def case_run(settings: SettingsFile = None, as_json: Json = False) -> None:
    """Carry out the actions that are due. Call it every few minutes."""

    failed = []

    def trouble(number: int, error: Exception) -> None:
        failed.append(number)
        told = error.sentence() if isinstance(error, StillwatchError) else type(error).__name__
        echo(f"Action {number} was not carried out: {told}", err=True)

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
    seen: SeenBefore = "",
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Undo an action that is in force, for all of its accounts or for some."""
    named = named_accounts(account, accounts)
    seen = _look_at_action(settings, action, seen, "undo", as_json=as_json, named=named)
    with start_work(settings, by, Permission.ACT) as work:
        count = actions.undo(work, action, why, named, seen=seen)
    say({"action": action, "n_undone": count}, f"Undone for {count:,} accounts.", as_json=as_json)


@app.command("in-force")
def case_in_force(settings: SettingsFile = None, as_json: Json = False) -> None:
    """List the accounts that an action limits now, as a gateway obeys it."""
    with open_desk(settings) as desk, desk.look() as look:
        limited = active_limits.in_force(look)
    if as_json:
        echo(serialise.as_json(limited))
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


def _look_at_action(
    settings: Path | None, number: int, seen: str, word: str, *, as_json: bool, named: list[str] | None = None
) -> str:
    """Return what an answer to an action, or to those *named* of it, is made on; see :func:`look_first`."""
    if seen:
        return seen
    with open_desk(settings) as desk, desk.look() as look:
        found, shown = actions.action_of(look, number), actions.seen_action(look, number)
        what = f"{word} action {number} ({found.kind}, {'dry run' if found.dry_run else 'LIVE'})"
    return look_first(seen, shown, shown.n_accounts if named is None else len(set(named)), what, as_json=as_json)


def _planned(planned: actions.Planned, *, live: bool) -> str:
    """Return what was planned as lines for a terminal."""
    waits = " It waits for a second person." if planned.state == "proposed" else ""
    return (
        f"Action {planned.action_id} ({'live' if live else 'dry run'}) on {planned.n_treated:,} accounts, "
        f"{planned.n_held_out:,} held out, due {planned.due_at:%Y-%m-%d %H:%M} UTC.{waits}\n"
        f"{group_chances(planned.chances)}"
    )


def _previewed(shown: actions.Preview, *, live: bool) -> str:
    """Return what a plan would do as lines for a terminal."""
    left_out = ", ".join(f"{n:,} {why}" for why, n in shown.left_out.items()) or "none"
    notice = shown.notice or "No notice, because the action does not affect the account holders."
    counts = f"{shown.n_treated:,} accounts treated, {shown.n_held_out:,} held out; left out: {left_out}"
    lines = [
        f"Nothing is planned yet. {'LIVE' if live else 'Dry run'}: {counts}.",
        group_chances(shown.chances),
        *(["A second person must approve."] if shown.needs_second else []),
        "",
        f"Each account holder is told{'' if live else ' (not in a dry run)'}:",
        *(f"  {line}" for line in notice.splitlines()),
        "",
        f"To plan it, leave out --preview and add --seen {shown.seen}",
    ]
    return "\n".join(lines)
