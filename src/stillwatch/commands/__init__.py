"""The commands of ``stillwatch``, one file per group; none holds logic.

In: the words of the command line and the settings. Out: results on stdout, progress on stderr, an exit code. ``table``
lists every command with its help sentence and loads its file when it runs.
"""
