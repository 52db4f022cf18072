"""Multiple testing: the false discovery rate over a family of tests."""

import numpy as np
import numpy.typing as npt

__all__ = ["q_values"]


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
