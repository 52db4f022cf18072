"""Detectors of others, built from their papers, to run beside Stillwatch on the same data (docs/reference/peers.md)."""
