"""Runs the detection benchmark and writes its page.

Measured: recall, false positives, time to the first alarm, the price of evasion, and the cost of each piece. Run it
with ``make bench-detect [PARTS=folder] [SEEDS="11 12 …"] [ONLY="natural early …"]``, or with ``python -m
benchmarks.detect [--parts FOLDER] [--seeds 11 …] [--only natural early …]``. A whole run takes many hours. Each figure
is a count or a mean over all seeds, with its 95% interval.

Each piece and seed writes one JSON file into ``--out``. An existing file with the same arguments is not run again;
``--only table`` only writes the page from the existing files. Worlds are built in the temporary folder and deleted
after use.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import fields
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from detect.options import Options
from detect.page import page
from detect.pieces import PIECES, Task, perform, tasks
from detect.store import Store


def main() -> None:
    """Run the selected pieces and write the page."""
    arguments = _parser().parse_args()
    options = Options(
        **{f.name: getattr(arguments, f.name) for f in fields(Options)} | {"seeds": tuple(arguments.seeds)}
    )
    wanted = _pieces(arguments.only)
    store = Store(arguments.out)
    every = {piece: tasks(piece, options) for piece in PIECES}
    asked = [task for piece in wanted for task in every[piece]]
    waiting = [task for task in asked if arguments.again or store.load(task.key, task.arguments) is None]
    failed = _run(waiting, options, store) if waiting else 0
    found = {piece: _results(store, every[piece]) for piece in PIECES}
    target = arguments.page or arguments.out / "detection.md"
    text = page(found, options)
    target.write_text(text, encoding="utf-8")
    print(text)
    sys.exit(1 if failed else 0)


def _parser() -> argparse.ArgumentParser:
    usual = Options()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detect", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", metavar="PIECE", help=f"of {', '.join(PIECES)}, table; peers selects both peer pieces"
    )
    parser.add_argument("--out", type=Path, default=Path("bench/detect"), help="folder of the results")
    parser.add_argument("--page", type=Path, help="the Markdown page to write (default: OUT/detection.md)")
    parser.add_argument("--again", action="store_true", help="run again what already has a result")
    parser.add_argument("--parts", type=Path, default=usual.parts, help="a folder of real parts")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(usual.seeds))
    parser.add_argument("--scale", type=float, default=usual.scale, help="factor on the accounts of every world")
    parser.add_argument("--jobs", type=int, default=usual.jobs, help="worlds processed at the same time")
    parser.add_argument("--calm", type=int, default=usual.calm, help="number of worlds without campaigns")
    parser.add_argument(
        "--crowds", type=int, default=usual.crowds, help="number of worlds with look-alikes and without campaigns"
    )
    parser.add_argument("--rounds", type=int, default=usual.rounds, help="rounds of the simulated operator")
    parser.add_argument("--adapt-accounts", type=int, default=usual.adapt_accounts, help="honest accounts in its world")
    parser.add_argument("--early-start", type=int, default=usual.early_start, help="day on which the campaigns begin")
    parser.add_argument(
        "--early-days", type=int, default=usual.early_days, help="maximum number of daily scans after it"
    )
    parser.add_argument(
        "--peers-python", default=usual.peers_python, help="Python interpreter with requirements/peers.txt installed"
    )
    parser.add_argument(
        "--peer-accounts", type=int, default=usual.peer_accounts, help="accounts per side for MMD, PRADA"
    )
    parser.add_argument(
        "--peer-prompts", type=int, default=usual.peer_prompts, help="maximum prompts per account for MMD, PRADA"
    )
    parser.add_argument("--memory-limit", default=usual.memory_limit, help="memory limit of the engine, per world")
    return parser


def _pieces(only: list[str] | None) -> list[str]:
    if only is None:
        return list(PIECES)
    wanted = [piece for piece in PIECES if any(piece == o or piece.startswith(f"{o}-") for o in only)]
    unknown = [o for o in only if o != "table" and not any(p == o or p.startswith(f"{o}-") for p in PIECES)]
    if unknown:
        raise SystemExit(f"there is no piece {unknown[0]!r}; choose of {', '.join(PIECES)}, table")
    return wanted


def _run(waiting: list[Task], options: Options, store: Store) -> int:
    """Run each task in its own process and return the number of failures."""
    began, failed, say = time.monotonic(), 0, _speaker()
    # a fresh process per task, so that no task sees the memory of another
    context = get_context("spawn")
    if options.jobs > 1:
        # the started processes read this; with several worlds at a time, extra threads only slow them down
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with ProcessPoolExecutor(options.jobs, mp_context=context, max_tasks_per_child=1) as pool:
        running = {pool.submit(perform, task, options): task for task in waiting}
        for done, future in enumerate(as_completed(running), start=1):
            task = running[future]
            try:
                result, cost, code = future.result()
            except Exception as error:  # noqa: BLE001 - the other pieces continue, and the page lists what is missing
                failed += 1
                say(f"{task.key}: not run: {type(error).__name__}: {error}")
                continue
            store.save(task.key, task.arguments, result, cost, code)
            passed = time.monotonic() - began
            say(
                f"{task.key}: {cost['seconds']:.0f} s, {cost['peak_gb']} GB; {done} of {len(waiting)} in {passed:.0f} s"
            )
    return failed


def _speaker() -> Callable[[str], None]:
    return lambda text: print(text, file=sys.stderr, flush=True)


def _results(store: Store, wanted: list[Task]) -> list[dict[str, object]]:
    kept = ((task.seed, store.load(task.key, task.arguments)) for task in wanted)
    return [
        {"seed": seed, "code": found["code"], "cost": found["cost"], **found["result"]} for seed, found in kept if found
    ]


if __name__ == "__main__":
    main()
