"""Builds worlds with known campaigns, scans them, and compares the results with targets
(docs/reference/detection.md).
"""
