"""The published campaign in its proportions, at three sizes: what a scan takes, against reading the same log at all.

Run as ``python benchmarks/scale.py s|m|l [--parts FOLDER] [--texts none] [--seed 51]``. The floor is DuckDB decoding
the columns that a scan reads, of the same files, on as many threads. Prints Markdown; speed is a ratio within one run,
because the machine is as busy as it is.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from stillwatch import lab
from stillwatch.tables import EXCHANGES


@dataclass(frozen=True)
class Size:
    """Honest accounts, accounts of the campaign, and shards to make the world of."""

    honest: int
    campaign: int
    shards: int


SIZES = {
    "xs": Size(400, 30, 2),
    "s": Size(8_500, 225, 2),
    "m": Size(85_000, 2_250, 8),
    "l": Size(1_000_000, 25_000, 64),
}
"""About a million, ten million and 115 million exchanges; xs is for trying this file out."""
PACE = 25.6
"""Exchanges per account and day: 28.8 million by 25,000 accounts in 45 days."""
_CHEAP = "completion", "sketch"
"""Columns that a world leaves empty."""


def main() -> None:
    """Build the world, read it, scan it, and print what that took and what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("--parts", type=Path, help="a folder of real parts")
    parser.add_argument("--texts", choices=("text", "none"), default="text", help="none: a log without texts")
    parser.add_argument("--seed", type=int, default=51)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="shards to make at a time")
    parser.add_argument("--work", type=Path, help="where the world lies while it is scanned")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scale-", dir=arguments.work) as folder:
        print(report(run(Path(folder), arguments)))


def spec(size: str, texts: str, *, real: bool) -> lab.WorldSpec:
    """Return the world of *size*: honest people, the look-alikes of a reporting world, and the published campaign."""
    wanted = SIZES[size]
    aim = "coding" if real else "software"
    published = lab.CampaignSpec(name="published", accounts=wanted.campaign, per_day=PACE, capability=aim)
    crowds = lab.every_lookalike(max(0.3, 2.0 * wanted.honest / 20_000))
    return lab.preset(
        "reporting",
        name=f"scale-{size}",
        accounts=wanted.honest,
        campaigns=(published,),
        lookalikes=crowds,
        texts=texts,
    )


def run(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what was built, how long each step took, and what the scan found."""
    world, scan = folder / "world", folder / "scan"
    began = time.monotonic()
    wanted = spec(arguments.size, arguments.texts, real=arguments.parts is not None)
    built = lab.build_in_shards(
        world,
        wanted,
        shards=SIZES[arguments.size].shards,
        jobs=arguments.jobs,
        parts=arguments.parts,
        seed=arguments.seed,
    )
    made = time.monotonic() - began
    files = sorted((world / "exchanges").iterdir())
    floors = [floor(world) for _ in range(2)]
    seconds, peak = _timed(
        "scan", str(world / "exchanges"), "--accounts", str(world / "accounts.parquet"), "--out", str(scan), "--json"
    )
    measured = lab.measure(scan, world)
    return {
        "exchanges": built.n_exchanges,
        "accounts": built.n_accounts,
        "bytes": sum(file.stat().st_size for file in files),
        "made": made,
        # the first reading may have to wait for the disk, as the scan after it does not
        "floor": floors[1],
        "scan": seconds,
        "peak_gib": peak / 2**30,
        "stages": json.loads((scan / "run.json").read_text())["stages"],
        "found": sum(c.above_watch.n for c in measured.campaigns),
        "of": sum(c.above_watch.of for c in measured.campaigns),
        "wrong": measured.honest_above_watch.n,
        "honest": measured.honest_above_watch.of,
    }


def floor(world: Path) -> float:
    """Return the seconds in which DuckDB decodes the columns of every file in *world* that a scan reads."""
    texts = [c.name for c in EXCHANGES.columns if str(c.type) == "string" and c.name not in _CHEAP]
    others = [c.name for c in EXCHANGES.columns if c.name not in (*texts, *_CHEAP)]
    looks = [*(f'SUM(strlen("{name}"))' for name in texts), *(f'MAX("{name}")' for name in others)]
    with duckdb.connect() as database:
        began = time.monotonic()
        query = f"SELECT {', '.join(looks)} FROM read_parquet('{world / 'exchanges' / '*.parquet'}')"
        database.sql(query).to_arrow_table()
        return time.monotonic() - began


def _timed(*command: str) -> tuple[float, int]:
    """Return the seconds and the peak memory, in bytes, of a command of stillwatch in a process of its own."""
    began = time.monotonic()
    main = "from stillwatch.cli import main; main()"
    with subprocess.Popen([sys.executable, "-c", main, *command], stdout=subprocess.DEVNULL) as running:
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"stillwatch {command[0]} ended with {running.returncode}")
    return time.monotonic() - began, usage.ru_maxrss * 1024


def report(found: dict[str, Any]) -> str:
    """Return *found* as Markdown."""
    rows = found["exchanges"]
    lines = [
        "| what | figure |",
        "|---|---|",
        f"| log | {rows:,} exchanges of {found['accounts']:,} accounts, {found['bytes'] / 1e6:,.0f} MB of Parquet |",
        f"| world made | {found['made']:.1f} s, {rows / found['made']:,.0f} rows a second |",
        f"| floor: columns decoded | {found['floor']:.2f} s |",
        f"| scan | {found['scan']:.1f} s, {rows / found['scan']:,.0f} rows a second |",
        f"| peak memory of the scan | {found['peak_gib']:.2f} GiB |",
        f"| scan ÷ floor | {found['scan'] / found['floor']:.1f} |",
        f"| campaign accounts found | {found['found']:,} of {found['of']:,} |",
        f"| honest accounts above `watch` | {found['wrong']:,} of {found['honest']:,} |",
        "",
        "| stage | rows | seconds | peak MiB |",
        "|---|---|---|---|",
        *(f"| {s['stage']} | {s['rows']:,} | {s['seconds']:.1f} | {s['peak_mib']:,.0f} |" for s in found["stages"]),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
