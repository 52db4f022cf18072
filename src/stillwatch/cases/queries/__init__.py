"""Top floor of ``cases``: what people see of cases, accounts, actions, appeals and scans.

In: a ``Look`` at the database. Out: frozen read models. May touch: nothing; only saved views are written here.
"""
