"""Computes prints, profiles, topics and activity of accounts from exchanges, with pure batch functions.

The kernels are numba functions over Arrow buffers, without a Python object per row.
"""

from stillwatch.features.activity import count
from stillwatch.features.gathering import gather
from stillwatch.features.prints import NEEDS, printer, sketch_batch, sketcher, without_text
from stillwatch.features.profiles import merge, profile
from stillwatch.features.topics import TOPICS, VECTORS, Topics, fit, places, spread, vectors_in_topics

__all__ = [
    "NEEDS",
    "TOPICS",
    "VECTORS",
    "Topics",
    "count",
    "fit",
    "gather",
    "merge",
    "places",
    "printer",
    "profile",
    "sketch_batch",
    "sketcher",
    "spread",
    "vectors_in_topics",
    "without_text",
]
