"""Plants labelled campaigns into a provider's own log, to measure recall on its own traffic.

In: a log and a list of campaigns. Out: a world folder. May touch: that folder; the log is read only.
"""
