"""From records to checked rows: detect the format, read, conform the columns, keep the rejects.

In: records of one source. Out: batches of ``staged`` and rows of ``rejects``. May touch: the file of rejects.
"""
