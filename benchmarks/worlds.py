"""Measures recall and false positives on preset worlds of several seeds.

Run it with ``make bench-worlds [PARTS=folder] [SEEDS="11 12 …"]`` or ``python benchmarks/worlds.py [--parts FOLDER]
[--seeds 11 12 13] [--presets demo calm …]``. Prints one Markdown row per preset with sums over all seeds: campaign
accounts above ``watch``, honest accounts above ``watch`` (both with 95% Wilson intervals), and look-alike crowds with
any account above ``watch``. Seeds 1 to 9 were used during development of the detector; report figures on other seeds.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from scipy.stats import binomtest

from stillwatch import lab, runs, settings

_COUNTED = "campaign accounts", "honest accounts", "look-alike crowds"


def main() -> None:
    """Print one row per preset, with sums over all seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", type=Path, help="a folder of real parts, for the preset real-parts")
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13, 14, 15])
    parser.add_argument("--presets", nargs="+", default=None)
    arguments = parser.parse_args()
    presets = arguments.presets or ["demo", "calm", "lookalikes", *(["real-parts"] if arguments.parts else [])]
    headings = "world", "seeds", "accounts", "exchanges", *(f"{what} above `watch`" for what in _COUNTED)
    print(f"| {' | '.join(headings)} |\n{'|---' * len(headings)}|")
    for preset in presets:
        parts = arguments.parts if preset == "real-parts" else None
        print(_row(preset, [_scanned(preset, seed, parts) for seed in arguments.seeds]), flush=True)


def _scanned(preset: str, seed: int, parts: Path | None) -> dict[str, int]:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        world, scan = Path(folder) / "world", Path(folder) / "scan"
        built = lab.build(world, lab.preset(preset), parts=parts, seed=seed)
        logs, accounts = [str(world / "exchanges")], str(world / "accounts.parquet")
        runs.scan(logs, scan, settings=settings.load(environment={}), accounts=accounts)
        measured = lab.measure(scan, world)
    print(f"{preset} seed {seed}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    return {
        "accounts": built.n_accounts,
        "exchanges": built.n_exchanges,
        "found": sum(c.above_watch.n for c in measured.campaigns),
        "campaign": sum(c.above_watch.of for c in measured.campaigns),
        "false_positives": measured.honest_above_watch.n,
        "honest": measured.honest_above_watch.of,
        "crowds": len(measured.lookalikes),
        "crowds_above": sum(crowd.above_watch.n > 0 for crowd in measured.lookalikes),
    }


def _row(preset: str, results: list[dict[str, int]]) -> str:
    total = {key: sum(r[key] for r in results) for key in results[0]}
    return (
        f"| {preset} | {len(results)} | {total['accounts']:,} | {total['exchanges']:,} "
        f"| {_share(total['found'], total['campaign'])} | {_share(total['false_positives'], total['honest'])} "
        f"| {total['crowds_above']} of {total['crowds']} |"
    )


def _share(count: int, of: int) -> str:
    if not of:
        return "–"
    low, high = binomtest(count, of).proportion_ci(method="wilson")
    return f"{count:,} of {of:,} ({100 * low:.4g}–{100 * high:.4g}%)"


if __name__ == "__main__":
    main()
