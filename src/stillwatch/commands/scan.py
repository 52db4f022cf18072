"""``stillwatch scan``, ``sketch`` and ``report``."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from stillwatch import report as report_room
from stillwatch import runs
from stillwatch.cases.access.read_only import glimpse
from stillwatch.cases.queries import precision
from stillwatch.commands.log_format import logs_and_format
from stillwatch.commands.options import (
    Accounts,
    EngineKind,
    FailOn,
    Format,
    History,
    Json,
    Judged,
    Logs,
    LogsToAdd,
    Mapped,
    MaxRejects,
    Out,
    SettingsFile,
    State,
    Until,
    Work,
)
from stillwatch.commands.terminal import progress, say, show, table, warn
from stillwatch.model import Precision, Severity
from stillwatch.report.answers import short_accountability
from stillwatch.report.entries import ranked
from stillwatch.report.wording import probability, q_value
from stillwatch.settings import CasesSettings, load

__all__ = ["app", "print_scan"]

app = typer.Typer(add_completion=False)


@app.command()
def scan(
    out: Out,
    logs: LogsToAdd = None,
    accounts: Accounts = None,
    log_format: Format = None,
    mapped: Mapped = None,
    settings: SettingsFile = None,
    work: Work = None,
    history: History = None,
    state: State = None,
    until: Until = None,
    judged_before: Judged = None,
    max_rejects: MaxRejects = None,
    engine: EngineKind = None,
    fail_on: FailOn = None,
    as_json: Json = False,
) -> None:
    """Find campaigns in logs. Writes result tables, a summary and report.html."""
    sources, chosen = logs_and_format(logs or [], log_format, mapped)
    if not sources and state is None:
        raise typer.BadParameter("name logs to scan, or a state that holds some", param_hint="LOGS")
    loaded = load(settings, engine__kind=engine and str(engine), ingest__max_rejects=max_rejects)
    with progress(as_json) as told:
        done = runs.scan(
            sources,
            out,
            settings=loaded,
            accounts=accounts,
            format=chosen,
            work=work,
            history=history,
            state=state,
            until=until,
            judged=judged_before,
            progress=told,
        )
        page = report_room.write(out, loaded.report, _precision(loaded.cases))
    print_scan(done, page, as_json=as_json)
    if done.shortfall is not None:
        raise done.shortfall
    _fail(done, fail_on)


@app.command()
def sketch(
    logs: Logs,
    out: Annotated[Path, typer.Option("--out", "-o", help="A Parquet file.")],
    log_format: Format = None,
    mapped: Mapped = None,
    settings: SettingsFile = None,
    max_rejects: MaxRejects = None,
    as_json: Json = False,
) -> None:
    """Replace the texts of a log by fixed-size sketches that a scan can use.

    A gateway does the same for customers whose text is not kept.
    """
    sources, chosen = logs_and_format(logs, log_format, mapped)
    loaded = load(settings, ingest__max_rejects=max_rejects)
    with progress(as_json) as told:
        done = runs.sketch(sources, out, settings=loaded, format=chosen, progress=told)
    warn(done.notices)
    said = f"{done.counts['n_exchanges']} exchanges without text in {out}, {done.counts['n_rejects']} rejects."
    say(done.counts, said, as_json=as_json)
    if done.shortfall is not None:
        raise done.shortfall


@app.command()
def report(
    scan_folder: Annotated[Path, typer.Argument(help="The folder a scan left.")],
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Write report.html again from the tables of a scan."""
    loaded = load(settings)
    page = report_room.write(scan_folder, loaded.report, _precision(loaded.cases))
    say({"report": str(page)}, str(page), as_json=as_json)


def print_scan(done: runs.ScanResult, page: Path, *, as_json: bool) -> None:
    """Print what a scan found, and where its report is."""
    if as_json:
        wanted = (
            "rank",
            "campaign_id",
            "severity",
            "n_accounts",
            "n_exchanges",
            "coordination",
            "p_group",
            "accountability",
            "q_value",
        )
        rows = [{name: row[name] for name in wanted} for row in ranked(done.campaigns)]
        typer.echo(json.dumps({"summary": done.summary, "campaigns": rows, "report": str(page)}))
        return
    # The command ends with the shortfall as its error.
    lacking = done.shortfall and done.shortfall.sentence()
    warn(notice for notice in done.summary["notices"] if notice != lacking)
    lines = [
        (str(c["rank"]), c["severity"], c["campaign_id"], f"{c['n_accounts']:,}", f"{c['n_exchanges']:,}",
         probability(c["p_group"]), short_accountability(c), q_value(c["q_value"]))
        for c in ranked(done.campaigns)
    ]  # fmt: skip
    headings = ("rank", "severity", "campaign", "accounts", "exchanges", "one list", "accountability", "q-value")
    if lines:
        show(table(headings, lines))
    counts = done.summary
    typer.echo(
        f"{counts['n_exchanges']:,} exchanges of {counts['n_accounts']:,} accounts, {counts['n_rejects']:,} rejects; "
        f"{counts['n_groups_tested']} groups tested, {len(lines)} reported at a false discovery rate of "
        f"{counts['false_discovery_rate']:g}.{_cleared(counts)}{_look(counts)}\nReport: {page}"
    )


def _precision(settings: CasesSettings) -> Sequence[Precision] | None:
    """Return how often scans were right as people judged them; None where the database is not there."""
    with glimpse(settings) as look:
        return None if look is None else precision.precision(look)


def _cleared(counts: dict[str, Any]) -> str:
    """Return a line on the accounts that people found innocent; empty where the scan got no such list."""
    if "n_cleared" not in counts:
        return ""
    past = f" For {counts['n_cleared_past']:,} more that decision has expired." if counts["n_cleared_past"] else ""
    return f"\n{counts['n_cleared']:,} accounts were left out of every group because people found them innocent.{past}"


def _look(counts: dict[str, Any]) -> str:
    """Return what this look of a history spent, and what became of its campaigns; empty without a history."""
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


def _fail(done: runs.ScanResult, fail_on: Severity | None) -> None:
    if fail_on is None:
        return
    found = [Severity(s) for s in done.campaigns.column("severity").to_pylist()]
    if any(severity.rank >= fail_on.rank for severity in found):
        raise typer.Exit(1)
