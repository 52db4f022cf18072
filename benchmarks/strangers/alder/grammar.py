"""Fills templates from tables, gives people voices, and deals lists of work."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import TypeVar

_SLOT = re.compile(r"\{(?:([a-z_]+)(?:=([a-z0-9]+))?|(\d+)-(\d+))\}")
_T = TypeVar("_T")
_OPENINGS = (
    "",
    "",
    "",
    "Hi, ",
    "Hello! ",
    "hey ",
    "ok so ",
    "Please help: ",
    "Quick question. ",
    "Good morning. ",
    "Right, ",
)
_CLOSINGS = (
    "",
    "",
    "",
    "",
    " Thanks!",
    " thx",
    " Please.",
    " Thank you in advance.",
    " Keep it short.",
    " Be specific.",
    " No fluff please.",
    " Explain why.",
    " any ideas?",
    " In plain English.",
    " cheers",
    " Use bullet points.",
)


class Grammar:
    """Tables of phrases whose slots are filled from each other."""

    def __init__(self, *tables: Mapping[str, Sequence[str]]) -> None:
        self.tables: dict[str, Sequence[str]] = {}
        for table in tables:
            self.tables.update(table)

    def say(self, rng: Random, text: str, kept: dict[str, str] | None = None) -> str:
        """Fill *text*: ``{name}`` a draw, ``{name=key}`` a draw that *kept* remembers, ``{3-9}`` a number."""
        memory: dict[str, str] = {} if kept is None else kept

        def fill(match: re.Match[str]) -> str:
            name, key, low, high = match.groups()
            if low:
                return str(rng.randint(int(low), int(high)))
            if key and f"{name}={key}" in memory:
                return memory[f"{name}={key}"]
            if name not in self.tables:
                return match.group(0)
            value = self.say(rng, rng.choice(self.tables[name]), memory)
            if key:
                memory[f"{name}={key}"] = value
            return value

        return _SLOT.sub(fill, text)

    def draw(self, rng: Random, name: str, kept: dict[str, str] | None = None) -> str:
        """Draw from the table *name* and fill it."""
        return self.say(rng, rng.choice(self.tables[name]), kept)

    def narrowed(self, rng: Random, names: Sequence[str], keep: int) -> "Grammar":
        """Return the grammar of somebody who knows only *keep* entries of each table in *names*."""
        cut = {n: rng.sample(list(self.tables[n]), min(keep, len(self.tables[n]))) for n in names if n in self.tables}
        return Grammar(self.tables, cut)

    def with_tables(self, tables: Mapping[str, Sequence[str]]) -> "Grammar":
        """Return the grammar with *tables* added or replaced."""
        return Grammar(self.tables, tables)


@dataclass(frozen=True, slots=True)
class Voice:
    """How somebody types: openings, closings, case, and slips."""

    openings: Sequence[str]
    closings: Sequence[str]
    lower: bool
    slips: float
    bare: bool

    def speak(self, rng: Random, text: str) -> str:
        """Return *text* as this person would type it."""
        said, chance = text, 0.6 if len(text) > 28 else 0.04
        if rng.random() < chance:
            said = rng.choice(self.openings) + said
        if rng.random() < chance:
            said += rng.choice(self.closings)
        first, gap, pasted = said.partition("\n\n")
        typed = first.lower() if self.lower else first
        if self.bare:
            typed = typed.replace("'", "").rstrip(".?!")
        words = typed.split(" ")
        typed = " ".join(
            _slip(rng, w) if len(w) > 4 and w.isalpha() and rng.random() < self.slips else w for w in words
        )
        return typed + gap + pasted


def _slip(rng: Random, word: str) -> str:
    place = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(3)
    if kind == 0:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == 1:
        return word[:place] + word[place + 1 :]
    return word[:place] + word[place] + word[place:]


def voice_of(rng: Random) -> Voice:
    """Return the voice of a new person."""
    return Voice(
        openings=rng.sample(_OPENINGS, 3),
        closings=rng.sample(_CLOSINGS, 4),
        lower=rng.random() < 0.3,
        slips=rng.choice((0.0, 0.0, 0.005, 0.02, 0.05)),
        bare=rng.random() < 0.25,
    )


def dealt(seed: str, place: int, members: int, build: Callable[[Random, int], _T], *, batch: int = 1) -> Iterator[_T]:
    """Yield the items of one list that member *place* of *members* is given, *batch* after one another in the list."""
    for turn in count():
        first = (turn * members + place) * batch
        for index in range(first, first + batch):
            yield build(Random(f"{seed}/{index}"), index)
