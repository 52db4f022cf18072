"""Lowest floor of ``cases``: the SQL tables, their migrations, and the audit log.

In: a database URL and rows. Out: connections and rows. May touch: the database and nothing else.
"""
