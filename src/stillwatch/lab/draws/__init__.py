"""Draws random numbers: hashes, weighted choices, answer lengths and arrival times.

In: seeds and parameters. Out: numpy arrays. May touch: nothing.
"""
