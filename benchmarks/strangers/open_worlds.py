"""Scans many small worlds in which nothing is to be found: ``make bench-open`` or ``python -m strangers.open_worlds``.

Each world has 400 to 800 ordinary people of one author over 14 days, and up to three crowds for which one operator or
independent parties answer. The author, the crowds and all sizes are drawn from the number of the world. The figure is
the share of worlds with anything above ``watch``.
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

from strangers.authors import REPORTING, TUNING, crowds_of, ordinary_of
from strangers.compose import Part
from strangers.measuring import Result, measure
from strangers.page import open_tables, write_page
from strangers.records import code_state, results_of

__all__ = ["DAYS", "OPEN", "drawn", "perform"]

DAYS = 14
OPEN = ("operator", "independent")
"""The accountability of crowds that are no reason for anything above ``watch``."""
_FIRST_SEED = 100_000
"""Of seeds below it are the ordinary people of ``bench-strangers``."""
_MARKERS = "bench-open"
_PEOPLE, _MOST_CROWDS, _LEAST_CROWD = (400, 800), 3, 8


def drawn(number: int, authors: Sequence[str]) -> list[Part]:
    """Return the parts of world *number*; the same number and authors give the same parts."""
    rng = Random(f"open/{number}")
    open_crowds = [c for author in authors for c in crowds_of(author) if not c.is_harvest and c.accountability in OPEN]
    people = Part(ordinary_of(rng.choice(list(authors))), rng.randint(*_PEOPLE))
    chosen = rng.sample(open_crowds, rng.randint(0, min(_MOST_CROWDS, len(open_crowds))))
    return [people, *(Part(c, rng.randint(min(_LEAST_CROWD, c.usual_size), c.usual_size)) for c in chosen)]


def perform(key: dict[str, Any], *, threads: int = 0) -> tuple[dict[str, Any], str]:
    """Scan world ``key["number"]`` of ``key["authors"]``; return the result and the state of the code."""
    number = int(key["number"])
    parts, name = drawn(number, key["authors"].split()), "-".join(["open", *key["authors"].split(), str(number)])
    return asdict(measure(name, parts, seed=_FIRST_SEED + number, days=DAYS, threads=threads)), code_state()


def main() -> None:
    """Scan the worlds that have no result yet, and print the tables of the page as Markdown."""
    parser = argparse.ArgumentParser(prog="python -m strangers.open_worlds", description=__doc__)
    parser.add_argument("--worlds", type=int, default=500)
    parser.add_argument("--authors", nargs="+", default=list(REPORTING), choices=[*TUNING, *REPORTING])
    parser.add_argument("--jobs", type=int, default=2, help="worlds at the same time")
    parser.add_argument("--out", type=Path, help="the file of JSON lines; without it nothing is kept")
    parser.add_argument("--page", type=Path, help="the page whose tables are replaced")
    asked = parser.parse_args()
    authors = " ".join(asked.authors)
    keys = [{"number": number, "authors": authors} for number in range(asked.worlds)]
    found = results_of(keys, perform, out=asked.out, jobs=asked.jobs)
    chosen = f' AUTHORS="{authors}"' if asked.authors != list(REPORTING) else ""
    command = f"make bench-open WORLDS={asked.worlds}{chosen}"
    text = open_tables([Result.read(kept) for _, kept in found], code_state(), command)
    print(text)
    if asked.page is not None:
        write_page(asked.page, _MARKERS, text)


if __name__ == "__main__":
    main()
