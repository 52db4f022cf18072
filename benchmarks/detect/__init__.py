"""Worlds with known campaigns, scanned, measured and held against the bars (docs/reference/detection.md)."""
