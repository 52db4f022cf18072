"""Builds worlds, scans them, and deletes them."""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from early import first_alarms

from detect.options import Options
from detect.scan_summary import summarise
from stillwatch import lab, runs, settings

__all__ = ["built", "play", "scan_small", "scan_world", "watch_days"]


@contextmanager
def built(options: Options, spec: lab.WorldSpec, seed: int) -> Iterator[tuple[Path, lab.WorldSummary]]:
    """Yield the folder of a world and its summary; the folder is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="detect-") as folder:
        world = Path(folder) / "world"
        yield world, lab.build(world, spec, parts=options.parts, seed=seed)


def scan_world(options: Options, *, seed: int, spec: lab.WorldSpec, sketched: bool) -> dict[str, Any]:
    """Return what a scan of the log, or of its sketches, finds in the world, and the seconds of the scan."""
    with built(options, spec, seed) as (world, summary):
        scan, seconds = _scanned(options, world, sketched=sketched)
        found = summarise(scan, world)
    return _facts(summary) | found | {"scan_seconds": seconds}


def scan_small(options: Options, *, seed: int, spec: lab.WorldSpec, count: int) -> dict[str, Any]:
    """Return the findings in *count* worlds without campaigns, with seeds from *seed* on, and the total seconds."""
    made, spent = [], 0.0
    for each in range(seed, seed + count):
        with built(options, spec, each) as (world, summary):
            scan, seconds = _scanned(options, world, sketched=False)
            found = summarise(scan, world)
        spent += seconds
        severities = [group["severity"] for group in found["groups"]]
        made.append(
            {
                "seed": each,
                "above": sum(s != "watch" for s in severities),
                "any": len(severities),
                "honest": found["honest"],
                "lookalikes": found["lookalikes"],
                **_facts(summary),
            }
        )
    return {"worlds": made, "scan_seconds": spent}


def watch_days(options: Options, *, seed: int, spec: lab.WorldSpec, first: int, last: int) -> dict[str, Any]:
    """Return the first alarm of each campaign, with one scan at the end of each day from *first* to *last*."""
    with built(options, spec, seed) as (world, summary):
        alarms = [asdict(alarm) for alarm in first_alarms(world, first, last)]
    return _facts(summary) | {"alarms": alarms, "campaigns": [c.name for c in spec.campaigns]}


def play(options: Options, *, seed: int, spec: lab.WorldSpec, rounds: int) -> dict[str, Any]:
    """Return the adaptation of the simulated operator."""
    played = runs.adapt(
        spec,
        settings=_settings(options),
        rounds=rounds,
        seed=seed,
        parts=options.parts,
        progress=lambda what: print(f"adapt seed {seed}: {what}", file=sys.stderr, flush=True),
    )
    return dict(json.loads(played.to_json()))


def _scanned(options: Options, world: Path, *, sketched: bool) -> tuple[Path, float]:
    """Return the folder of a scan of the world, and its seconds without sketching."""
    log, out, chosen = world / "exchanges", world.parent / "scan", _settings(options)
    if sketched:
        log = world.parent / "sketches.parquet"
        runs.sketch([str(world / "exchanges")], log, settings=chosen)
    began = time.monotonic()
    runs.scan([str(log)], out, settings=chosen, accounts=str(world / "accounts.parquet"), work=world.parent)
    return out, time.monotonic() - began


def _settings(options: Options) -> settings.Settings:
    # one engine thread per world if several worlds are scanned at a time; results do not depend on it
    threads = 1 if options.jobs > 1 else 0
    return settings.load(environment={}, engine__memory_limit=options.memory_limit, engine__threads=threads)


def _facts(summary: lab.WorldSummary) -> dict[str, Any]:
    return {"n_accounts": summary.n_accounts, "n_honest": summary.n_honest, "n_exchanges": summary.n_exchanges}
