"""Third floor of ``cases``: the decisions on cases, accounts, actions, appeals, allowances and receivers.

In: write access of an actor who may decide. Out: rows that are superseded and not erased. May touch: the database
through the desk.
"""
