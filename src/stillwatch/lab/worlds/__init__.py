"""Builds a world: all crowds of a specification, written as a log with the truth beside it.

In: a specification. Out: a folder with exchanges, accounts and truth. May touch: that folder; a folder of real parts,
read only.
"""
