"""Cases and decisions: judgements, actions, appeals, allowances, and the audit log of who did what.

In: finished scans, and decisions of people. Out: cases, active limits, labels, and messages for webhooks. May touch:
the database of decisions, and the key file of its audit log.

``Desk`` opens the database. ``Look`` is read access. ``Work`` is write access with an actor; it writes the audit log.
The floors from the bottom: ``store`` holds the tables and the audit log; ``access`` holds users, sign-in, permissions
and the desk; ``decisions`` changes decisions; ``queries`` reads them;
``replay`` compares them with the audit log; ``case_outbox`` gives the messages to the sender.
"""

from stillwatch.cases.access.desk import Desk, Fact, Look, Work
from stillwatch.cases.access.roles import PERMISSIONS, Actor, Permission, Role
from stillwatch.cases.decisions.import_scan import Taken, take
from stillwatch.cases.decisions.verdict import Standing, Verdict, VerdictTally

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
    "Verdict",
    "VerdictTally",
    "Work",
    "take",
]
