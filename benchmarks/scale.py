"""Measures a scan of the published campaign in its proportions, at several sizes, against merely reading the log.

Run it with ``make bench-scale SIZE=s|m|l [PARTS=folder] [TEXTS=none] [WORLD=folder] [THROW_AWAY=1]``, or with ``python
benchmarks/scale.py s|m|l [--parts FOLDER] [--texts none] [--variety usual] [--world DIR] [--seed 51]``. Prints
Markdown.

The floor is the time in which DuckDB decodes the columns that a scan reads, from the same files, with the same number
of threads. Only the ratio *scan ÷ floor* is comparable between runs, because the load of the machine varies. A world in
DIR is built once and scanned in every run. ``--throw-away`` deletes its exchanges during the scan to free disk space.
"""

import argparse
import contextlib
import json
import os
import resource
import shutil
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
    """Honest accounts, campaign accounts, and the number of shards of the world."""

    honest: int
    campaign: int
    shards: int


SIZES = {
    "xs": Size(400, 30, 2),
    "s": Size(8_500, 225, 2),
    "m": Size(85_000, 2_250, 8),
    "l": Size(952_000, 25_000, 64),
}
"""About one million, ten million and 127 million exchanges; l has about a million honest accounts with its look-alikes.
xs is for tests of this file.
"""
MEMORY_LIMIT = "4GB"
PACE = 25.6
"""Exchanges per account and day: 28.8 million by 25,000 accounts in 45 days."""
_HONEST_ROWS, _ROW_BYTES, _BARE_ROW_BYTES = 105, 200, 40
"""Approximate exchanges per honest account (look-alikes included), and Parquet bytes per exchange with and without
text.
"""
_READ_BYTES, _WORK_BYTES = 340, 580
"""Bytes per exchange in the work folder after reading, and at the peak, when each prompt is stored twice (the second
time in account order).
"""
_CHEAP = "completion", "sketch"
"""Columns that are empty in a world."""


def main() -> None:
    """Build the world, read it, scan it, and print times and findings."""
    arguments = options().parse_args()
    if arguments.work:
        arguments.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="scale-", dir=arguments.work) as folder:
        print(report(run(Path(folder), arguments)))


def options() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("--parts", type=Path, help="a folder of real parts")
    parser.add_argument("--texts", choices=("text", "none"), default="text", help="none: a log without texts")
    parser.add_argument("--variety", choices=("wide", "usual"), default="wide", help="usual: short texts that repeat")
    parser.add_argument("--seed", type=int, default=51)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="shards to build at the same time")
    parser.add_argument("--work", type=Path, help="folder of the world during the scan, and of the files of the scan")
    parser.add_argument("--memory-limit", default=MEMORY_LIMIT, help="memory limit of the engine's queries only")
    parser.add_argument("--world", type=Path, help="keep the world here; an existing world is scanned as it is")
    parser.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb", help="spark: by the settings")
    parser.add_argument("--only-build", action="store_true", help="build the world and stop")
    parser.add_argument(
        "--throw-away", action="store_true", help="delete its exchanges after reading, to free disk space"
    )
    return parser


def spec(size: str, texts: str, *, real: bool, variety: str = "wide") -> lab.WorldSpec:
    """Return the world of *size*: honest users, the look-alikes of a reporting world, and the published campaign."""
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
        variety=variety,
    )


