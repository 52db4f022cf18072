"""Draws the accounts of a world and their exchanges: honest users, look-alikes and campaigns.

In: a specification and the world's context. Out: one ``Crowd`` each, as arrays without text. May touch: nothing.
"""
