"""Plants labelled campaigns into a user's own log.

In: a log and a plan. Out: a world folder. May touch: that folder; the log is read only.
"""
