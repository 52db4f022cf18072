"""Tests and bounds that several rooms use.

In: numpy arrays. Out: p-values, q-values, intervals. May touch: nothing; every function is pure.
"""
