"""Multiple testing: the false discovery rate over a family of tests."""

import numpy as np
import numpy.typing as npt

__all__ = ["focused_q_values", "q_values"]


def focused_q_values(p: npt.NDArray[np.float64], n_tested: int) -> npt.NDArray[np.float64]:
    """Return the q-values of those of *n_tested* tests that a filter left, with the p-values *p*, shape (n,).

    The estimate of false discoveries counts every test, and the discoveries are those that are left, so a filter after
    the tests cannot raise the false discovery rate unseen (focused Benjamini-Hochberg: Katsevich, Sabatti and
    Bogomolov, 2021). With n equal to *n_tested* this is :func:`q_values`.
    """
    return np.minimum(1.0, q_values(p) * (n_tested / max(1, len(p))))


def q_values(p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the q-values of the p-values *p*, shape (n,), in the order given.

    A q-value is the false discovery rate at which its test would just be rejected, by the procedure of Benjamini and
    Hochberg (1995). It holds for independent tests, and under positive regression dependence (Benjamini and Yekutieli,
    2001).
    """
    if len(p) == 0:
        return np.asarray(p, np.float64)
    order = np.argsort(p, kind="stable")
    scaled = np.asarray(p)[order] * len(p) / np.arange(1, len(p) + 1)
    result = np.empty(len(p))
    result[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return result
