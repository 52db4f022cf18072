"""Human decisions: cases, judgements, actions, appeals, and the audit log that remembers who did what.

A ``Desk`` opens the database; a ``Look`` reads, a ``Work`` changes and writes into the audit log. What can be done
stands in a module each: ``taking``, ``judging``, ``labelling``, ``allowances``, ``actions``, ``appeals``; what can be
seen in ``queue``, ``showing``, ``comparing`` and ``feedback``.
"""

from stillwatch.cases.desk import Desk, Fact, Look, Work
from stillwatch.cases.judgement import Standing, Tally, Verdict
from stillwatch.cases.roles import PERMISSIONS, Actor, Permission, Role
from stillwatch.cases.taking import Taken, take

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
