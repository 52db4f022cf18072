"""``stillwatch case``: what people decide, without the console.

Whoever can open the database can use these commands, so the name that ``--by`` gives is believed; the console is where
people show who they are.
"""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from stillwatch.commands import audit
from stillwatch.commands.options import MOMENTS, Format, History, Json, Logs, SettingsFile
from stillwatch.commands.rooms import room
from stillwatch.commands.terminal import say, show, table
from stillwatch.errors import InputError, StillwatchError
from stillwatch.model import Severity

__all__ = ["app"]

app = typer.Typer(help="What people decide: cases, judgements, actions, appeals.", no_args_is_help=True)
app.add_typer(audit.app, name="audit")


class _Verdict(StrEnum):
    CONFIRMED = "confirmed"
    INNOCENT = "innocent"
    UNSURE = "unsure"


class _Action(StrEnum):
    OBSERVE = "observe"
    WATERMARK = "watermark"
    THROTTLE = "throttle"
    WITHHOLD = "withhold"
    STEP_UP = "step_up"
    SUSPEND = "suspend"


class _Use(StrEnum):
    RESEARCH = "verified_research"
    EVALUATION = "evaluation"
    SYNTHETIC_DATA = "licensed_synthetic_data"


class _State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


Case = Annotated[int, typer.Argument(help="The number of the case.")]
ActionNumber = Annotated[int, typer.Argument(metavar="ACTION", help="The number of the action.")]
Why = Annotated[str, typer.Option("--why", help="The reason, for a colleague who was not there.")]
By = Annotated[str, typer.Option("--by", help="Who says so; your login name where left out.", show_default=False)]
Names = Annotated[list[str] | None, typer.Option("--account", help="An account; give it as often as you like.")]
NamesFile = Annotated[Path | None, typer.Option("--accounts", help="A text file with an account a line.")]
Ends = Annotated[datetime | None, typer.Option("--until", formats=MOMENTS, help="When it ends (UTC).")]


