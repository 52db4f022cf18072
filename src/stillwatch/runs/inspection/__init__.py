"""Reads a log as a scan does, and keeps the first rows as they were understood."""

from stillwatch.runs.inspection.inspect import inspect
from stillwatch.runs.inspection.shown import Inspection

__all__ = ["Inspection", "inspect"]
