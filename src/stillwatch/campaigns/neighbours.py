"""Whom to compare an account with: everybody while that is quick, its surroundings where there are too many.

Comparing all with all grows with the square of the accounts. Beyond a size, points are sorted into cells by two levels
of k-means (an inverted file: Sivic and Zisserman, 2003; Jégou, Douze and Schmid, 2011), and the points of a cell are
compared with those of the cells around it. Accounts that draw on one list lie close together against the distances
between cells, since what separates them is sampling noise, which points everywhere and so hardly along the line between
two centres.
"""

import warnings
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.cluster.vq import kmeans2

from stillwatch.campaigns.content import Ints

__all__ = ["WHOLE", "in_cells", "neighbourhoods"]

Points = npt.NDArray[np.float32]

WHOLE = 40_000
"""Points up to which all are compared with all."""
_BLOCK = 2048
_CELL = 256
"""Points of a cell, on average."""
_AROUND = 8192
"""Points that those of a cell are compared with: of the nearest cells, until there are so many."""
_SAMPLED = 64
"""Points per centre on which centres are fitted."""
_ROUNDS = 6


def neighbourhoods(points: Points, *, seed: int, whole: int = WHOLE) -> Iterator[tuple[Ints, Ints]]:
    """Yield (rows, columns) of *points* (n, d): every row stands in one block, its nearest likely among the columns.

    Columns are sorted and hold the rows' own points. Of up to *whole* points the columns are all. The same points
    in the same order give the same blocks.
    """
    n = len(points)
    if n <= whole:
        everybody = np.arange(n)
        for start in range(0, n, _BLOCK):
            yield everybody[start : start + _BLOCK], everybody
        return
    label, centres = _cells(points, seed)
    members = np.split(np.argsort(label, kind="stable"), np.searchsorted(np.sort(label), np.arange(1, len(centres))))
    sizes = np.array([len(own) for own in members])
    for cell, nearest in _nearest_first(centres):
        if not sizes[cell]:
            continue
        enough = int(np.searchsorted(np.cumsum(sizes[nearest]), _AROUND)) + 1
        columns = np.sort(np.concatenate([members[other] for other in nearest[:enough]]))
        for start in range(0, sizes[cell], _BLOCK):
            rows = members[cell][start : start + _BLOCK]
            yield rows, np.union1d(rows, _thinned(columns))


def in_cells(points: Points, k: int, *, seed: int) -> Ints:
    """Return the cell, of *k* by k-means, of each of *points* (n, d); a cell may be empty."""
    return np.asarray(_closest(points, _means(points, k, seed)))


def _thinned(columns: Ints) -> Ints:
    """Return at most twice the wanted columns, at equal steps: a crowd of equals can fill one cell beyond measure."""
    return columns[:: max(1, len(columns) // _AROUND)]


def _nearest_first(centres: Points) -> Iterator[tuple[int, Ints]]:
    """Yield each centre with all of them, nearest first."""
    square = (centres**2).sum(axis=1)
    for start in range(0, len(centres), _BLOCK):
        apart = square - 2 * (centres[start : start + _BLOCK] @ centres.T)
        for i, order in enumerate(np.argsort(apart, axis=1, kind="stable")):
            yield start + i, order


def _cells(points: Points, seed: int) -> tuple[Ints, Points]:
    """Return the cell of each point and the centres of cells: branches first, leaves within each."""
    branches = max(2, round(np.sqrt(len(points) / _CELL)))
    coarse = _means(points, branches, seed)
    branch = _closest(points, coarse)
    label, centres, count = np.zeros(len(points), np.int64), [], 0
    for b in range(len(coarse)):
        inside = np.flatnonzero(branch == b)
        if not len(inside):
            continue
        here = points[inside]
        leaves = _means(here, -(-len(inside) // _CELL), seed)
        label[inside] = count + _closest(here, leaves)
        centres.append(leaves)
        count += len(leaves)
    return label, np.concatenate(centres)


def _means(points: Points, k: int, seed: int) -> Points:
    sample = points[:: max(1, len(points) // (_SAMPLED * k))]
    if k < 2 or len(sample) <= k:
        return np.asarray(sample.mean(axis=0, keepdims=True))
    with warnings.catch_warnings():
        # A centre that loses all its points stays where it was: an empty cell is nobody's.
        warnings.simplefilter("ignore", UserWarning)
        centres, _ = kmeans2(sample, k, iter=_ROUNDS, minit="points", rng=np.random.default_rng(seed))
    return np.asarray(centres, np.float32)


def _closest(points: Points, centres: Points) -> Ints:
    square = (centres**2).sum(axis=1)
    found = [
        np.argmin(square - 2 * (points[start : start + _BLOCK] @ centres.T), axis=1)
        for start in range(0, len(points), _BLOCK)
    ]
    return np.concatenate(found)
