"""Finds the records inside what carries them: pages of APIs, stored log lines, traces of other stores.

In: JSON objects and rows of tables. Out: the records inside, with their positions. May touch: nothing.
"""
