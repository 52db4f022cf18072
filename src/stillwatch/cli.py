"""The commands: each a screenful without logic; results on stdout, progress and messages on stderr.

Those that come in groups (``lab``, ``case``) stand in ``commands``.

Exit codes: 0 done, 1 a finding where ``--fail-on`` asked to fail on one, 2 usage or settings, 3 input,
4 infrastructure.
"""

import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from stillwatch import __version__
from stillwatch.commands import cases, lab
from stillwatch.commands.judged import judged
from stillwatch.commands.options import (
    SEEDS,
    Accounts,
    EngineKind,
    FailOn,
    Format,
    History,
    Json,
    Judged,
    Logs,
    LogsToAdd,
    Out,
    SettingsFile,
    State,
    Until,
    Work,
)
from stillwatch.commands.rooms import room
from stillwatch.commands.terminal import progress, say, show, table
from stillwatch.errors import StillwatchError
from stillwatch.model import Severity
from stillwatch.runs.stages import Pace

__all__ = ["app", "main"]

app = typer.Typer(
    help="Find, judge and stop adversarial distillation of AI models, with an error rate you can state.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
settings_app = typer.Typer(help="Every setting, with its value and where it came from.", no_args_is_help=True)
app.add_typer(lab.app, name="lab")
app.add_typer(cases.app, name="case")
app.add_typer(settings_app, name="settings")


def main() -> NoReturn:
    """Run the command line; errors made on purpose become one sentence and an exit code."""
    # A service manager ends with SIGTERM, which by itself would leave the work folder behind.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        app(standalone_mode=True)
    except StillwatchError as error:
        typer.echo(f"stillwatch: {error.sentence()}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        # A full disk or a lost share between two steps: the operating system's words, and the file, are the message.
        typer.echo(f"stillwatch: {error.filename or 'a file'}: {error.strerror or type(error).__name__}.", err=True)
        sys.exit(4)
    sys.exit(0)


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def scan(
    out: Out,
    logs: LogsToAdd = None,
    accounts: Accounts = None,
    log_format: Format = None,
    settings: SettingsFile = None,
    work: Work = None,
    history: History = None,
    state: State = None,
    until: Until = None,
    judged_before: Judged = None,
    engine: EngineKind = None,
    fail_on: FailOn = None,
    as_json: Json = False,
) -> None:
    """Find campaigns in logs, and leave tables, a summary and report.html."""
    if not logs and state is None:
        raise typer.BadParameter("name logs to scan, or a state that holds some", param_hint="LOGS")
    loaded = room("settings").load(settings, engine__kind=engine and str(engine))
    with progress(as_json) as told:
        done = room("pipeline").scan(
            logs or [],
            out,
            settings=loaded,
            accounts=accounts,
            format=log_format,
            work=work,
            history=history,
            state=state,
            until=until,
            judged=judged_before,
            progress=told,
        )
        page = room("report").write(out, loaded.report, judged(loaded))
    _print_scan(done, page, as_json=as_json)
    _fail(done, fail_on)


@app.command()
def demo(
    out: Out = Path("demo"),
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same world.", **SEEDS)] = 1,
    as_json: Json = False,
) -> None:
    """Build a world with a hidden campaign, scan it, and compare what was found with the truth."""
    # A world per seed, so that another seed does not show the world of the last one.
    worlds, world, result = room("lab"), out / f"world-{seed}", out / "scan"
    loaded = room("settings").load()
    with progress(as_json) as told:
        told(Pace("building a world"))
        if not (world / "world.json").exists():
            worlds.build(world, worlds.preset("demo"), seed=seed)
        done = room("pipeline").scan(
            [str(world / "exchanges")],
            result,
            settings=loaded,
            accounts=str(world / "accounts.parquet"),
            progress=told,
        )
        page = room("report").write(result, loaded.report)
    _print_scan(done, page, as_json=as_json)
    taken = _open_demo(result, loaded)
    if not as_json:
        show(worlds.show(worlds.measure(result, world)))
        typer.echo(taken)


def _open_demo(scan_folder: Path, settings: Any) -> str:
    """Open the demo's cases, and say what to do next; a database that somebody set up is not for demos."""
    usual = room("settings").CasesSettings().database
    if settings.cases.database != usual:
        return f"cases.database is set, so no case was opened: stillwatch case open {scan_folder}"
    by = room("cases").Actor("demo", room("cases").Role.LEAD)
    room("casework").open_cases(scan_folder, settings=settings, by=by, name="demo")
    return "The campaign is a case now: stillwatch case list"


@app.command()
def sketch(
    logs: Logs,
    out: Annotated[Path, typer.Option("--out", "-o", help="A Parquet file.")],
    log_format: Format = None,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Replace the texts of logs by fixed-size sketches, as a gateway does for customers whose text is not kept."""
    with progress(as_json) as told:
        counts = room("pipeline").sketch(
            logs, out, settings=room("settings").load(settings), format=log_format, progress=told
        )
    said = f"{counts['n_exchanges']} exchanges without text in {out}, {counts['n_rejects']} rejects."
    say(counts, said, as_json=as_json)


@app.command()
def report(
    scan_folder: Annotated[Path, typer.Argument(help="The folder a scan left.")],
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Write report.html again from the tables of a scan."""
    loaded = room("settings").load(settings)
    page = room("report").write(scan_folder, loaded.report, judged(loaded))
    say({"report": str(page)}, str(page), as_json=as_json)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on; console.host.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port to listen on; console.port.")] = None,
    link_for: Annotated[
        str | None, typer.Option("--link-for", help="Print a one-time link by which this user sets a new password.")
    ] = None,
    settings: SettingsFile = None,
) -> None:
    """Serve the console, where people look at cases and decide, until it is told to end."""
    loaded = room("settings").load(settings, console__host=host, console__port=port)
    room("console").serve(loaded, lambda said: typer.echo(said, err=True), link_for=link_for)


@settings_app.command("show")
def settings_show(settings: SettingsFile = None, as_json: Json = False) -> None:
    """Print every setting with its value, unit, meaning and where the value came from."""
    values = room("settings").explain(settings)
    if as_json:
        typer.echo(json.dumps([asdict(value) for value in values]))
        return
    rows = [(v.name, v.value, v.unit, v.origin, v.sentence) for v in values]
    show(table(("setting", "value", "unit", "from", "meaning"), rows))


@app.command()
def doctor(work: Work = None, as_json: Json = False) -> None:
    """Check that this machine can run a scan: interpreter, engine, compiled kernels, disk."""
    checks = room("doctor").check(work)
    if as_json:
        typer.echo(json.dumps([asdict(check) for check in checks]))
    else:
        show(table(("check", "state", "detail"), [(c.name, "ok" if c.ok else "FAILED", c.detail) for c in checks]))
    if not all(check.ok for check in checks):
        raise typer.Exit(4)


def _print_scan(done: Any, page: Path, *, as_json: bool) -> None:
    if as_json:
        wanted = (
            "campaign_id",
            "severity",
            "n_accounts",
            "n_exchanges",
            "coordination",
            "concealment",
            "harvest",
            "q_value",
        )
        rows = done.campaigns.select(list(wanted)).to_pylist()
        typer.echo(json.dumps({"summary": done.summary, "campaigns": rows, "report": str(page)}))
        return
    for notice in done.summary["notices"]:
        typer.echo(f"notice: {notice}", err=True)
    rows = [
        (c["severity"], c["campaign_id"], f"{c['n_accounts']:,}", f"{c['n_exchanges']:,}", f"{c['coordination']:.2f}",
         f"{c['concealment']:.2f}", f"{c['harvest']:.2f}", f"{c['q_value']:.1e}")
        for c in done.campaigns.to_pylist()
    ]  # fmt: skip
    headings = ("severity", "campaign", "accounts", "exchanges", "coord.", "conceal.", "harvest", "q-value")
    if rows:
        show(table(headings, rows))
    counts = done.summary
    typer.echo(
        f"{counts['n_exchanges']:,} exchanges of {counts['n_accounts']:,} accounts, {counts['n_rejects']:,} rejects; "
        f"{counts['n_groups_tested']} groups tested, {len(rows)} reported at a false discovery rate of "
        f"{counts['false_discovery_rate']:g}.{_cleared(counts)}{_look(counts)}\nReport: {page}"
    )


def _cleared(counts: dict[str, Any]) -> str:
    """Say how many accounts people had found innocent; nothing where a scan was not told."""
    if "n_cleared" not in counts:
        return ""
    past = f" That on {counts['n_cleared_past']:,} more has lapsed." if counts["n_cleared_past"] else ""
    return f"\n{counts['n_cleared']:,} accounts belong to no group, by the decision that they are innocent.{past}"


def _look(counts: dict[str, Any]) -> str:
    """Say what the look of a history spent and what became of its campaigns; nothing without a history."""
    if "look" not in counts:
        return ""
    look = counts["look"]
    lines = [
        f"Look {look['number']}: new campaigns tested at {look['level']:.2g}; {look['spent']:.0%} of the rate spent."
    ]
    for event in look["events"]:
        other = f" {event['other_id']}" if event["other_id"] else ""
        new = f", {event['n_new']:,} of them new" if event["n_new"] else ""
        lines.append(f"{event['campaign_id']} {event['event']}{other}: {event['n_accounts']:,} accounts{new}.")
    return "".join(f"\n{line}" for line in lines)


def _fail(done: Any, fail_on: Severity | None) -> None:
    if fail_on is None:
        return
    found = [Severity(s) for s in done.campaigns.column("severity").to_pylist()]
    if any(severity.rank >= fail_on.rank for severity in found):
        raise typer.Exit(1)


if __name__ == "__main__":
    main()
