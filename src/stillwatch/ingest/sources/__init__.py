"""Finds log sources and reads records from them.

In: paths, globs, URLs, standard input. Out: lines and records with their positions. May touch: files, object storage
and databases, only to read.
"""