def run(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what was built, the time of each step, and the findings of the scan."""
    world, scan = arguments.world or folder / "world", folder / "scan"
    room(world, folder, arguments)
    found = make(world, arguments)
    files = sorted((world / "exchanges").iterdir())
    found["bytes"] = sum(file.stat().st_size for file in files)
    if arguments.only_build:
        return found
    floors = [floor(world) for _ in range(2)]
    (work := folder / "work").mkdir()
    took = timed(
        ["scan", str(world / "exchanges"), "--accounts", str(world / "accounts.parquet"), "--out", str(scan), "--json",
         "--work", str(work), "--engine", arguments.engine],
        work, arguments.memory_limit, Done(scan / "rejects.parquet", files if arguments.throw_away else []),
    )  # fmt: skip
    measured = lab.measure(scan, world)
    return found | {
        # the first reading may wait for the disk, but the scan reads from the cache; so the second one counts
        "floor": floors[1],
        "scan": took.seconds,
        "scan_busy": took.processors,
        "peak_gib": took.memory / 2**30,
        "disk_gb": took.disk / 1e9,
        "limit": arguments.memory_limit,
        "stages": json.loads((scan / "run.json").read_text())["stages"],
        "found": sum(c.above_watch.n for c in measured.campaigns),
        "of": sum(c.above_watch.of for c in measured.campaigns),
        "false_positives": measured.honest_above_watch.n,
        "honest": measured.honest_above_watch.of,
    }


def make(world: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Build the world if it does not exist; return its contents, the build time and the peak memory of a process."""
    wanted = spec(arguments.size, arguments.texts, real=arguments.parts is not None, variety=arguments.variety)
    card = world / "world.json"
    if card.exists():
        known = json.loads(card.read_text())
        # the card lists tuples as lists
        if known["spec"] != json.loads(wanted.model_dump_json()) or known["summary"]["seed"] != arguments.seed:
            raise SystemExit(f"{world} holds another world: name another folder, or use the same size, texts and seed")
        summary = known["summary"]
        return {"exchanges": summary["n_exchanges"], "accounts": summary["n_accounts"], "made": 0.0}
    began = time.monotonic()
    built = lab.build_in_shards(
        world,
        wanted,
        shards=SIZES[arguments.size].shards,
        jobs=arguments.jobs,
        parts=arguments.parts,
        seed=arguments.seed,
    )
    made, used = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "exchanges": built.n_exchanges,
        "accounts": built.n_accounts,
        "made": made,
        "busy": used.ru_utime + used.ru_stime,
        "shard_gib": used.ru_maxrss / 2**20,
    }


def room(world: Path, work: Path, arguments: argparse.Namespace) -> None:
    """Exit if the disks lack space for a missing *world* and for the files of the scan in *work*."""
    wanted = spec(arguments.size, arguments.texts, real=arguments.parts is not None, variety=arguments.variety)
    rows = _HONEST_ROWS * wanted.accounts + sum(c.accounts * c.per_day * wanted.days for c in wanted.campaigns)
    whole = _ROW_BYTES if wanted.texts == "text" else _BARE_ROW_BYTES
    own = 0 if (world / "world.json").exists() else whole
    read, later = (0, 0) if arguments.only_build else (_READ_BYTES, _WORK_BYTES)
    if _disk(world) == _disk(work):
        # deleted exchanges make room for the later files of the scan
        _require(world, rows * max(own + read, own + later - (whole if arguments.throw_away else 0)))
    else:
        _require(world, rows * own)
        _require(work, rows * max(read, later))


def _there(folder: Path) -> Path:
    """Return *folder*, or its nearest existing parent."""
    return next(f for f in (folder, *folder.resolve().parents) if f.exists())


def _disk(folder: Path) -> int:
    return _there(folder).stat().st_dev


def _require(folder: Path, needed: float) -> None:
    there = _there(folder)
    free = shutil.disk_usage(there).free
    if needed > free:
        raise SystemExit(
            f"this takes about {needed / 1e9:.0f} GB and {there} has {free / 1e9:.0f}: name a larger disk with --world"
            " or --work, or use --throw-away to delete the world after reading"
        )


def floor(world: Path) -> float:
    """Return the seconds in which DuckDB decodes the columns that a scan reads, for all files in *world*."""
    texts = [c.name for c in EXCHANGES.columns if str(c.type) == "string" and c.name not in _CHEAP]
    others = [c.name for c in EXCHANGES.columns if c.name not in (*texts, *_CHEAP)]
    looks = [*(f'SUM(strlen("{name}"))' for name in texts), *(f'MAX("{name}")' for name in others)]
    with duckdb.connect() as database:
        began = time.monotonic()
        query = f"SELECT {', '.join(looks)} FROM read_parquet('{world / 'exchanges' / '*.parquet'}')"
        database.sql(query).to_arrow_table()
        return time.monotonic() - began


@dataclass(frozen=True)
class Done:
    """Files that are not needed any more once *sign* exists."""

    sign: Path
    files: list[Path]

    def throw_away(self) -> None:
        """Delete the files if *sign* exists."""
        if self.sign.exists():
            for file in self.files:
                file.unlink(missing_ok=True)


@dataclass(frozen=True)
class Took:
    """The cost of a command with its child processes.

    ``seconds`` is wall-clock time, ``processors`` is CPU seconds. ``memory`` and ``disk`` (work folder) are peaks in
    bytes.
    """

    seconds: float
    processors: float
    memory: int
    disk: int


