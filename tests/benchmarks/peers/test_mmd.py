"""MMD follows its definition and flags shifted accounts."""

from collections.abc import Callable

import numpy as np
import pytest
from peers import mmd


def test_mmd_follows_its_definition(unit: Callable[..., np.ndarray]) -> None:
    left, right = unit(30, 1), unit(40, 2)
    kernel = mmd.fit_kernel(left, np.random.default_rng(0))
    square = ((left[:, None] - right[None]) ** 2).sum(axis=2)
    plain = np.mean([np.exp(-square / (2 * (scale * kernel.sigma) ** 2)) for scale in (0.5, 1, 2, 4)], axis=0)
    assert kernel.of(left, right) == pytest.approx(plain, abs=1e-5)
    ones = np.ones((40, 1))
    own = kernel.of(right, right)
    np.fill_diagonal(own, 0)
    assert mmd.inner(ones, mmd.sums(kernel, right, right, ones)) == pytest.approx(own.sum() / (40 * 39), rel=1e-4)
    across = mmd.between(np.ones((30, 1)), mmd.sums(kernel, left, right, ones), np.array([40.0]))
    assert across[0, 0] == pytest.approx(plain.mean(), rel=1e-4)


def test_mmd_is_about_zero_for_honest_windows_and_flags_a_shifted_account(unit: Callable[..., np.ndarray]) -> None:
    honest = unit(600, 3)
    kernel = mmd.fit_kernel(honest, np.random.default_rng(0))
    null = mmd.null_pairs(kernel, honest, 100, 200, np.random.default_rng(0))
    assert abs(null.mean()) < 3 * null.std() / np.sqrt(200) + 1e-3
    accounts = np.repeat([f"t{i:02}" for i in range(19)] + ["z"], 30)
    vectors = np.concatenate((honest[:570], unit(30, 4, turned=4.0)))
    trusted = frozenset(f"t{i:02}" for i in range(15))
    rows = mmd.flag(accounts, vectors, trusted, rate=0.01, seed=1)
    assert [row.account_id for row in rows] == ["t15", "t16", "t17", "t18", "z"]
    assert rows[-1].flagged
    assert rows[-1].score > 5 * max(row.score for row in rows[:-1])
