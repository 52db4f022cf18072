"""Human decisions: cases, judgements, actions, appeals, and the audit log that remembers who did what.

A ``Desk`` opens the database; a ``Look`` reads, a ``Work`` changes and writes into the audit log. What can be done
stands in a module each: ``taking``, ``judging``, ``labelling``, ``allowances``, ``actions``, ``appeals``; what can be
seen in ``queue``, ``showing``, ``comparing`` and ``feedback``.
"""

from stillwatch.cases.access.desk import Desk, Fact, Look, Work
from stillwatch.cases.access.roles import PERMISSIONS, Actor, Permission, Role
from stillwatch.cases.decisions.import_scan import Taken, take
from stillwatch.cases.decisions.verdict import Standing, Tally, Verdict

__all__ = [
    "PERMISSIONS",
    "Actor",
    "Desk",
    "Fact",
    "Look",
    "Permission",
    "Role",
    "Standing",
    "Taken",
    "Tally",
    "Verdict",
    "Work",
    "take",
]