def timed(command: list[str], work: Path, memory_limit: str = MEMORY_LIMIT, done: Done | None = None) -> Took:
    """Return the cost of a stillwatch command in its own process; deletes the files of *done* as soon as possible."""
    began, disk, tree = time.monotonic(), 0, Tree()
    main = "from stillwatch.cli import main; main()"
    environment = os.environ | {"STILLWATCH_ENGINE__MEMORY_LIMIT": memory_limit}
    with subprocess.Popen(
        [sys.executable, "-c", main, *command], stdout=subprocess.DEVNULL, env=environment
    ) as running:
        while True:
            pid, status, usage = os.wait4(running.pid, os.WNOHANG)
            if pid:
                running.returncode = os.waitstatus_to_exitcode(status)
                break
            disk = max(disk, used(work, running.pid))
            tree.look(running.pid)
            if done is not None:
                done.throw_away()
            time.sleep(0.5)
    if running.returncode:
        raise SystemExit(f"stillwatch {command[0]} ended with {running.returncode}")
    processors = usage.ru_utime + usage.ru_stime
    return Took(time.monotonic() - began, max(processors, tree.seconds), max(usage.ru_maxrss * 1024, tree.memory), disk)


class Tree:
    """CPU time and memory of a process and all its descendants, including detached ones such as those of Spark."""

    def __init__(self) -> None:
        self.memory = 0
        """Most bytes that all had in memory at once."""
        self._seconds: dict[tuple[int, str], float] = {}

    @property
    def seconds(self) -> float:
        """CPU seconds until the last look."""
        return sum(self._seconds.values())

    def look(self, pid: int) -> None:
        """Record the current processes that descend from *pid*."""
        tick, page, memory = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE"), 0
        waiting = [pid]
        while waiting:
            one = Path("/proc") / str(waiting.pop())
            with contextlib.suppress(OSError):
                # the name of the program stands in parentheses and may hold anything
                facts = (one / "stat").read_text().rpartition(")")[2].split()
                self._seconds[int(one.name), facts[19]] = (int(facts[11]) + int(facts[12])) / tick
                memory += int(facts[21]) * page
                for thread in (one / "task").iterdir():
                    waiting += map(int, (thread / "children").read_text().split())
        self.memory = max(self.memory, memory)


def used(work: Path, pid: int) -> int:
    """Return the bytes on disk of the files in *work*, including deleted files that the process *pid* has open."""
    size, seen = 0, set()
    for file in work.rglob("*"):
        with contextlib.suppress(OSError):
            size += file.stat().st_blocks * 512
    with contextlib.suppress(OSError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                what = link.stat()
                # a memory-mapped file is open twice
                if str(link.readlink()).startswith(str(work)) and what.st_nlink == 0 and what.st_ino not in seen:
                    seen.add(what.st_ino)
                    size += what.st_blocks * 512
    return size


def report(found: dict[str, Any]) -> str:
    """Return *found* as Markdown."""
    rows = found["exchanges"]
    per_row = found["bytes"] / rows
    lines = [
        "| what | figure |",
        "|---|---|",
        f"| log | {rows:,} exchanges of {found['accounts']:,} accounts |",
        f"| disk | {found['bytes'] / 1e6:,.0f} MB of Parquet, {per_row:.0f} bytes a row |",
        *(making(found, rows) if found["made"] else ["| world made | before this run |"]),
    ]
    if "scan" not in found:
        return "\n".join(lines)
    lines += [
        f"| floor: columns decoded | {found['floor']:.2f} s |",
        f"| scan | {found['scan']:.1f} s, {rows / found['scan']:,.0f} rows a second |",
        f"| processors | {found['scan_busy']:.1f} s, {1e6 * found['scan_busy'] / rows:.1f} µs a row |",
        f"| peak memory of the scan | {found['peak_gib']:.2f} GiB, of which queries may take {found['limit']} |",
        f"| most disk in its work folder | {found['disk_gb']:.2f} GB |",
        f"| scan ÷ floor | {found['scan'] / found['floor']:.1f} |",
        f"| campaign accounts found | {found['found']:,} of {found['of']:,} |",
        f"| honest accounts above `watch` | {found['false_positives']:,} of {found['honest']:,} |",
        "",
        "| stage | rows | seconds | peak MiB |",
        "|---|---|---|---|",
        *(f"| {s['stage']} | {s['rows']:,} | {s['seconds']:.1f} | {s['peak_mib']:,.0f} |" for s in found["stages"]),
    ]
    return "\n".join(lines)


def making(found: dict[str, Any], rows: int) -> list[str]:
    """Return the rows on building the world; CPU seconds stay comparable on a busy machine."""
    return [
        f"| world made | {found['made']:.1f} s, {rows / found['made']:,.0f} rows a second |",
        f"| processors | {found['busy']:.1f} s, {rows / found['busy']:,.0f} rows to a second of one |",
        f"| peak memory of a shard | {found['shard_gib']:.2f} GiB |",
    ]


if __name__ == "__main__":
    main()
