"""Confidence intervals of a proportion: exact (Clopper-Pearson) and by the score test (Wilson)."""

from math import sqrt

from scipy.stats import binomtest

__all__ = ["clopper_pearson", "wilson"]

_Z = 1.959963984540054
"""The 97.5% quantile of the standard normal distribution."""


def clopper_pearson(n: int, of: int) -> tuple[float, float]:
    """Return the exact 95% interval of the share *n* of *of*, as its lower and upper end.

    The interval covers the true share with a probability of at least 95%, for every share and every *of* (Clopper and
    Pearson, 1934). 0 of 0 gives the interval 0 to 1.
    """
    if not of:
        return 0.0, 1.0
    found = binomtest(n, of).proportion_ci(confidence_level=0.95, method="exact")
    return float(found.low), float(found.high)


def wilson(n: int, of: int) -> tuple[float, float]:
    """Return the 95% score interval of the share *n* of *of*, as its lower and upper end.

    The interval has a mean coverage of about 95% and is shorter than the exact one (Wilson, 1927), without correction
    for continuity. 0 of 0 gives the interval 0 to 1.
    """
    if not of:
        return 0.0, 1.0
    p, square = n / of, _Z * _Z
    centre = (p + square / (2 * of)) / (1 + square / of)
    reach = _Z * sqrt(p * (1 - p) / of + square / (4 * of * of)) / (1 + square / of)
    # At the ends the interval touches 0 and 1 exactly; the arithmetic misses them by a rounding error.
    low = 0.0 if n == 0 else max(0.0, centre - reach)
    high = 1.0 if n == of else min(1.0, centre + reach)
    return low, high
