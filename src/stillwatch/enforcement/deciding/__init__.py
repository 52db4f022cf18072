"""Deciding: one answer per request, from the snapshot in memory, without a look at a disk or a database."""
