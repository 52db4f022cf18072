"""Replays the audit log against the tables, and names every row that says something else than the log.

In: a log whose signatures were verified, and the tables of decisions. Out: differences. May touch: the database, for
reading.

A signature shows that the log is as it was written. It says nothing about the tables, and gateways obey the tables: who
can write the database can turn a verdict around and leave the log alone. Each ledger follows the entries about one kind
of row, and compares at the end.

What the log does not name cannot be compared: the members that a scan gave to a case, its evidence, and the text of
notices. Passwords and secrets are named by a digest since entries have one.
"""

from stillwatch.cases.replay.replay import replay

__all__ = ["replay"]
