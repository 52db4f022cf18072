"""Keeps the rows of each source in a state folder, so that later scans read only new sources.

In: sources and the terms under which they are read. Out: Parquet files of one day each. May touch: the state folder.
"""
