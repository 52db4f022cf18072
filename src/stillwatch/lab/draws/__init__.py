"""Random numbers of a world: draws, lengths of answers, arrival times.

In: seeds and parameters. Out: numpy arrays. May touch: nothing.
"""
