"""Writes the report of a finished scan: one self-contained HTML page."""

from stillwatch.report.page import write

__all__ = ["write"]
