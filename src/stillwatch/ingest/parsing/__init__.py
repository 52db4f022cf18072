"""What log formats are made of: the contract, typed values, messages, statuses, names.

In: JSON values. Out: texts, numbers, moments, faults. May touch: nothing; every function is pure.
"""
