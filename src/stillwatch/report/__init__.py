"""The report: what a scan left in a folder → one self-contained page for people."""

from stillwatch.report.page import write

__all__ = ["write"]
