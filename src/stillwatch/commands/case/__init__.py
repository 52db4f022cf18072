"""``stillwatch case``: people's decisions on the command line, one file per kind of decision.

Whoever can open the database can use these commands, so the name given with ``--by`` is believed. The console is where
people prove who they are.
"""
