"""Phrases what a campaign sends: one file per campaign family, each with a ``HARVEST`` function.

In: the world's context, a campaign specification and a number of rows. Out: a ``DealtWorklist``. May touch: nothing.
"""
