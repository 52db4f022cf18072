"""The commands: each a screenful without logic; results on stdout, progress and messages on stderr.

Exit codes: 0 done, 1 a finding where ``--fail-on`` asked to fail on one, 2 usage or settings, 3 input,
4 infrastructure.
"""

import importlib
import json
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from stillwatch import __version__
from stillwatch.errors import StillwatchError
from stillwatch.model import Severity
from stillwatch.stages import Pace

__all__ = ["app", "main"]

app = typer.Typer(
    help="Find, judge and stop adversarial distillation of AI models, with an error rate you can state.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
lab_app = typer.Typer(
    help="Worlds to measure on: build one whose truth is known, compare a scan with it.", no_args_is_help=True
)
settings_app = typer.Typer(help="Every setting, with its value and where it came from.", no_args_is_help=True)
app.add_typer(lab_app, name="lab")
app.add_typer(settings_app, name="settings")


"""Stages that a scan reports, so that the bar ends where the work does."""


class _Preset(StrEnum):
    DEMO = "demo"
    REAL_PARTS = "real-parts"
    CALM = "calm"
    LOOKALIKES = "lookalikes"
    REPORTING = "reporting"


class _Engine(StrEnum):
    DUCKDB = "duckdb"
    SPARK = "spark"


Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="A TOML file; see `settings show`.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="The folder for the result; made if missing.")]
Logs = Annotated[list[str], typer.Argument(help="Paths, globs, folders, - for standard input, or URLs.")]
LogsToAdd = Annotated[
    list[str] | None,
    typer.Argument(
        help="Paths, globs, folders, - for standard input, or URLs; with --state those that are new, if any."
    ),
]
Format = Annotated[str | None, typer.Option("--format", help="The log format; found out where left open.")]
Work = Annotated[Path | None, typer.Option("--work", help="Where intermediate tables live until the scan ends.")]
EngineKind = Annotated[_Engine | None, typer.Option("--engine", help="Where queries run; engine.kind in the settings.")]
History = Annotated[
    Path | None,
    typer.Option("--history", help="A folder that daily scans share: campaigns keep their ids, the error rate holds."),
]
State = Annotated[
    Path | None,
    typer.Option(
        "--state", help="A folder in which days add up: a log is read once, and all that was read is scanned."
    ),
]
_MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
Until = Annotated[
    datetime | None,
    typer.Option("--until", formats=_MOMENTS, help="Scan the log as it stood then (UTC); what came later is left out."),
]
Accounts = Annotated[
    str | None, typer.Option("--accounts", help="What you know of the accounts: CSV, JSONL or Parquet.")
]
Parts = Annotated[Path | None, typer.Option("--parts", help="A folder of real parts; what it lacks is made.")]
_SEEDS = {"min": 0, "max": 2**63 - 1}
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same bytes.", **_SEEDS)]
FailOn = Annotated[Severity | None, typer.Option("--fail-on", help="Exit with 1 on a campaign at least this severe.")]


def _room(name: str) -> Any:
    """Load a room when a command needs it, so that ``--help`` does not wait for numba."""
    return importlib.import_module(f"stillwatch.{name}")


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
    engine: EngineKind = None,
    fail_on: FailOn = None,
    as_json: Json = False,
) -> None:
    """Find campaigns in logs, and leave tables, a summary and report.html."""
    if not logs and state is None:
        raise typer.BadParameter("name logs to scan, or a state that holds some", param_hint="LOGS")
    loaded = _room("settings").load(settings, engine__kind=engine and str(engine))
    with _progress(as_json) as progress:
        done = _room("pipeline").scan(
            logs or [],
            out,
            settings=loaded,
            accounts=accounts,
            format=log_format,
            work=work,
            history=history,
            state=state,
            until=until,
            progress=progress,
        )
        page = _room("report").write(out, loaded.report)
    _print_scan(done, page, as_json=as_json)
    _fail(done, fail_on)


@app.command()
def demo(
    out: Out = Path("demo"),
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same world.", **_SEEDS)] = 1,
    as_json: Json = False,
) -> None:
    """Build a world with a hidden campaign, scan it, and compare what was found with the truth."""
    # A world per seed, so that another seed does not show the world of the last one.
    lab, world, result = _room("lab"), out / f"world-{seed}", out / "scan"
    loaded = _room("settings").load()
    with _progress(as_json) as progress:
        progress(Pace("building a world"))
        if not (world / "world.json").exists():
            lab.build(world, lab.preset("demo"), seed=seed)
        done = _room("pipeline").scan(
            [str(world / "exchanges")],
            result,
            settings=loaded,
            accounts=str(world / "accounts.parquet"),
            progress=progress,
        )
        page = _room("report").write(result, loaded.report)
    _print_scan(done, page, as_json=as_json)
    if not as_json:
        _print(lab.show(lab.measure(result, world)))


