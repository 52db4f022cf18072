"""Experiments: a random handful of members is asked for missing evidence, and the answers are weighed.

In: a ``Work`` of an actor with the permission to act. Out: rows of experiments and of asked accounts, one action of
kind *ask* each, and notices. May touch: the database through the desk.

``evidence``, ``draw`` and ``wording`` are pure. ``planning`` plans an experiment, ``progress`` asks and takes outcomes.
"""