@app.command("list")
def case_list(
    state: Annotated[_State, typer.Option("--state", help="Open ones, closed ones or all.")] = _State.OPEN,
    severity: Annotated[Severity | None, typer.Option("--severity", help="Of this severity alone.")] = None,
    word: Annotated[str, typer.Option("--word", help="Part of a title or campaign, an account, a label.")] = "",
    count: Annotated[int, typer.Option("--count", min=1, help="The most cases to list.")] = 50,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """List the cases, the most pressing first."""
    wanted = room("cases.queue").QueueFilter(
        state=None if state is _State.ALL else str(state), severity=severity, word=word, count=count
    )
    with _desk(settings) as desk, desk.look() as look:
        page = room("cases.queue").queue(look, wanted)
    if as_json:
        typer.echo(room("cases.telling").as_json({"total": page.total, "cases": page.rows}))
        return
    rows = [
        (str(c.case_id), str(c.severity), str(c.standing), f"{c.n_accounts:,}", f"{c.n_judged:,}", c.title)
        for c in page.rows
    ]
    show(table(("case", "severity", "stands at", "accounts", "judged", "title"), rows))
    typer.echo(f"{len(rows)} of {page.total} cases.")


@app.command("show")
def case_show(case: Case, settings: SettingsFile = None, as_json: Json = False) -> None:
    """Show one case: what was found, where it stands, what was planned."""
    with _desk(settings) as desk, desk.look() as look:
        told = room("cases.telling").case(look, case)
        text = room("cases.telling").as_json(told) if as_json else room("cases.telling").as_text(told)
    typer.echo(text)


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
    """Test whether a case's campaign stands without some of its members; nothing is decided by it."""
    loaded, which = room("settings").load(settings), None
    if standing:
        known = list(room("cases.judgement").Standing)
        if standing not in known:
            raise typer.BadParameter(f"choose of {', '.join(known)}", param_hint="--standing")
        which = room("cases.showing").Which(standing=room("cases.judgement").Standing(standing))
    with _desk(settings) as desk, desk.look() as look:
        left = room("cases.grounds").grounds(look, case)
        removed = room("cases.grounds").named(look, case, _named(account, accounts) or [], which, below)
    key = room("campaigns").FirstKey(left.members, left.bonds, left.everywhere)
    found = key.without(removed, loaded.campaigns)
    if as_json:
        typer.echo(room("cases.telling").as_json(found))
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
    show(table(("evidence", "expected", "with them", "without", "bits without"), rows))
    typer.echo(f"{found.n_accounts:,} accounts without {found.n_removed:,}: the campaign {found.verdict}.")
    if found.why:
        typer.echo(f"Why: {found.why}.")


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
    """Open cases from what a scan reports, or one by hand over accounts that you name."""
    if (scan is None) == (not title):
        raise typer.BadParameter("name the folder of a scan, or give --title, --account and --why")
    if scan is None:
        with _work(settings, by) as work:
            number = room("cases.taking").open_by_hand(work, title, _named(account, accounts) or [], why)
        say({"case": number}, f"Case {number} is open.", as_json=as_json)
        return
    loaded = room("settings").load(settings)
    taken = room("casework").open_cases(scan, settings=loaded, by=_actor(by), name=name, history=history)
    found = {"opened": taken.opened, "updated": taken.updated, "not_seen": taken.gone, "left_aside": taken.n_aside}
    said = (
        f"{len(taken.opened)} cases opened, {len(taken.updated)} seen again, {len(taken.gone)} not seen, "
        f"{taken.n_aside} campaigns below {loaded.cases.open_from} left aside."
    )
    say(found, said if taken.is_new else "This scan was taken in before; nothing changed.", as_json=as_json)


@app.command("judge")
def case_judge(
    case: Case,
    verdict: Annotated[_Verdict, typer.Argument(help="Your answer.")],
    why: Why,
    account: Names = None,
    accounts: NamesFile = None,
    until: Ends = None,
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Answer about the campaign as a whole, or about the accounts that you name."""
    named = _named(account, accounts)
    with _work(settings, by) as work:
        answer = room("cases").Verdict(str(verdict))
        entry = room("cases.judging").judge(work, case, answer, why, accounts=named, expires_at=_utc(until))
        stands = room("cases.judging").standing(work, case)
    about = "the campaign" if named is None else f"{len(set(named))} accounts"
    said = f"{_capital(about)} of case {case}: {verdict}. The campaign stands at {stands}."
    say({"entry": entry, "stands_at": str(stands)}, said, as_json=as_json)


@app.command("act")
def case_act(
    case: Case,
    kind: Annotated[_Action, typer.Argument(help="What should be done.")],
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
    """Plan an action on the confirmed accounts of a case; larger ones wait for a second person."""
    actions = room("cases.actions")
    wanted = actions.Plan(
        kind=actions.ActionKind(str(kind)),
        why=why,
        accounts=_named(account, accounts),
        dry_run=not live,
        earliest_at=_utc(earliest),
        latest_at=_utc(latest),
        ends_at=_utc(until),
        holdout=holdout,
    )
    with _work(settings, by, "act") as work:
        planned = actions.plan(work, case, wanted)
    waits = " It waits for a second person." if planned.state == "proposed" else ""
    said = (
        f"Action {planned.action_id} ({'live' if live else 'dry run'}) on {planned.n_treated:,} accounts, "
        f"{planned.n_held_out:,} held out, due {planned.due_at:%Y-%m-%d %H:%M} UTC.{waits}"
    )
    say(
        {
            "action": planned.action_id,
            "state": str(planned.state),
            "due_at": planned.due_at.isoformat(),
            "n_treated": planned.n_treated,
            "n_held_out": planned.n_held_out,
            "left_out": dict(planned.left_out),
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
    """Approve or refuse, as the second person, what somebody planned."""
    with _work(settings, by, "approve") as work:
        state = room("cases.actions").answer(work, action, why, approve=not refuse)
    say({"action": action, "state": str(state)}, f"Action {action} is {state}.", as_json=as_json)


@app.command("run")
def case_run(settings: SettingsFile = None, as_json: Json = False) -> None:
    """Carry out the actions whose moment has come; call it every few minutes."""

    failed = []

    def trouble(number: int, error: Exception) -> None:
        failed.append(number)
        told = error.sentence() if isinstance(error, StillwatchError) else type(error).__name__
        typer.echo(f"Action {number} was not carried out: {told}", err=True)

    with _desk(settings) as desk:
        done = {number: str(state) for number, state in room("cases.schedule").run_due(desk, trouble).items()}
    said = ", ".join(f"action {number} {state.replace('_', ' ')}" for number, state in done.items())
    say({"carried_out": done}, f"{_capital(said)}." if said else "No action is due.", as_json=as_json)
    if failed:
        raise typer.Exit(StillwatchError.exit_code)


@app.command("deliver")
def case_deliver(settings: SettingsFile = None, as_json: Json = False) -> None:
    """Send what waits for the receivers of webhooks, once; a console that runs does it by itself."""
    loaded = room("settings").load(settings)
    url = room("console.web.base_url").site_of(loaded.console).url
    with room("cases").Desk(loaded.cases) as desk:
        outbox = room("cases.case_outbox").CaseOutbox(desk, url)
        done = room("delivery.sender").deliver_all(outbox, loaded.console)
    counts = {str(state): count for state, count in done.items()}
    said = ", ".join(f"{count:,} {state.replace('_', ' ')}" for state, count in counts.items())
    say(counts, f"{_capital(said)}." if said else "Nothing is due.", as_json=as_json)


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
    """Take back an action that is in force, for all of its accounts or for those that you name."""
    with _work(settings, by, "act") as work:
        count = room("cases.actions").undo(work, action, why, _named(account, accounts))
    say({"action": action, "n_undone": count}, f"Undone for {count:,} accounts.", as_json=as_json)


@app.command("in-force")
def case_in_force(settings: SettingsFile = None, as_json: Json = False) -> None:
    """List the accounts that an action limits now, as a gateway obeys it."""
    with _desk(settings) as desk, desk.look() as look:
        limited = room("cases.limits").in_force(look)
    if as_json:
        typer.echo(room("cases.telling").as_json(limited))
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
    """Take down that account holders object to an action."""
    named = _named(account, accounts) or []
    with _work(settings, by) as work:
        number = room("cases.appeals").receive(work, action, named, _text(statement))
    say({"appeal": number}, f"Appeal {number} waits for somebody who took no part in it.", as_json=as_json)


@app.command("answer")
def case_answer(
    appeal: Annotated[int, typer.Argument(help="The number of the appeal.")],
    why: Why,
    overturn: Annotated[list[str] | None, typer.Option("--overturn", help="An account that was right.")] = None,
    uphold: Annotated[list[str] | None, typer.Option("--uphold", help="An account for which it stands.")] = None,
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Answer an appeal, account by account."""
    outcome = room("cases.appeals").AppealOutcome
    outcomes = dict.fromkeys(uphold or [], outcome.UPHELD) | dict.fromkeys(overturn or [], outcome.OVERTURNED)
    with _work(settings, by, "approve") as work:
        room("cases.appeals").answer(work, appeal, outcomes, why)
    n_overturned = len(set(overturn or []))
    said = f"Appeal {appeal}: {n_overturned} overturned, {len(outcomes) - n_overturned} upheld."
    say({"appeal": appeal, "n_overturned": n_overturned}, said, as_json=as_json)


@app.command("allow")
def case_allow(
    kind: Annotated[_Use, typer.Argument(help="What the use is.")],
    holder: Annotated[str, typer.Argument(help="Whom it is allowed.")],
    why: Why,
    until: Annotated[datetime, typer.Option("--until", formats=MOMENTS, help="When it ends (UTC).")],
    account: Names = None,
    accounts: NamesFile = None,
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Allow a use that looks like a campaign, until a day: research, evaluation, licensed synthetic data."""
    allowances = room("cases.allowances")
    named = _named(account, accounts) or []
    with _work(settings, by, "approve") as work:
        number = allowances.allow(work, allowances.AllowanceKind(str(kind)), holder, named, why, _utc(until))
    say({"allowance": number}, f"Allowance {number} holds until {until:%Y-%m-%d}.", as_json=as_json)


@app.command("exemplars")
def case_exemplars(
    case: Case,
    logs: Logs,
    log_format: Format = None,
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Keep some prompts of a case, redacted and for a time, where `cases.exemplars` allows it."""
    loaded = room("settings").load(settings)
    count = room("casework").keep_exemplars(logs, case, settings=loaded, by=_actor(by), format=log_format)
    until = loaded.cases.exemplar_days
    say({"n_exemplars": count}, f"{count} prompts are kept for {until} days.", as_json=as_json)


@app.command("labels")
def case_labels(
    out: Annotated[Path, typer.Option("--out", "-o", help="A Parquet file.")],
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Write every account that people settled, for measurement and calibration, and say how often scans were right."""
    with _desk(settings) as desk, desk.look() as look:
        judged, measured = room("cases.feedback").judged(look), room("cases.feedback").precision(look)
        bands = room("cases.feedback").calibration(look, judged)
    room("cases.telling").write(judged, out)
    if as_json:
        typer.echo(
            room("cases.telling").as_json({"n_accounts": len(judged), "precision": measured, "calibration": bands})
        )
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
    typer.echo(f"{len(judged):,} accounts in {out}.")


@contextmanager
def _desk(settings: Path | None) -> Iterator[Any]:
    with room("cases").Desk(room("settings").load(settings).cases) as desk:
        yield desk


@contextmanager
def _work(settings: Path | None, by: str, needs: str = "judge") -> Iterator[Any]:
    with _desk(settings) as desk, desk.work(_actor(by), room("cases").Permission(needs)) as work:
        yield work


def _actor(by: str) -> Any:
    return room("cases").Actor(by.strip() or getpass.getuser(), room("cases").Role.LEAD)


def _named(one_by_one: list[str] | None, file: Path | None) -> list[str] | None:
    """Return the accounts that were named, or nothing where none were."""
    if file is None:
        return one_by_one
    return (one_by_one or []) + [line.strip() for line in _text(file).splitlines() if line.strip()]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("not a readable text file", where=str(file), remedy="Check the path.") from error


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
