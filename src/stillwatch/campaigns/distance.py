"""How far apart honest people's prompts are, and how likely a distance is for two accounts dealt from one worklist.

Distances are unbiased squared maximum mean discrepancies with a linear kernel (Gretton et al., 2012) between mean
vectors, judged against their own sampling noise. People have tastes, workers have worklists: honest distances follow a
log-normal law fitted on the accounts themselves by quantiles that a campaign of less than a quarter of them cannot
move; accounts dealt from one worklist differ by sampling noise alone.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

from stillwatch.campaigns.content import Content, Floats, Ints, inner_products
from stillwatch.campaigns.population import Population
from stillwatch.engine.kernels import njit

__all__ = ["LEAST_ERROR", "LEAST_PROMPTS", "Tastes", "center_of", "evidence", "fit", "law", "noise_factor", "strangers"]

LEAST_ERROR = 1e-4
"""Least standard error of a squared distance."""
LEAST_PROMPTS = 8
"""Prompts below which an account is too short to fit anything on."""
_LEAST_STRANGERS = 20
"""Accounts below which those who are strangers to a group do not say how far strangers are."""
_USUAL_NOISE, _ENOUGH = 0.1, 200
"""Noise factor of prompts spread over about 200 dimensions, taken for as much as this many accounts would say."""
_NODES = 24
_AT_ONCE = 8192
_WIDE_SHARE, _WIDE = 0.1, 2.0
"""A tenth of honest distances follow a law twice as wide: the tail decides false alarms, and fits are poorest there."""
_FAR_SHARE = 0.01
"""One in a hundred is further off than the law says, up to the largest distance there is: nobody is too odd."""


@dataclass(frozen=True)
class Tastes:
    """The law of honest distances: their median, the spread of their logarithm, and the noise factor."""

    median: float
    sigma: float
    noise: float
    """Standard error of a squared distance is ``noise`` times the expected squared errors of both means."""

    def nodes(self) -> tuple[Floats, Floats]:
        """Return distances, in order, and weights at which to average over the law."""
        grid = (np.arange(_NODES) + 0.5) / _NODES
        z = ndtri(grid)
        narrow = np.exp(np.log(self.median) + self.sigma * z)
        wide = np.exp(np.log(self.median) + _WIDE * self.sigma * z)
        far = np.geomspace(wide[-1], max(4.0, 2 * wide[-1]), _NODES)
        shares = (1 - _WIDE_SHARE - _FAR_SHARE, _WIDE_SHARE, _FAR_SHARE)
        nodes, weights = np.concatenate((narrow, wide, far)), np.repeat(np.array(shares) / _NODES, _NODES)
        order = np.argsort(nodes, kind="stable")
        return nodes[order], weights[order]


def noise_factor(population: Population) -> float:
    """Return the noise factor, measured between the two halves of each account: a true distance of nothing."""
    a, b = population.halves
    # Repeated prompts fall into one half and push the halves apart, so accounts that repeat themselves say nothing.
    both = (a.n >= LEAST_PROMPTS // 2) & (b.n >= LEAST_PROMPTS // 2) & (population.variety > 0.95)
    if not both.any():
        return _USUAL_NOISE
    cross = np.concatenate([
        np.einsum("ij,ij->i", a.mean[some], b.mean[some]).astype(np.float64)
        for some in np.array_split(np.flatnonzero(both), 1 + both.sum() // _AT_ONCE)
    ])  # fmt: skip
    scale = a.noise[both] + b.noise[both]
    ratio = (a.likeness[both] + b.likeness[both] - 2 * cross) / scale
    # Median absolute deviation, scaled to a standard deviation: a few who change their tastes do not count.
    seen = np.clip(1.4826 * np.median(np.abs(ratio - np.median(ratio))), 0.05, 0.5)
    weight = both.sum() / (both.sum() + _ENOUGH)
    return float(weight * seen + (1 - weight) * _USUAL_NOISE)


def fit(content: Content, noise: float, *, usual: Tastes | None = None, pairs: int = 20_000, seed: int = 1) -> Tastes:
    """Return the law of distances between two accounts of *content*, fitted on random pairs; *usual* for a few."""
    able = np.flatnonzero(content.n >= LEAST_PROMPTS)
    if len(able) > 200:
        able = able[np.argsort(-content.n[able], kind="stable")][: max(200, len(able) // 2)]
    if len(able) < 4:
        return usual or Tastes(0.15, 0.7, noise)
    random = np.random.default_rng(seed)
    left, right = random.choice(able, pairs), random.choice(able, pairs)
    apart = left != right
    left, right = left[apart], right[apart]
    distance = content.likeness[left] + content.likeness[right] - 2 * inner_products(content.mean, left, right)
    return law(distance, noise)


def strangers(distance: Floats, usual: Tastes) -> Tastes:
    """Return the law of *distance*, of strangers to a group from it; *usual* for a few."""
    return law(distance, usual.noise) if len(distance) >= _LEAST_STRANGERS else usual


def law(distance: Floats, noise: float) -> Tastes:
    """Return the law of honest *distances*; quantiles above the lowest quarter carry it."""
    low, middle = np.quantile(distance, [0.25, 0.5])
    middle = max(float(middle), 0.01)
    low = max(float(low), middle / 50)
    return Tastes(middle, float(np.clip((np.log(middle) - np.log(low)) / 0.6745, 0.4, 1.5)), noise)


def evidence(distance: Floats, error: Floats, tastes: Tastes, *, least: float = -np.inf) -> Floats:
    """Return log-likelihood ratios (nats) of one worklist against two people's tastes, given *distance* and *error*;
    *least* where a ratio is no more than that, which of most pairs is known without the average.
    """
    nodes, weights = tastes.nodes()
    ratios = np.empty(distance.shape)
    _ratios(distance, error, nodes, weights, tastes.noise, least, ratios)
    return ratios


@njit(cache=True, nogil=True)
def _ratios(distance: Any, error: Any, nodes: Any, weights: Any, noise: Any, least: Any, out: Any) -> None:
    half_square, wider = np.empty(nodes.shape[0]), np.empty(nodes.shape[0])
    for i in range(distance.shape[0]):
        # A distance below nought is noise under either reading, and says no more than a small one.
        apart = max(distance[i], -error[i])
        dealt = _dealt(apart / error[i])
        # The average is at least the part of it that one near node has: of most pairs that says enough.
        near = min(np.searchsorted(nodes, apart), nodes.shape[0] - 1)
        half_square[near], wider[near] = _off(apart, error[i], nodes[near], noise)
        part = np.log(weights[near]) - np.log(wider[near]) / 2 - half_square[near]
        if dealt - part <= least:
            out[i] = least
            continue
        smallest = np.inf
        for k in range(nodes.shape[0]):
            half_square[k], wider[k] = _off(apart, error[i], nodes[k], noise)
            smallest = min(smallest, half_square[k])
        total = 0.0
        for k in range(nodes.shape[0]):
            if half_square[k] - smallest < 40:
                total += weights[k] / np.sqrt(wider[k]) * np.exp(smallest - half_square[k])
        out[i] = max(dealt - np.log(total) + smallest, least)


@njit(cache=True, nogil=True)
def _dealt(errors: Any) -> Any:
    """Return the log-likelihood of a distance of so many standard *errors* between two who are dealt one list."""
    # Errors of short accounts have longer tails than a Gaussian's: a tenth of them are taken to be twice as large.
    usual, twice = np.log(0.9) - errors**2 / 2, np.log(0.05) - errors**2 / 8
    return max(usual, twice) + np.log1p(np.exp(-abs(usual - twice)))


@njit(cache=True, nogil=True)
def _off(distance: Any, error: Any, node: Any, noise: Any) -> Any:
    """Return how far *distance* is off *node*, as half a square of standard errors there, and how much wider their
    square is.
    """
    # Sampling noise along the line between two people who are apart adds to that of two who are not.
    wider = 1 + 2 * node * noise / error
    return (distance - node) ** 2 / (2 * error * error * wider), wider


def center_of(content: Content, members: Ints) -> tuple[Floats, float, float]:
    """Return the pooled mean of *members*, its unbiased squared length, and the exchanges in it."""
    n = content.n[members].astype(np.float64)
    count = n.sum()
    total = np.zeros(content.mean.shape[1])
    if count < 2:
        return total, 0.0, float(count)
    # Some at a time: all of a million vectors, in double precision, are four gigabytes.
    for first in range(0, len(n), _AT_ONCE):
        here = slice(first, first + _AT_ONCE)
        total += (content.mean[members[here]].astype(np.float64) * n[here, None]).sum(axis=0)
    center = total / count
    spread = float((content.spread[members] * n).sum() / count)
    return center, float(center @ center) - spread / count, float(count)
