"""Log formats, one file each; the file name is the name of the format.

In: records of a source, unchanged. Out: rows in the columns of ``exchanges``. May touch: nothing. The contract is
``ingest.parsing.format.Format``. Every module here with a ``FORMAT`` is a format, and so is every installed entry point
in the group ``stillwatch.ingest``.
"""
