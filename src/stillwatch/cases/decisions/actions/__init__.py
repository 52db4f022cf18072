"""Actions on accounts: plan, approval, execution and reversal.

In: a ``Work`` of an actor with the permission. Out: rows of actions, their accounts, approvals and notices. May touch:
the database through the desk.

A dry run is the default. A dry run goes through every step except the last. Only accounts that people confirmed can be
acted on, and this is checked again when the action is carried out.
"""

from stillwatch.cases.decisions.actions.approval import answer, cancel, seen_action
from stillwatch.cases.decisions.actions.execution import carry_out, due
from stillwatch.cases.decisions.actions.kinds import SCHEDULE, ActionKind, ActionState
from stillwatch.cases.decisions.actions.planning import Plan, Planned, Preview, plan, preview
from stillwatch.cases.decisions.actions.reversal import lift, undo
from stillwatch.cases.decisions.actions.rows import action_of

__all__ = [
    "SCHEDULE",
    "ActionKind",
    "ActionState",
    "Plan",
    "Planned",
    "Preview",
    "action_of",
    "answer",
    "cancel",
    "carry_out",
    "due",
    "lift",
    "plan",
    "preview",
    "seen_action",
    "undo",
]
