"""Log formats, one file each; the file name is the name of the format.

In: records as a source holds them. Out: rows in the columns of ``exchanges``. May touch: nothing. The contract is
``ingest.parsing.format.Format``; a module with a ``FORMAT`` is a format, and so is an entry point in the group
``stillwatch.ingest.formats``.
"""
