"""``stillwatch lab``: worlds to measure on."""

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from stillwatch import lab, runs
from stillwatch.commands.log_format import logs_and_format
from stillwatch.commands.options import (
    Accounts,
    Format,
    Json,
    Logs,
    Mapped,
    Out,
    Parts,
    Preset,
    Seed,
    SettingsFile,
    Work,
)
from stillwatch.commands.terminal import progress, say, show
from stillwatch.model import Pace
from stillwatch.settings import load

__all__ = ["app"]

app = typer.Typer(
    help="Labelled worlds: build one, plant a campaign, measure a scan against the truth.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command("build")
def lab_build(
    out: Out,
    preset: Annotated[Preset, typer.Option("--preset", help="A world to begin with.")] = Preset.DEMO,
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
    """Build a labelled world: ordinary accounts, look-alikes and campaigns, as rows of a log."""
    wanted = _wanted(preset, spec, accounts=accounts, days=days)
    with progress(as_json) as told:
        build = partial(lab.build_in_shards, shards=shards, jobs=jobs) if shards > 1 else lab.build
        built = build(out, wanted, parts=parts, seed=seed, progress=lambda what, *_: told(Pace(what)))
    say(asdict(built), f"{built.n_exchanges} exchanges of {built.n_accounts} accounts in {out}.", as_json=as_json)


@app.command("inject")
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
    mapped: Mapped = None,
    settings: SettingsFile = None,
    work: Work = None,
    as_json: Json = False,
) -> None:
    """Plant a labelled campaign into your own log, to measure recall on your own traffic."""
    if (campaign is None) == (family is None):
        raise typer.BadParameter("give one of --campaign and --family")
    plan = lab.load_spec(campaign).campaigns if campaign else (lab.CampaignSpec(family=family or ""),)
    sources, chosen = logs_and_format(logs, log_format, mapped)
    with progress(as_json) as told:
        done = runs.inject(
            sources,
            out,
            plan,
            settings=load(settings),
            accounts=accounts,
            format=chosen,
            parts=parts,
            seed=seed,
            work=work,
            progress=told,
        )
    n_accounts, n_planted = done.n_accounts - done.n_own, sum(part.exchanges for part in done.campaigns.values())
    said = f"{n_accounts} accounts with {n_planted} exchanges planted among {done.n_own} accounts of yours"
    say(asdict(done), f"{said}, {done.n_exchanges} exchanges in {out}.", as_json=as_json)


@app.command("adapt")
def lab_adapt(
    preset: Annotated[Preset, typer.Option("--preset", help="The world to play in.")] = Preset.CALM,
    spec: Annotated[Path | None, typer.Option("--spec", help="A world of your own, in TOML or JSON.")] = None,
    rounds: Annotated[int, typer.Option("--rounds", help="How often the operator may try.")] = 12,
    parts: Parts = None,
    seed: Seed = 1,
    settings: SettingsFile = None,
    work: Work = None,
    as_json: Json = False,
) -> None:
    """Measure the price of evasion: a simulated operator changes its campaign after each scan that flagged it."""
    wanted = _wanted(preset, spec)
    with progress(as_json) as told:
        done = runs.adapt(
            wanted,
            settings=load(settings),
            rounds=rounds,
            seed=seed,
            parts=parts,
            work=work,
            progress=lambda what: told(Pace(what)),
        )
    if as_json:
        typer.echo(done.to_json())
    else:
        show(lab.show_adaptation(done))


@app.command("measure")
def lab_measure(
    scan_folder: Annotated[Path, typer.Argument(help="The folder a scan left.")],
    world: Annotated[Path, typer.Argument(help="The world that was scanned.")],
    as_json: Json = False,
) -> None:
    """Compare a scan with the truth of its world: recall, and honest accounts that were included."""
    measured = lab.measure(scan_folder, world)
    if as_json:
        typer.echo(measured.to_json())
    else:
        show(lab.show(measured))


def _wanted(preset: Preset, spec: Path | None, **changes: int | None) -> lab.WorldSpec:
    """Return the world of a file, or a preset with what is changed of it."""
    changed = {name: value for name, value in changes.items() if value is not None}
    if spec is None:
        return lab.preset(str(preset), **changed)
    if changed:
        raise typer.BadParameter(f"--{next(iter(changed))} changes a preset; with --spec write it into the file")
    return lab.load_spec(spec)
