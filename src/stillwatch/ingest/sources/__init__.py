"""Where logs are and how records come out of them.

In: paths, globs, URLs, standard input. Out: lines and records with their positions. May touch: files, object storage,
databases; reads only.
"""
