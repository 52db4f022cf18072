"""Texts from templates with slots, and the ways in which one person picks and types them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count
from random import Random

__all__ = ["Tables", "Tongue", "Voice", "alternatives", "deal"]

Tables = Mapping[str, "Sequence[str] | Callable[[Random], str]"]
_SLOT = re.compile(r"\{([a-z_]+)\}|\{#(\d+)-(\d+)\}")
_GREETINGS = ("hi, ", "hey ", "hello, ", "Hi! ", "good morning, ", "quick question: ", "ok so ", "", "", "", "", "")
_TAILS = (
    " thanks",
    " thx",
    " pls",
    " please",
    " Thank you!",
    " cheers",
    " be brief",
    " no fluff",
    "",
    "",
    "",
    "",
    "",
    "",
)


def alternatives(text: str) -> tuple[str, ...]:
    """Return the entries of *text*, which are separated by bars."""
    return tuple(" ".join(part.split()) for part in text.split("|"))


class Tongue:
    """One person's choice of words: some of each table, and one value for each slot that begins with ``my_``."""

    def __init__(self, rng: Random, tables: Tables, share: float = 1.0) -> None:
        self._rng, self._tables, self._share = rng, tables, share
        self._narrow: dict[str, Sequence[str]] = {}
        self._mine: dict[str, str] = {}

    def say(self, template: str) -> str:
        """Return *template* with its slots filled, and the slots of their fillings."""
        for _ in range(5):
            filled = _SLOT.sub(self._fill, template)
            if filled == template:
                break
            template = filled
        return template

    def _fill(self, match: re.Match[str]) -> str:
        key, low, high = match.groups()
        if low is not None:
            return str(self._rng.randint(int(low), int(high)))
        if key.startswith("my_"):
            if key not in self._mine:
                self._mine[key] = self.say("{" + key[3:] + "}")
            return self._mine[key]
        table = self._tables.get(key)
        if table is None:
            return match.group(0)
        if callable(table):
            return table(self._rng)
        if key not in self._narrow:
            size = min(len(table), max(4, round(self._share * len(table))))
            self._narrow[key] = self._rng.sample(list(table), size) if self._share < 1 else table
        return self._rng.choice(self._narrow[key])


class Voice:
    """How one person types: case, punctuation, slips of the keyboard, greetings."""

    def __init__(self, rng: Random, care: float | None = None, english: bool = True) -> None:
        self._rng = rng
        care = rng.random() if care is None else care
        self._lower = rng.random() < 0.45 * (1 - care)
        self._slips = 0.007 * (1 - care) ** 2 if rng.random() < 0.6 else 0.0
        self._open_end = rng.random() < 0.6 * (1 - care)
        self._greeting, self._tail = rng.choice(_GREETINGS), rng.choice(_TAILS)
        self._polite = rng.random() * 0.6 if care < 1 and english else 0.0

    def type(self, text: str, opening: bool = True) -> str:
        """Return *text* as this person types it; what is pasted below the first empty line stays as it is."""
        said, gap, pasted = text.partition("\n\n")
        if opening and self._rng.random() < self._polite:
            said = self._greeting + (said[0].lower() + said[1:] if self._greeting and said else said)
        if opening and self._rng.random() < self._polite and not pasted:
            said += self._tail
        if self._lower:
            said = said.lower().replace("'", "" if self._open_end else "'")
        if self._open_end:
            said = said.rstrip("?.!")
        if self._slips:
            said = "".join(self._slip(c) for c in said)
        return said + gap + pasted

    def _slip(self, letter: str) -> str:
        if self._rng.random() >= self._slips:
            return letter
        return self._rng.choice((letter * 2, "", letter, letter + self._rng.choice("aeinrst")))


@lru_cache(maxsize=4096)
def _seats(seed: int, turn: int, n: int) -> tuple[int, ...]:
    seats = list(range(n))
    Random(f"{seed}/deal/{turn}").shuffle(seats)
    return tuple(seats)


def deal(seed: int, place: int, n: int, copies: int = 1) -> Iterator[int]:
    """Yield the numbers of the items that member *place* of *n* gets; each item goes to *copies* members of a round."""
    per_round = max(1, n // copies)
    for turn in count():
        yield turn * per_round + min(_seats(seed, turn, n)[place] // copies, per_round - 1)
