"""Turns records into checked rows: detects the format, reads, checks the columns, and collects rejects.

In: records of one source. Out: batches of ``staged`` and rows of ``rejects``. May touch: the file of rejects.
"""
