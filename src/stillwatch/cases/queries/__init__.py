"""Fourth floor of ``cases``: what pages, JSON and the command line show of cases, accounts, actions, appeals and scans.

In: read access to the database. Out: frozen dataclasses and Arrow tables. May touch: nothing in the database;
``serialise.write`` writes a file.
"""
