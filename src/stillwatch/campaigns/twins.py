"""Finds accounts whose prompts look dealt from one worklist: each account's strongest few, judged against noise.

Works on one half of the exchanges, so that the other half can test what is found here.
"""

from typing import Any

import numpy as np

from stillwatch.campaigns.content import Content, Floats, Ints
from stillwatch.campaigns.distance import LEAST_ERROR, Tastes, evidence
from stillwatch.campaigns.neighbours import neighbourhoods
from stillwatch.engine import in_order
from stillwatch.engine.kernels import njit

__all__ = ["NEIGHBOURS", "find"]

NEIGHBOURS = 12
_LEAST = 3
"""Prompts (in the half) below which an account cannot be a twin of anybody."""
_FAR = 2.5
"""Standard errors from which a distance is not noise."""
_ROUNDING = 1e-5


@njit(cache=True, nogil=True)
def _strongest(cross: Any, rows: Any, columns: Any, likeness: Any, error: Any, bound: Any, best: Any, who: Any) -> None:
    """Keep, per row of *cross*, the columns of smallest upper bound ``distance + 2 standard errors``."""
    keep = best.shape[1]
    # Nearly all pairs are further apart than the few that are kept; a comparison in the precision of *cross*, with room
    # for its rounding, drops them.
    near = np.empty(columns.shape[0], np.float32)
    for j in range(columns.shape[0]):
        near[j] = likeness[columns[j]] / 2 + error[columns[j]]
    for i in range(rows.shape[0]):
        a = rows[i]
        most = min(bound, best[i, keep - 1])
        here = np.float32((likeness[a] - most) / 2 + error[a] - _ROUNDING)
        for j in range(columns.shape[0]):
            if cross[i, j] < here + near[j]:
                continue
            b = columns[j]
            if a == b:
                continue
            distance = likeness[a] + likeness[b] - 2 * cross[i, j]
            noise = error[a] + error[b]
            upper = distance + 2 * noise
            if distance > _FAR * noise or upper >= most:
                continue
            place = keep - 1
            while place > 0 and best[i, place - 1] > upper:
                best[i, place] = best[i, place - 1]
                who[i, place] = who[i, place - 1]
                place -= 1
            best[i, place] = upper
            who[i, place] = b
            most = min(bound, best[i, keep - 1])
            here = np.float32((likeness[a] - most) / 2 + error[a] - _ROUNDING)


def find(content: Content, tastes: Tastes, *, seed: int = 1, threads: int = 1) -> tuple[Ints, Ints, Floats]:
    """Return edges (left, right, nats) between accounts of *content*, ``left < right``, each once.

    An edge stands for a log-likelihood ratio above one over the number of candidates: below that, chance alone gives
    every account such a neighbour. Where there are too many accounts to compare all, each is compared with those around
    it (:mod:`neighbours`). Blocks of them are compared by *threads* threads (0 is one per core).
    """
    able = np.flatnonzero(content.n >= _LEAST)
    nothing = np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64)
    if len(able) < 2:
        return nothing
    mean = np.ascontiguousarray(content.mean[able])
    likeness = content.likeness[able]
    error = tastes.noise * content.noise[able]
    least = 0.5 * np.log(len(able))

    def compared(block: tuple[Ints, Ints]) -> tuple[Ints, Ints, Floats]:
        rows, columns = block
        others = mean if len(columns) == len(mean) else mean[columns]
        cross = mean[rows] @ others.T
        best = np.full((len(cross), NEIGHBOURS), np.inf)
        who = np.full((len(cross), NEIGHBOURS), -1, np.int64)
        _strongest(cross, rows, columns, likeness, error, tastes.median, best, who)
        row, place = np.nonzero(who >= 0)
        a, b = rows[row], who[row, place]
        distance = likeness[a] + likeness[b] - 2 * cross[row, np.searchsorted(columns, b)].astype(np.float64)
        return a, b, evidence(distance, np.maximum(error[a] + error[b], LEAST_ERROR), tastes, least=least)

    edges = in_order(neighbourhoods(mean, seed=seed), compared, threads)
    left, right, weight = (np.concatenate(side) for side in zip(*edges, strict=True))
    strong = weight > least
    low, high = np.minimum(left, right)[strong], np.maximum(left, right)[strong]
    _, once = np.unique(low * len(able) + high, return_index=True)
    return able[low[once]], able[high[once]], weight[strong][once]
