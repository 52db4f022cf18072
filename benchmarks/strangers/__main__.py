"""Measures a scan on worlds that strangers wrote: ``make bench-strangers`` or ``python -m strangers`` in benchmarks/.

Three kinds of world, each with 1,200 ordinary people of the same author over 21 days (:class:`strangers.worlds.World`),
with plain and with swapped habits. Results are kept as JSON lines, and a run goes on where another one stopped. A file
never holds results of two states of the code.
"""

import argparse
from dataclasses import asdict
from pathlib import Path

from strangers.authors import REPORTING, TUNING
from strangers.measuring import Result
from strangers.page import tables, write_page
from strangers.records import code_state, results_of
from strangers.worlds import HABITS, KINDS, World, perform, worlds

_MARKERS = "bench-strangers"


def main() -> None:
    """Scan the worlds that were asked for, and print the tables of the page as Markdown."""
    asked = _parser().parse_args()
    keys = [asdict(world) for world in worlds(asked.authors, asked.kinds, asked.habits, asked.seeds, asked.only)]
    found = results_of(keys, perform, out=asked.out, jobs=asked.jobs)
    text = tables([(World(**key), Result.read(kept)) for key, kept in found], code_state(), _command(asked))
    print(text)
    if asked.page is not None:
        write_page(asked.page, _MARKERS, text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m strangers", description=__doc__)
    parser.add_argument("--authors", nargs="+", default=list(REPORTING), choices=[*TUNING, *REPORTING])
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13, 14, 15])
    parser.add_argument("--habits", nargs="+", default=list(HABITS), choices=HABITS)
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=KINDS)
    parser.add_argument("--only", nargs="+", default=[], help="names of crowds (alone) or harvests (together, hidden)")
    parser.add_argument("--jobs", type=int, default=2, help="worlds at the same time")
    parser.add_argument("--out", type=Path, help="the file of JSON lines; without it nothing is kept")
    parser.add_argument("--page", type=Path, help="the page whose tables are replaced")
    return parser


def _command(asked: argparse.Namespace) -> str:
    """Return the command that makes the same tables."""
    parts = ["make bench-strangers", f'SEEDS="{" ".join(map(str, asked.seeds))}"']
    for name, usual in (("authors", REPORTING), ("habits", HABITS), ("kinds", KINDS), ("only", ())):
        chosen = getattr(asked, name)
        if list(chosen) != list(usual):
            parts.append(f'{name.upper()}="{" ".join(chosen)}"')
    return " ".join(parts)


if __name__ == "__main__":
    main()
