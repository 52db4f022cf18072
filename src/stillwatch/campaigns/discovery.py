"""Controls the share of false campaigns among those reported, over every group that was tested."""

import numpy as np

from stillwatch.campaigns.content import Floats

__all__ = ["q_values"]


def q_values(p: Floats) -> Floats:
    """Return the q-values of *p* by Benjamini and Hochberg (1995), in the order given; valid under the positive
    dependence of overlapping groups (Benjamini and Yekutieli, 2001).
    """
    if len(p) == 0:
        return np.asarray(p, np.float64)
    order = np.argsort(p, kind="stable")
    scaled = np.asarray(p)[order] * len(p) / np.arange(1, len(p) + 1)
    result = np.empty(len(p))
    result[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return result
