"""The equivalence test: its size under the null, its power, and its limits."""

import numpy as np
import pytest

from stillwatch.statistics.equivalence import mean_below


def _rejected(mean: float, n: int, error: float, spread: float, level: float = 0.05) -> float:
    rng = np.random.default_rng(5)
    errors = np.full(n, error)
    drawn = rng.normal(mean, spread, (2_000, n)) + rng.normal(0, error, (2_000, n))
    return float(np.mean([mean_below(values, errors, 1.0)[1] < level for values in drawn]))


@pytest.mark.parametrize("n", [3, 8, 40])
@pytest.mark.parametrize(("error", "spread"), [(0.3, 0.0), (0.1, 0.4)])
def test_a_mean_at_the_bound_is_rejected_at_the_level_and_no_more(n: int, error: float, spread: float) -> None:
    # the standard error of a share of 0.05 in 2,000 runs is 0.005
    assert _rejected(1.0, n, error, spread) < 0.065


def test_a_mean_well_below_the_bound_is_shown() -> None:
    assert _rejected(0.2, 20, 0.3, 0.2) > 0.95


def test_few_and_noisy_values_show_nothing() -> None:
    assert _rejected(0.2, 3, 3.0, 0.5) < 0.2


def test_a_precise_value_weighs_more_but_not_all() -> None:
    values, bound = np.array([0.0, 1.0]), 1.0
    precise, _ = mean_below(values, np.array([1e-9, 1.0]), bound)
    assert precise == pytest.approx(1 / 3)
    assert mean_below(values, np.array([1.0, 1.0]), bound)[0] == pytest.approx(0.5)
