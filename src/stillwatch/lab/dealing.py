"""Dealing a worklist: payloads go out without replacement, pass after pass, in a new order each time."""

from dataclasses import dataclass

import numpy as np

from stillwatch.errors import InputError
from stillwatch.lab.draws import Ints
from stillwatch.lab.scene import Scene

__all__ = ["Sheet", "deal", "framed", "plain"]


@dataclass(slots=True)
class Sheet:
    """What a campaign sends, in dealing order: text codes with string numbers before and after, and turns.

    ``turn`` counts from 0 within a conversation; rows with turn above 0 go to the account of the row before.
    """

    text: Ints
    head: Ints
    tail: Ints
    turn: Ints

    def __len__(self) -> int:
        return len(self.text)


def deal(rng: np.random.Generator, pool: Ints, n: int) -> Ints:
    """Return *n* payloads of *pool*: each once before any comes twice, in a new order in each pass."""
    if n and not len(pool):
        raise InputError("there are no payloads to deal", where="worklist", remedy="Choose another capability.")
    passes = [rng.permutation(pool) for _ in range(-(-n // max(1, len(pool))))]
    return np.concatenate(passes)[:n] if passes else pool[:0]


def plain(text: Ints) -> Sheet:
    """Return a sheet of *text* alone: no frame, one turn each."""
    zero = np.zeros(len(text), dtype=np.int64)
    return Sheet(text, zero, zero.copy(), zero.copy())


def framed(scene: Scene, text: Ints, frames: list[tuple[str, str]]) -> Sheet:
    """Return a sheet of *text*, each between the words before and after it of one of *frames*, picked
    evenly."""
    sheet = plain(text)
    which = scene.rng.integers(0, len(frames), len(text))
    sheet.head = scene.strings.numbers([head for head, _ in frames])[which]
    sheet.tail = scene.strings.numbers([tail for _, tail in frames])[which]
    return sheet
