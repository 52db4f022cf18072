"""Reads whole requests and answers of any API, alone, in lines of batch jobs, where a mapping names them, and
under names that a store changed.

In: JSON values. Out: rows and bodies under known names. May touch: nothing; every function is pure.
"""
