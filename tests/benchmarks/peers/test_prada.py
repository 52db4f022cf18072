"""PRADA finds prompts that were made by small steps."""

from collections.abc import Callable

import numpy as np
from peers import prada


def test_prada_finds_prompts_made_by_small_steps(unit: Callable[..., np.ndarray]) -> None:
    walk = np.cumsum(
        np.random.default_rng(1).normal(size=(150, 12)) * np.where(np.arange(150) % 10, 0.01, 3)[:, None], 0
    )
    stepped = (walk / np.linalg.norm(walk, axis=1, keepdims=True)).astype(np.float32)
    plain = prada.normality(prada.smallest_distances(unit(150, 5)))
    assert prada.normality(prada.smallest_distances(stepped)) < 0.8 < plain
    assert prada.normality(np.full(100, 0.5)) == 0
    names = np.repeat(["few", "step", *(f"t{i}" for i in range(5))], [50, *[150] * 6])
    vectors = np.concatenate((unit(50, 6), stepped, *(unit(150, 10 + i) for i in range(5))))
    rows = prada.flag(names, vectors, frozenset(f"t{i}" for i in range(5)), rate=0.01)
    assert [(row.account_id, row.flagged) for row in rows] == [("step", True)]
