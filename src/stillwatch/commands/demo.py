"""``stillwatch demo``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from stillwatch import cases, lab, report, runs
from stillwatch.commands.options import SEEDS, Json, Out
from stillwatch.commands.scan import print_scan
from stillwatch.commands.terminal import progress, show
from stillwatch.model import Pace
from stillwatch.settings import CasesSettings, Settings, load

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    out: Out = Path("demo"),
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same world.", **SEEDS)] = 1,
    as_json: Json = False,
) -> None:
    """Build a world with a hidden campaign, scan it, and compare the findings with the truth."""
    # A world per seed, so that another seed does not show the world of the last one.
    world, result, loaded = out / f"world-{seed}", out / "scan", load()
    with progress(as_json) as told:
        told(Pace("building a world"))
        if not (world / "world.json").exists():
            lab.build(world, lab.preset("demo"), seed=seed)
        done = runs.scan(
            [str(world / "exchanges")],
            result,
            settings=loaded,
            accounts=str(world / "accounts.parquet"),
            progress=told,
        )
        page = report.write(result, loaded.report)
    print_scan(done, page, as_json=as_json)
    taken = _open_cases(result, loaded)
    if not as_json:
        show(lab.show(lab.measure(result, world)))
        typer.echo(f"Next, open the report: {page}\n{taken}")


def _open_cases(scan_folder: Path, settings: Settings) -> str:
    """Open the demo's cases and return the next step; a database that is set in the settings stays as it is."""
    # As the reader called it: after `make` the command is in .venv/bin and not on the PATH.
    program = sys.argv[0] if Path(sys.argv[0]).name == "stillwatch" else "stillwatch"
    if settings.cases.database != CasesSettings().database:
        return f"cases.database is set, so no case was opened: {program} case open {scan_folder}"
    runs.open_cases(scan_folder, settings=settings, by=cases.Actor("demo", cases.Role.LEAD), name="demo")
    return f"The campaign is a case now: {program} case list, or {program} serve for the console."
