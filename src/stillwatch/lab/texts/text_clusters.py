"""Groups unlabelled texts into subjects: hashed words weighted by rarity, then k-means in numpy."""

import re
from collections import Counter
from math import log

import numpy as np

from stillwatch.lab.draws.random_draws import Floats, Ints, named_seed

__all__ = ["cluster", "keywords"]

_WORD = re.compile(r"[^\W\d_]{3,}")
_WORDS = 120
_DIMENSIONS = 256


def _tokens(texts: list[str]) -> list[list[str]]:
    return [_WORD.findall(text[:2_000].lower())[:_WORDS] for text in texts]


def _rarity(tokens: list[list[str]]) -> dict[str, float]:
    seen = Counter(word for words in tokens for word in set(words))
    return {word: log((1 + len(tokens)) / n) for word, n in seen.items()}


def keywords(texts: list[str]) -> list[str]:
    """Return the rarest word of each text, or ``that`` if the text has no word."""
    tokens = _tokens(texts)
    rarity = _rarity(tokens)
    return [max(sorted(set(words)), key=lambda w: (rarity[w], len(w))) if words else "that" for words in tokens]


def cluster(texts: list[str], n_clusters: int, *, rounds: int = 8) -> Ints:
    """Return the cluster of each text, 0 to *n_clusters* - 1; some clusters may be empty."""
    if n_clusters <= 1 or len(texts) <= n_clusters:
        return np.arange(len(texts), dtype=np.int64) % max(1, n_clusters)
    vectors = _vectors(texts)
    rng = np.random.default_rng(named_seed("cluster", len(texts), n_clusters))
    centres = vectors[rng.choice(len(texts), n_clusters, replace=False)]
    nearest = np.zeros(len(texts), dtype=np.int64)
    for _ in range(rounds):
        nearest = np.argmax(vectors @ centres.T, axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, vectors)
        length = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(length > 0, sums / np.maximum(length, 1e-12), centres)
    return nearest


def _vectors(texts: list[str]) -> Floats:
    tokens = _tokens(texts)
    rarity = _rarity(tokens)
    place = {
        word: (h % _DIMENSIONS, 1.0 if h // _DIMENSIONS % 2 else -1.0) for word in rarity for h in [named_seed(word)]
    }
    out = np.zeros((len(texts), _DIMENSIONS))
    for row, words in enumerate(tokens):
        for word, n in Counter(words).items():
            slot, sign = place[word]
            out[row, slot] += sign * rarity[word] * (1 + log(n))
    # rounded to a grid, so that the clusters do not depend on the order in which a library adds
    length = np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
    return np.asarray(np.rint(out / length * 4096) / 4096)
