"""Flags accounts whose nearest-neighbour distances between their own prompts are not Gaussian: PRADA.

Juuti, Szyller, Marchal and Asokan, PRADA: Protecting Against DNN Model Stealing Attacks (EuroS&P 2019). The paper keeps
a growing set per predicted class and takes each query's minimum distance to it. With a hundred distances or more, it
tests those within three standard deviations by Shapiro and Wilk's W. A text has no class, so there is one set here. The
distance is between unit vectors of the texts. The fixed threshold of the paper (W below 0.9 to 0.97) is replaced by one
from honest accounts.
"""

import numpy as np
import numpy.typing as npt
from scipy.stats import shapiro

from peers.scores import Scored, draw_line

__all__ = ["flag", "normality", "smallest_distances"]

Floats = npt.NDArray[np.float64]
Vectors = npt.NDArray[np.float32]


def smallest_distances(vectors: Vectors) -> Floats:
    """Return the distance of each vector but the first to the nearest vector in the growing set, in order."""
    grown = np.empty_like(vectors)
    grown[0], size = vectors[0], 1
    line, found, kept = -np.inf, [], []
    for vector in vectors[1:]:
        nearest = float(np.sqrt(np.maximum(((grown[:size] - vector) ** 2).sum(axis=1).min(), 0)))
        found.append(nearest)
        if nearest > line:
            grown[size] = vector
            size += 1
            kept.append(nearest)
            line = max(line, float(np.mean(kept) - np.std(kept)))
    return np.array(found)


def normality(distances: Floats) -> float:
    """Return Shapiro and Wilk's W of *distances* within three standard deviations; 1 is Gaussian."""
    middle, spread = distances.mean(), distances.std()
    if spread < 1e-6:
        return 0.0
    return float(shapiro(distances[np.abs(distances - middle) <= 3 * spread]).statistic)


def flag(
    accounts: npt.NDArray[np.str_], vectors: Vectors, trusted: frozenset[str], *, rate: float, least: int = 100
) -> list[Scored]:
    """Return the accounts with at least *least* distances, scored by 1 - W; one row per prompt, grouped by account."""
    scores = {}
    names, first, sizes = np.unique(accounts, return_index=True, return_counts=True)
    for name, start, size in zip(names, first, sizes, strict=True):
        if size > least:
            scores[str(name)] = 1 - normality(smallest_distances(vectors[start : start + size]))
    return draw_line(scores, trusted, rate=rate)
