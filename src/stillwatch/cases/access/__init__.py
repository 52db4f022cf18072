"""Second floor of ``cases``: users, sign-in, permissions, and the desk that every change goes through.

In: names, passwords, tokens. Out: an actor with permissions, a session, read or write access. May touch: the tables of
users, sessions, links and tokens, and through the desk the audit log and the outbox.
"""
