"""The kinds and states of an action, the arms of its accounts, and the actor that carries due actions out."""

from enum import StrEnum

from stillwatch.cases.access.roles import Actor, Role

__all__ = ["DROPPED", "HELD_OUT", "SCHEDULE", "TREATED", "ActionKind", "ActionState"]

SCHEDULE = Actor("(schedule)", Role.ANALYST)
"""The actor that carries out planned and approved actions when they are due. No user can have this name."""
TREATED, HELD_OUT, DROPPED = "treated", "held_out", "dropped"
"""The arms of an account of an action, as the database stores them."""


class ActionKind(StrEnum):
    """The kinds of action, the mildest first."""

    OBSERVE = "observe"
    WATERMARK = "watermark"
    THROTTLE = "throttle"
    WITHHOLD = "withhold"
    STEP_UP = "step_up"
    SUSPEND = "suspend"


class ActionState(StrEnum):
    """The states of an action."""

    PROPOSED = "proposed"
    SCHEDULED = "scheduled"
    REHEARSED = "rehearsed"
    IN_FORCE = "in_force"
    UNDONE = "undone"
    REFUSED = "refused"
    CANCELLED = "cancelled"
