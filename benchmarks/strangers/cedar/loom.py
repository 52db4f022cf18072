"""Weaves texts from tables, gives every writer a voice, and deals a list of work."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from random import Random
from typing import TypeVar

__all__ = ["Tables", "dealt", "listed", "merged", "queue", "taste", "voice", "weave"]

Tables = Mapping[str, Sequence[str]]
_SLOT = re.compile(r"\{([a-z_]+!?|\d+-\d+)\}")
_Item = TypeVar("_Item")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def listed(text: str, mark: str = ",") -> list[str]:
    """Return the parts of *text* between the marks."""
    return text.split(mark)


def weave(rng: Random, text: str, tables: Tables) -> str:
    """Fill the slots of *text*: ``{name}`` from a table, ``{name!}`` once for the whole text, ``{10-99}`` a number."""
    kept: dict[str, str] = {}

    def fill(found: re.Match[str]) -> str:
        slot = found[1]
        if slot[0].isdigit():
            low, high = slot.split("-")
            return str(rng.randint(int(low), int(high)))
        name = slot.rstrip("!")
        if name not in tables:
            return found[0]
        if slot.endswith("!"):
            if name not in kept:
                kept[name] = _SLOT.sub(fill, rng.choice(tables[name]))
            return kept[name]
        return _SLOT.sub(fill, rng.choice(tables[name]))

    return _SLOT.sub(fill, text)


def merged(*tables: Tables) -> dict[str, Sequence[str]]:
    """Return the tables together; later ones win."""
    whole: dict[str, Sequence[str]] = {}
    for some in tables:
        whole.update(some)
    return whole


def taste(rng: Random, tables: Tables, share: float = 0.45, least: int = 4) -> dict[str, Sequence[str]]:
    """Return what one person uses of *tables*: a part of each, always the same."""
    return {
        name: rng.sample(list(rows), min(len(rows), max(least, round(share * len(rows)))))
        for name, rows in tables.items()
    }


def _slip(rng: Random, text: str) -> str:
    at = rng.randrange(1, max(2, len(text) - 1))
    if at + 1 >= len(text) or not text[at].isalpha() or not text[at + 1].isalpha():
        return text
    kind = rng.randrange(3)
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    row = next((r for r in _ROWS if text[at] in r), None)
    return text if row is None else text[:at] + rng.choice(row) + text[at + 1 :]


def voice(rng: Random) -> Callable[[Random, str], str]:
    """Return how one person types: case, slips of the keyboard, greetings, thanks, lost full stops."""
    lower, slips = rng.random() < 0.35, rng.choice((0.0, 0.0, 0.15, 0.4, 1.0))
    hello = rng.choice(("", "", "", "", "Hi! ", "Hello, ", "hey ", "Good morning. ", "ok so ", "Quick one: "))
    end = rng.choice(("", "", "", "", " Thanks!", " thx", " please", " Thank you in advance.", " pls", " Cheers"))
    manner, bare = rng.random() * 0.6, rng.random() < 0.4

    def say(dice: Random, text: str) -> str:
        head, line, rest = text.partition("\n")
        if lower:
            head = head.lower()
        if dice.random() < manner:
            head = hello + head
        if dice.random() < manner:
            head, rest = (head + end, rest) if not rest else (head, rest + ("\n\n" + end.strip() if end else ""))
        if bare:
            head = head.rstrip(".")
        for _ in range(2):
            if dice.random() < slips * 0.5:
                head = _slip(dice, head)
        return head + line + rest

    return say


def dealt(make: Callable[[int], _Item], place: int, n: int) -> Iterator[_Item]:
    """Yield the items of one list that fall to the account at *place* of *n*; each item goes to one account."""
    for lap in count():
        yield make(lap * n + (place + 7 * lap) % n)


def queue(name: str, weaver: Callable[[Random, int, str], _Item]) -> Callable[[int], _Item]:
    """Return the list whose entry *i* is woven from a generator of its own, so that it can be dealt in any order."""
    return lambda i: weaver(Random(f"{name}/{i}"), i, name)