@app.command()
def sketch(
    logs: Logs,
    out: Annotated[Path, typer.Option("--out", "-o", help="A Parquet file.")],
    log_format: Format = None,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Replace the texts of logs by fixed-size sketches, as a gateway does for customers whose text is not kept."""
    with _progress(as_json) as progress:
        counts = _room("pipeline").sketch(
            logs, out, settings=_room("settings").load(settings), format=log_format, progress=progress
        )
    said = f"{counts['n_exchanges']} exchanges without text in {out}, {counts['n_rejects']} rejects."
    _say(counts, said, as_json=as_json)


@app.command()
def report(
    scan_folder: Annotated[Path, typer.Argument(help="The folder a scan left.")],
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Write report.html again from the tables of a scan."""
    page = _room("report").write(scan_folder, _room("settings").load(settings).report)
    _say({"report": str(page)}, str(page), as_json=as_json)


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
    loaded = _room("settings").load(settings, console__host=host, console__port=port)
    _room("console").serve(loaded, lambda said: typer.echo(said, err=True), link_for=link_for)


@lab_app.command("build")
def lab_build(
    out: Out,
    preset: Annotated[_Preset, typer.Option("--preset", help="A world to begin with.")] = _Preset.DEMO,
    spec: Annotated[Path | None, typer.Option("--spec", help="A world of your own, in TOML or JSON.")] = None,
    parts: Parts = None,
    seed: Seed = 1,
    accounts: Annotated[
        int | None, typer.Option("--accounts", help="Honest accounts, in place of the preset's.")
    ] = None,
    days: Annotated[int | None, typer.Option("--days", help="Days, in place of the preset's.")] = None,
    shards: Annotated[
        int, typer.Option("--shards", min=1, help="Worlds to make it of, where it is too large to be made at once.")
    ] = 1,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Shards to make at a time.")] = 1,
    as_json: Json = False,
) -> None:
    """Compose a labelled world: honest accounts, look-alikes and campaigns, as rows of a log."""
    lab = _room("lab")
    wanted = _wanted(lab, preset, spec, accounts=accounts, days=days)
    with _progress(as_json) as progress:
        build = partial(lab.build_in_shards, shards=shards, jobs=jobs) if shards > 1 else lab.build
        built = build(out, wanted, parts=parts, seed=seed, progress=lambda what, *_: progress(Pace(what)))
    _say(asdict(built), f"{built.n_exchanges} exchanges of {built.n_accounts} accounts in {out}.", as_json=as_json)


@lab_app.command("inject")
def lab_inject(
    logs: Logs,
    out: Out,
    accounts: Accounts = None,
    campaign: Annotated[
        Path | None, typer.Option("--campaign", help="A world in TOML or JSON, whose campaigns are planted.")
    ] = None,
    family: Annotated[str | None, typer.Option("--family", help="A family of campaigns, with its defaults.")] = None,
    parts: Parts = None,
    seed: Seed = 1,
    log_format: Format = None,
    settings: SettingsFile = None,
    work: Work = None,
    as_json: Json = False,
) -> None:
    """Plant a labelled campaign into your own log, so that recall is measured on your own traffic."""
    if (campaign is None) == (family is None):
        raise typer.BadParameter("give one of --campaign and --family")
    lab = _room("lab")
    plan = lab.load_spec(campaign).campaigns if campaign else (lab.CampaignSpec(family=family),)
    with _progress(as_json) as progress:
        done = _room("pipeline").inject(
            logs,
            out,
            plan,
            settings=_room("settings").load(settings),
            accounts=accounts,
            format=log_format,
            parts=parts,
            seed=seed,
            work=work,
            progress=progress,
        )
    n_accounts, n_planted = done.n_accounts - done.n_own, sum(part.exchanges for part in done.campaigns.values())
    said = f"{n_accounts} accounts with {n_planted} exchanges planted among {done.n_own} accounts of yours"
    _say(asdict(done), f"{said}, {done.n_exchanges} exchanges in {out}.", as_json=as_json)


@lab_app.command("adapt")
def lab_adapt(
    preset: Annotated[_Preset, typer.Option("--preset", help="The world to play in.")] = _Preset.CALM,
    spec: Annotated[Path | None, typer.Option("--spec", help="A world of your own, in TOML or JSON.")] = None,
    rounds: Annotated[int, typer.Option("--rounds", help="How often the operator may try.")] = 12,
    parts: Parts = None,
    seed: Seed = 1,
    settings: SettingsFile = None,
    work: Work = None,
    as_json: Json = False,
) -> None:
    """Let a simulated operator re-tune its campaign round by round, told only whether it was flagged."""
    lab = _room("lab")
    wanted = _wanted(lab, preset, spec)
    with _progress(as_json) as progress:
        done = _room("pipeline").adapt(
            wanted,
            settings=_room("settings").load(settings),
            rounds=rounds,
            seed=seed,
            parts=parts,
            work=work,
            progress=lambda what: progress(Pace(what)),
        )
    if as_json:
        typer.echo(done.to_json())
    else:
        _print(lab.show_adaptation(done))


@lab_app.command("measure")
def lab_measure(
    scan_folder: Annotated[Path, typer.Argument(help="The folder a scan left.")],
    world: Annotated[Path, typer.Argument(help="The world that was scanned.")],
    as_json: Json = False,
) -> None:
    """Compare a scan with the truth of its world: recall, and honest accounts included."""
    lab = _room("lab")
    measured = lab.measure(scan_folder, world)
    if as_json:
        typer.echo(measured.to_json())
    else:
        _print(lab.show(measured))


@settings_app.command("show")
def settings_show(settings: SettingsFile = None, as_json: Json = False) -> None:
    """Print every setting with its value, unit, meaning and where the value came from."""
    values = _room("settings").explain(settings)
    if as_json:
        typer.echo(json.dumps([asdict(value) for value in values]))
        return
    rows = [(v.name, v.value, v.unit, v.origin, v.sentence) for v in values]
    _print(_table(("setting", "value", "unit", "from", "meaning"), rows))


@app.command()
def doctor(work: Work = None, as_json: Json = False) -> None:
    """Check that this machine can run a scan: interpreter, engine, compiled kernels, disk."""
    checks = _room("pipeline").check(work)
    if as_json:
        typer.echo(json.dumps([asdict(check) for check in checks]))
    else:
        _print(_table(("check", "state", "detail"), [(c.name, "ok" if c.ok else "FAILED", c.detail) for c in checks]))
    if not all(check.ok for check in checks):
        raise typer.Exit(4)


def _wanted(lab: Any, preset: _Preset, spec: Path | None, **changes: int | None) -> Any:
    """Return the world of a file, or a preset with what is changed of it."""
    changed = {name: value for name, value in changes.items() if value is not None}
    if spec is None:
        return lab.preset(str(preset), **changed)
    if changed:
        raise typer.BadParameter(f"--{next(iter(changed))} changes a preset; with --spec write it into the file")
    return lab.load_spec(spec)


def _say(found: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(found) if as_json else sentence)


@contextmanager
def _progress(quiet: bool) -> Iterator[Any]:
    """Yield a function that shows the stage at work on stderr; silent where the result is JSON."""
    if quiet:
        yield lambda _: None
        return
    rich, console = importlib.import_module("rich.progress"), importlib.import_module("rich.console")
    columns = (
        rich.TextColumn("{task.description:<12}"), rich.BarColumn(), rich.TimeElapsedColumn(),
        rich.TextColumn("{task.fields[pace]}"),
    )  # fmt: skip
    with rich.Progress(*columns, console=console.Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None, pace="")
        yield lambda pace: bar.update(
            task, description=pace.stage, completed=pace.share or 0, total=1 if pace.share else None, pace=_words(pace)
        )


def _words(pace: Pace) -> str:
    """Return how many rows there were, how fast they go and how long it will take, as far as that is known."""
    if not pace.rows:
        return ""
    words = [f"{pace.rows:,} rows", f"{pace.rate:,.0f} a second"]
    if pace.remaining is not None:
        minutes, seconds = divmod(round(pace.remaining), 60)
        words.append(f"{minutes}:{seconds:02} left")
    return ", ".join(words)


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
        _print(_table(headings, rows))
    counts = done.summary
    typer.echo(
        f"{counts['n_exchanges']:,} exchanges of {counts['n_accounts']:,} accounts, {counts['n_rejects']:,} rejects; "
        f"{counts['n_groups_tested']} groups tested, {len(rows)} reported at a false discovery rate of "
        f"{counts['false_discovery_rate']:g}.{_look(counts)}\nReport: {page}"
    )


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


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Any:
    table = importlib.import_module("rich.table").Table(*headings, header_style="bold")
    for row in rows:
        table.add_row(*row)
    return table


def _print(what: Any) -> None:
    # A pipe has no width of its own; tables of figures should not be cut to the narrowest terminal.
    console = importlib.import_module("rich.console")
    console.Console(width=None if sys.stdout.isatty() else 120).print(what)


def _fail(done: Any, fail_on: Severity | None) -> None:
    if fail_on is None:
        return
    found = [Severity(s) for s in done.campaigns.column("severity").to_pylist()]
    if any(severity.rank >= fail_on.rank for severity in found):
        raise typer.Exit(1)


if __name__ == "__main__":
    main()
