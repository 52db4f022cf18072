"""Against scipy, which computes both intervals in its own way."""

import pytest
from scipy.stats import binomtest

from stillwatch.statistics.proportions import clopper_pearson, wilson

COUNTS = [(0, 1), (1, 1), (0, 50), (50, 50), (1, 3), (8, 10), (19, 20), (137, 4_000), (1, 10**6), (999_999, 10**6)]


@pytest.mark.parametrize(("n", "of"), COUNTS)
def test_the_exact_interval_is_scipys(n: int, of: int) -> None:
    found = binomtest(n, of).proportion_ci(confidence_level=0.95, method="exact")
    assert clopper_pearson(n, of) == (found.low, found.high)


@pytest.mark.parametrize(("n", "of"), COUNTS)
def test_the_score_interval_is_scipys(n: int, of: int) -> None:
    found = binomtest(n, of).proportion_ci(confidence_level=0.95, method="wilson")
    assert wilson(n, of) == pytest.approx((found.low, found.high), abs=1e-12)


@pytest.mark.parametrize("interval", [clopper_pearson, wilson])
def test_nothing_observed_leaves_every_share_possible(interval) -> None:
    assert interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize("interval", [clopper_pearson, wilson])
def test_an_interval_holds_its_share_and_touches_the_ends(interval) -> None:
    for n, of in COUNTS:
        low, high = interval(n, of)
        assert 0 <= low <= n / of <= high <= 1
        assert (low == 0) == (n == 0)
        assert (high == 1) == (n == of)


def test_known_values() -> None:
    # The exact interval of 8 of 10 is tabulated, for example in Brown, Cai and DasGupta (2001).
    assert clopper_pearson(8, 10) == pytest.approx((0.4439, 0.9748), abs=1e-4)
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
