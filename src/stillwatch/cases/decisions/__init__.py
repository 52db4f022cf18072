"""Third floor of ``cases``: what people decide about cases, accounts, actions and appeals.

In: a ``Work`` of somebody who is allowed to decide. Out: rows that are superseded and never erased. May touch: the
database through the desk.
"""
