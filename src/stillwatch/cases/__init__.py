"""Human decisions: cases, judgements, actions, appeals, and the audit log that remembers who did what."""

from stillwatch.cases.desk import Desk, Fact, Look, Work
from stillwatch.cases.roles import PERMISSIONS, Actor, Permission, Role

__all__ = ["PERMISSIONS", "Actor", "Desk", "Fact", "Look", "Permission", "Role", "Work"]
