"""The kinds and states of an action, the arms of its accounts, and the actor that carries due actions out."""

from enum import StrEnum

from stillwatch.cases.access.roles import Actor, Role
from stillwatch.model import ActionKind

__all__ = [
    "DROPPED",
    "HELD_OUT",
    "LIMITS_NOTHING",
    "PLANNED",
    "SCHEDULE",
    "TREATED",
    "WAITING",
    "ActionKind",
    "ActionState",
]

SCHEDULE = Actor("(schedule)", Role.ANALYST)
"""The actor that carries out planned and approved actions when they are due. No user can have this name."""
TREATED, HELD_OUT, DROPPED, WAITING = "treated", "held_out", "dropped", "waiting"
"""The arms of an account of an action, as the database stores them. A *waiting* account was drawn and not asked yet."""


class ActionState(StrEnum):
    """The states of an action."""

    PROPOSED = "proposed"
    SCHEDULED = "scheduled"
    REHEARSED = "rehearsed"
    IN_FORCE = "in_force"
    UNDONE = "undone"
    REFUSED = "refused"
    CANCELLED = "cancelled"


PLANNED = tuple(kind for kind in ActionKind if kind is not ActionKind.ASK)
"""The kinds that can be planned for any confirmed accounts."""
LIMITS_NOTHING = (ActionKind.OBSERVE, ActionKind.ASK)
"""The kinds that change nothing for an account. They need no confirmed account."""
