"""Lists the pieces of the benchmark: what each runs, on which world and seed, and the name of its result file."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from resource import RUSAGE_SELF, getrusage
from typing import Any

from detect import peer_runs, scanning, worlds
from detect.options import Options
from detect.store import code_digest
from stillwatch import lab

__all__ = ["PIECES", "SCANNED", "Task", "perform", "tasks"]

_CHUNK = 10
"""Small worlds per task; a stopped run loses at most this many."""
_FIRST_SMALL = {"calm": 200_000, "crowds": 100_000}
"""Seed of the first small world, so that none is also a reporting seed. Calm worlds from seed 100,000 on are not used
for reporting: seven of them were seen before the second key was changed (ADR 5).
"""


@dataclass(frozen=True)
class Task:
    """One piece on one seed; equal ``arguments`` give an equal result."""

    piece: str
    key: str
    seed: int
    arguments: dict[str, Any]
    call: Callable[..., dict[str, Any]]
    more: dict[str, Any]


def perform(task: Task, options: Options) -> tuple[dict[str, Any], dict[str, float], str]:
    """Return the result of *task*, its cost, and the digest of the code.

    The cost has ``seconds`` (whole task), ``scan_seconds`` (only for pieces that scan), and ``peak_gb``, the peak
    memory of this process in GB.
    """
    code = code_digest()
    began = time.monotonic()
    result = task.call(options, seed=task.seed, **task.more)
    peak = getrusage(RUSAGE_SELF).ru_maxrss / 2**20
    cost = {"seconds": round(time.monotonic() - began, 1), "peak_gb": round(peak, 2)}
    # times are not part of the result, so that equal arguments give an equal result
    if "scan_seconds" in result:
        cost["scan_seconds"] = round(result.pop("scan_seconds"), 1)
    return result, cost, code


def tasks(piece: str, options: Options) -> list[Task]:
    """Return the tasks of *piece*."""
    return PIECES[piece](piece, options)


def _task(
    options: Options, piece: str, seed: int, call: Callable[..., dict[str, Any]], kept: dict[str, Any], **more: Any
) -> Task:
    arguments = {"piece": piece, "seed": seed, **options.shared(), **kept}
    return Task(piece, f"{piece}-{seed}", seed, arguments, call, more)


def _scanned(world: str, *, sketched: bool = False) -> Callable[[str, Options], list[Task]]:
    def made(piece: str, options: Options) -> list[Task]:
        spec = worlds.WORLDS[world](options)
        kept = {"spec": _card(spec), "sketched": sketched}
        return [
            _task(options, piece, seed, scanning.scan_world, kept, spec=spec, sketched=sketched)
            for seed in options.seeds
        ]

    return made


def _small(world: str) -> Callable[[str, Options], list[Task]]:
    def made(piece: str, options: Options) -> list[Task]:
        spec = {"calm": worlds.calm, "crowds": worlds.crowds}[world](options)
        wanted = {"calm": options.calm, "crowds": options.crowds}[world]
        found = []
        for start in range(0, wanted, _CHUNK):
            count = min(_CHUNK, wanted - start)
            kept = {"spec": _card(spec), "count": count}
            found.append(
                _task(options, piece, _FIRST_SMALL[world] + start, scanning.scan_small, kept, spec=spec, count=count)
            )
        return found

    return made


def _early(piece: str, options: Options) -> list[Task]:
    spec = worlds.early(options)
    days = options.early_start + 1, options.early_start + options.early_days
    kept = {"spec": _card(spec), "days": list(days)}
    return [
        _task(options, piece, seed, scanning.watch_days, kept, spec=spec, first=days[0], last=days[1])
        for seed in options.seeds
    ]


def _adapt(piece: str, options: Options) -> list[Task]:
    spec = worlds.field(options)
    kept = {"spec": _card(spec), "rounds": options.rounds}
    return [
        _task(options, piece, seed, scanning.play, kept, spec=spec, rounds=options.rounds) for seed in options.seeds
    ]


def _peers(world: str) -> Callable[[str, Options], list[Task]]:
    def made(piece: str, options: Options) -> list[Task]:
        spec = worlds.WORLDS[world](options)
        kept = {"spec": _card(spec), "accounts": options.peer_accounts, "prompts": options.peer_prompts}
        return [_task(options, piece, seed, peer_runs.run_peers, kept, spec=spec) for seed in options.seeds]

    return made


def _script(name: str) -> Callable[[str, Options], list[Task]]:
    def made(piece: str, options: Options) -> list[Task]:
        return [_task(options, piece, 0, peer_runs.run_script, {}, name=name)] if options.parts else []

    return made


def _card(spec: lab.WorldSpec) -> dict[str, Any]:
    return spec.model_dump(mode="json")


_SKETCHED = "natural", "cover"
"""Worlds that are also scanned as sketches."""
SCANNED = (*worlds.WORLDS, *(f"sketch-{name}" for name in _SKETCHED))
"""Pieces that scan a large world and measure the result."""
PIECES: dict[str, Callable[[str, Options], list[Task]]] = {
    **{name: _scanned(name) for name in worlds.WORLDS},
    **{f"sketch-{name}": _scanned(name, sketched=True) for name in _SKETCHED},
    "early": _early,
    "calm": _small("calm"),
    "crowds": _small("crowds"),
    "adapt": _adapt,
    "peers-natural": _peers("natural"),
    "peers-cover": _peers("cover"),
    "windows": _script("windows"),
    "templates": _script("templates"),
}
"""Every piece by name, in running order."""
