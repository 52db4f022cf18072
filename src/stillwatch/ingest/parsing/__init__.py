"""Building blocks of log formats: the format contract, and readers of values, messages, statuses and names.

In: JSON values. Out: texts, numbers, times, faults. May touch: nothing; every function is pure.
"""
