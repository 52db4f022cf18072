"""Other detectors, implemented from their papers, for comparison on the same data (docs/reference/peers.md)."""
