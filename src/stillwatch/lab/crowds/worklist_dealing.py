"""Deals a worklist: payloads go out without replacement, pass after pass, each pass in a new order."""

from dataclasses import dataclass

import numpy as np

from stillwatch.errors import InputError
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.draws.random_draws import Ints, mix
from stillwatch.lab.spec import CampaignSpec

__all__ = ["DealtWorklist", "deal", "distinct", "draw_tool_sets", "framed", "payloads", "sessions", "unframed"]


@dataclass(slots=True)
class DealtWorklist:
    """The rows that a campaign sends, in dealing order: text codes, and string numbers of the words before and after.

    ``turn`` counts from 0 within a conversation; rows with a turn above 0 go to the account of the row before.
    ``tool_set`` is the tool set sent along (see ``Rows``). ``kind`` is the user kind whose answer lengths apply.
    """

    text: Ints
    head: Ints
    tail: Ints
    turn: Ints
    tool_set: Ints | None = None
    kind: str = "chat"

    def __len__(self) -> int:
        return len(self.text)


def deal(rng: np.random.Generator, pool: Ints, n: int) -> Ints:
    """Return *n* payloads of *pool*: each once per pass, in a new order in each pass."""
    if n and not len(pool):
        raise InputError("there are no payloads to deal", where="worklist", remedy="Choose another capability.")
    passes = [rng.permutation(pool) for _ in range(-(-n // max(1, len(pool))))]
    return np.concatenate(passes)[:n] if passes else pool[:0]


def distinct(rng: np.random.Generator, total: int, n: int) -> Ints:
    """Return up to *n* different numbers below *total*, in random order; fewer only if *total* is less."""
    if 4 * n >= total:
        return np.asarray(rng.permutation(total)[:n], dtype=np.int64)
    drawn: Ints = np.zeros(0, dtype=np.int64)
    while len(drawn) < n:
        drawn = np.unique(np.concatenate([drawn, rng.integers(0, total, n + n // 3 + 16)]))
    return rng.permutation(drawn)[:n]


def payloads(context: WorldContext, spec: CampaignSpec, n: int, *usual: str) -> Ints:
    """Return a worklist of up to *n* payloads for the capability of the campaign.

    If the capability is ``broad``, the capabilities *usual* of the family are used in turn until there are enough.
    """
    wanted = spec.worklist or n
    aims = usual if spec.capability == "broad" and usual else (spec.capability,)
    found: Ints = np.zeros(0, dtype=np.int64)
    for aim in (aim for aim in aims if aim not in usual or context.texts.offers(aim)):
        if len(found) < wanted:
            found = np.concatenate([found, context.texts.worklist(context.rng, wanted - len(found), aim)])
    return found


def sessions(rng: np.random.Generator, n: int, shortest: int, longest: int) -> Ints:
    """Return the turns of *n* rows in sessions of *shortest* to *longest* turns; the last session may be cut."""
    lengths = rng.integers(shortest, longest + 1, n // max(1, shortest) + 1)
    ends = np.cumsum(lengths)
    begins = np.repeat(ends - lengths, lengths)[:n]
    return np.asarray(np.arange(n) - begins, dtype=np.int64)


def draw_tool_sets(context: WorldContext, n: int, fewest: int, most: int) -> Ints:
    """Return *n* sets of *fewest* to *most* tools, in the encoding of ``Rows.tool_set``."""
    seeds = context.rng.integers(0, 2**60, n)
    digests = context.strings.numbers([f"{int(mix(seed, 21)):016x}" for seed in seeds.tolist()])
    return np.asarray(digests * 256 + context.rng.integers(fewest, most + 1, n), dtype=np.int64)


def unframed(text: Ints) -> DealtWorklist:
    """Return rows of *text* alone: no frame, one turn each."""
    zero = np.zeros(len(text), dtype=np.int64)
    return DealtWorklist(text, zero, zero.copy(), zero.copy())


def framed(context: WorldContext, text: Ints, frames: list[tuple[str, str]]) -> DealtWorklist:
    """Return rows of *text*, each inside one of *frames* (words before, words after), chosen evenly."""
    dealt = unframed(text)
    which = context.rng.integers(0, len(frames), len(text))
    dealt.head = context.strings.numbers([head for head, _ in frames])[which]
    dealt.tail = context.strings.numbers([tail for _, tail in frames])[which]
    return dealt
