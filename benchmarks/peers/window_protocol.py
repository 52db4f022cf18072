"""Draws the reference and the windows of a published window protocol.

Liu, Guo and Dong (2026): 1,500 prompts per window, attack shares of 5 to 100%, seeds 1, 20 and 42. Four fifths of the
honest prompts are the reference, which alone sets thresholds; windows use the other fifth. Here the windows of one
shuffle share no prompt. When a shuffle is used up, the pool is shuffled again.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["SEEDS", "SHARES", "SIZE", "Pool", "draw_windows", "split"]

Ints = npt.NDArray[np.int64]

SIZE = 1_500
SHARES = (0.05, 0.1, 0.25, 0.5, 1.0)
SEEDS = (1, 20, 42)
_REFERENCE = 0.8


class Pool(NamedTuple):
    """Rows of the honest prompts: the reference for thresholds, and the held-out rows for windows."""

    reference: Ints
    held_out: Ints


def split(honest: Ints, random: np.random.Generator) -> Pool:
    """Return the *honest* rows, shuffled, in two parts."""
    order = random.permutation(honest)
    at = round(_REFERENCE * len(order))
    return Pool(order[:at], order[at:])


def draw_windows(
    held_out: Ints, attack: Ints, share: float, count: int, random: np.random.Generator, *, size: int = SIZE
) -> list[Ints]:
    """Return the rows of *count* windows with a *share* of *attack*; no window if a pool is too small."""
    attacking = round(size * share)
    needs = [(held_out, size - attacking), (attack, attacking)]
    if any(len(pool) < need for pool, need in needs):
        return []
    per_shuffle = min(len(pool) // need for pool, need in needs if need)
    windows: list[Ints] = []
    while len(windows) < count:
        shuffled = [(random.permutation(pool), need) for pool, need in needs]
        for nth in range(min(per_shuffle, count - len(windows))):
            parts = [pool[nth * need : (nth + 1) * need] for pool, need in shuffled]
            windows.append(np.concatenate(parts))
    return windows
