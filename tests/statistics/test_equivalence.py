"""The equivalence test: its size under the null, its power, and its limits."""

import numpy as np
import pytest

from stillwatch.statistics.equivalence import mean_below

MIXES = [(0.3, 0.0), (0.1, 0.4), (0.1, 1.0), (0.3, 0.3)]
"""Standard error of each value, and the spread of the values beyond it, in units of the bound."""


def _p_values(mean: float, n: int, error: float, spread: float, runs: int = 4_000) -> np.ndarray:
    rng = np.random.default_rng(5)
    errors = np.full(n, error)
    drawn = rng.normal(mean, spread, (runs, n)) + rng.normal(0, error, (runs, n))
    return np.array([mean_below(values, errors, 1.0)[1] for values in drawn])


def _rejected(mean: float, n: int, error: float, spread: float, level: float = 0.05) -> float:
    return float(np.mean(_p_values(mean, n, error, spread) < level))


@pytest.mark.parametrize(
    ("n", "level", "most"),
    [(3, 0.05, 0.08), (5, 0.05, 0.07), (40, 0.05, 0.065), (3, 0.001, 0.022), (5, 0.001, 0.008), (12, 0.001, 0.0035)],
)
def test_the_size_under_the_null_is_what_the_docstring_says(n: int, level: float, most: float) -> None:
    found = [float(np.mean(_p_values(1.0, n, *mix) < level)) for mix in MIXES]
    assert max(found) <= most


def test_a_mean_well_below_the_bound_is_shown() -> None:
    assert _rejected(0.2, 20, 0.3, 0.2) > 0.95


def test_few_and_noisy_values_show_nothing() -> None:
    assert _rejected(0.2, 3, 3.0, 0.5) < 0.2


def test_a_precise_value_weighs_more_but_not_all() -> None:
    values, bound = np.array([0.0, 1.0]), 1.0
    precise, _ = mean_below(values, np.array([1e-9, 1.0]), bound)
    assert precise == pytest.approx(1 / 3)
    assert mean_below(values, np.array([1.0, 1.0]), bound)[0] == pytest.approx(0.5)
