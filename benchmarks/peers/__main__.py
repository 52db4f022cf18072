"""Runs the peer detectors on a world: ``python benchmarks/peers WORLD [--out FILE] [--peers …]``.

``make bench-detect ONLY=peers`` runs it for its worlds. It needs ``truth.parquet``: a fifth of the honest accounts is
used to calibrate the peers and is left out of the result. MMD and PRADA read a sample of the accounts, because each
text costs them milliseconds. Prints JSON: flagged accounts of the judged ones, for campaign and honest accounts, with
95% intervals. ``--out`` writes one row per judged account (peer, account_id, score, flagged).
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.stats import binomtest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from peers import isolation_forest, mmd, prada, shared_attributes
from peers.embedding import embed
from peers.scores import Scored
from peers.world import World

_PEERS = "mmd", "prada", "isolation_forest", "shared_attributes"


def main() -> None:
    """Print the recall and the false positives of each peer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("world", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--peers", nargs="+", choices=_PEERS, default=_PEERS)
    parser.add_argument("--rate", type=float, default=1e-3, help="share of honest accounts above a peer's threshold")
    parser.add_argument("--accounts", type=int, default=300, help="accounts per side that MMD and PRADA read")
    parser.add_argument("--prompts", type=int, default=150, help="prompts per account that MMD and PRADA read")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    world = World(arguments.world)
    if not world.has_truth:
        parser.error("the world has no truth.parquet")
    trusted = world.trusted(0.2, arguments.seed)
    found, seconds = _run(world, trusted, arguments)
    print(
        json.dumps({peer: summarise(rows, frozenset(world.honest())) | seconds[peer] for peer, rows in found.items()})
    )
    if arguments.out:
        rows = [{"peer": peer, **row._asdict()} for peer, scored in found.items() for row in scored]
        pq.write_table(pa.Table.from_pylist(rows), arguments.out)


def _run(
    world: World, trusted: frozenset[str], arguments: argparse.Namespace
) -> tuple[dict[str, list[Scored]], dict[str, dict[str, float]]]:
    found, seconds = {}, {}
    texts: tuple[np.ndarray, np.ndarray] | None = None
    reading = 0.0
    for peer in arguments.peers:
        began = time.monotonic()
        if peer in {"mmd", "prada"} and texts is None:
            texts = _read(world, trusted, arguments)
            reading = time.monotonic() - began
            began = time.monotonic()
        if peer == "mmd":
            found[peer] = mmd.flag(*texts, trusted, rate=arguments.rate, seed=arguments.seed)
        elif peer == "prada":
            found[peer] = prada.flag(*texts, trusted, rate=arguments.rate)
        elif peer == "isolation_forest":
            found[peer] = isolation_forest.flag(world, trusted, rate=arguments.rate, seed=arguments.seed)
        else:
            found[peer] = shared_attributes.flag(world, trusted)
        seconds[peer] = {"seconds": round(time.monotonic() - began, 2)}
        if peer in {"mmd", "prada"}:
            seconds[peer]["embedding_seconds"] = round(reading, 2)
    return found, seconds


def _read(world: World, trusted: frozenset[str], arguments: argparse.Namespace) -> tuple[np.ndarray, np.ndarray]:
    """Return account and embedding of each prompt of a sample of trusted, other honest, and campaign accounts."""
    random = np.random.default_rng(arguments.seed)
    honest = world.honest()
    others = world.table("SELECT account_id FROM truth WHERE is_campaign ORDER BY 1")["account_id"]
    sides = sorted(trusted), [a for a in honest if a not in trusted], others.to_pylist()
    wanted = [side[i] for side in sides for i in random.permutation(len(side))[: arguments.accounts]]
    table = world.prompts(wanted, arguments.prompts)
    return np.array(table["account_id"].to_pylist()), embed(table["prompt"].to_pylist())


def summarise(rows: list[Scored], honest: frozenset[str]) -> dict[str, object]:
    """Return flagged and judged accounts per side, with 95% intervals (Wilson)."""
    sides = {
        "campaign": [r for r in rows if r.account_id not in honest],
        "honest": [r for r in rows if r.account_id in honest],
    }
    made: dict[str, object] = {}
    for side, judged in sides.items():
        flagged = sum(r.flagged for r in judged)
        interval = binomtest(flagged, len(judged)).proportion_ci(method="wilson") if judged else (0.0, 1.0)
        made[side] = {"flagged": flagged, "of": len(judged), "interval": [round(float(x), 6) for x in interval]}
    return made


if __name__ == "__main__":
    main()
