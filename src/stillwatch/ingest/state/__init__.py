"""A folder in which days add up: each source is read once, and later scans read the rows that were kept.

In: sources and the terms on which they are read. Out: Parquet files of one day each. May touch: the state folder.
"""
