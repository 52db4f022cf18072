"""Exchanges in, prints, profiles and activity out: pure batch functions in numba, no Python object per row."""

from stillwatch.features.activity import count
from stillwatch.features.gathering import gather
from stillwatch.features.prints import NEEDS, printer, sketch_batch, sketcher, without_text
from stillwatch.features.profiles import merge, profile
from stillwatch.features.topics import TOPICS, Topics, fit, places, spread

__all__ = [
    "NEEDS",
    "TOPICS",
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
    "without_text",
]
