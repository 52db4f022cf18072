"""Second floor of ``cases``: who may come in, who may do what, and the desk through which every change goes.

In: names, passwords, tokens. Out: an actor with permissions, a session, a unit of work. May touch: the tables of users,
sessions and tokens, and the audit log through the desk.
"""
