"""Measures a scan on worlds that strangers wrote: ``make bench-strangers`` or ``python -m strangers`` in benchmarks/.

Two kinds of world, each with 1,200 ordinary people of the same author over 21 days. In *alone* one crowd stands among
them. In *together* all honest crowds of the author and one of its harvests do. With ``--swap`` harvests and honest
crowds have exchanged what anybody can change for free (:class:`strangers.contract.Habits`).
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from strangers.authors import REPORTING, TUNING, crowds_of, ordinary_of
from strangers.compose import Part, swapped
from strangers.measuring import CrowdResult, Result, measure

ORDINARY_ACCOUNTS = 1_200
DAYS = 21


def main() -> None:
    """Scan the worlds that were asked for and print one table per kind, as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--authors", nargs="+", default=list(REPORTING), choices=[*TUNING, *REPORTING])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--swap", action="store_true")
    parser.add_argument("--kinds", nargs="+", default=["alone", "together"], choices=["alone", "together"])
    parser.add_argument("--only", nargs="+", default=None, help="names of crowds (alone) or harvests (together)")
    parser.add_argument("--out", type=Path, help="a file of JSON lines, one per world")
    asked = parser.parse_args()
    results: dict[str, list[Result]] = {}
    for kind, author, name, parts in _worlds(asked):
        for seed in asked.seeds:
            began = time.monotonic()
            done = measure(parts, seed=seed, days=DAYS)
            results.setdefault(kind, []).append(done)
            print(f"{kind} {author} {name} seed {seed}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            if asked.out is not None:
                with asked.out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"kind": kind, "name": name, "seed": seed, **asdict(done)}) + "\n")
    for kind, found in results.items():
        print(f"\n## {kind}{', swapped' if asked.swap else ''}\n\n" + "\n".join(_table(found)))


def _worlds(asked: argparse.Namespace) -> Iterator[tuple[str, str, str, list[Part]]]:
    """Yield kind, author, name and parts of every world."""
    for author in asked.authors:
        people = Part(ordinary_of(author), ORDINARY_ACCOUNTS)
        crowds = swapped(crowds_of(author)) if asked.swap else crowds_of(author)
        parts = [Part(crowd, crowd.usual_size) for crowd in crowds]
        honest = [part for part in parts if not part.crowd.is_harvest]
        for part in parts:
            name = part.crowd.name
            if asked.only is not None and name not in asked.only:
                continue
            if "alone" in asked.kinds:
                yield "alone", author, name, [people, part]
            if "together" in asked.kinds and part.crowd.is_harvest:
                yield "together", author, name, [people, *honest, part]


def _table(results: list[Result]) -> Iterator[str]:
    """Yield the lines of a table: a crowd a row, all worlds of its kind added up."""
    yield "| crowd | author | truth | accounts | urgent | review | watch | first three of the queue |"
    yield "|---|---|---|---|---|---|---|---|"
    rows: dict[tuple[str, str], list[CrowdResult]] = {}
    for result in results:
        for crowd in result.crowds:
            rows.setdefault((crowd.crowd, crowd.author), []).append(crowd)
    for (name, author), found in sorted(rows.items(), key=lambda item: (item[1][0].is_harvest, item[0])):
        first, total = found[0], sum(crowd.n_accounts for crowd in found)
        truth = "harvest" if first.is_harvest else "honest, one list" if first.one_list else "honest"
        early = sum(crowd.place is not None and crowd.place <= 3 for crowd in found)
        counts = (sum(getattr(crowd, key) for crowd in found) for key in ("n_urgent", "n_review", "n_watch"))
        cells = [name, author, f"{truth}, {first.accountability}", f"{total:,}", *(f"{n:,}" for n in counts)]
        yield f"| {' | '.join(cells)} | {early} of {len(found)} |"


if __name__ == "__main__":
    main()
