"""The accounts of a world: honest users, look-alikes and campaigns, as arrays without text.

In: a specification and the world's context. Out: one ``Crowd`` each. May touch: nothing.
"""
