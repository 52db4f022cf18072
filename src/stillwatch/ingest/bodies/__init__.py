"""Reads whole requests and answers of any API, alone, in lines of batch jobs, and where a mapping names them.

In: JSON values. Out: rows and bodies under known names. May touch: nothing; every function is pure.
"""
