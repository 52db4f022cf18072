"""Shapes that requests and answers take: turns, streams, a client's own text, and the caller that a request states.

In: JSON values. Out: the same in one shape, which ``messages`` reads. May touch: nothing; every function is pure.
"""
