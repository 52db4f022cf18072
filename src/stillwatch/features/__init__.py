"""Exchanges in, prints, profiles and activity out: pure batch functions in numba, no Python object per row."""

from stillwatch.features.activity import count
from stillwatch.features.prints import NEEDS, printer, sketch_batch, without_text
from stillwatch.features.profiles import merge, profile

__all__ = ["NEEDS", "count", "merge", "printer", "profile", "sketch_batch", "without_text"]
