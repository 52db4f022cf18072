"""Who may do what: seven things a person can be allowed, five roles, and the person who acts.

The rules stand here and not in the console, so that every way in (pages, JSON, the command line) obeys them.
"""

from dataclasses import dataclass
from enum import StrEnum

from stillwatch.errors import PolicyError

__all__ = ["PERMISSIONS", "Actor", "Permission", "Role"]


class Role(StrEnum):
    """What somebody is here for; an administrator keeps the house and judges nobody."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    LEAD = "lead"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One thing that a role may do."""

    VIEW = "view"
    JUDGE = "judge"
    ACT = "act"
    APPROVE = "approve"
    REVEAL = "reveal"
    AUDIT = "audit"
    ADMINISTER = "administer"


_ANALYST = frozenset({Permission.VIEW, Permission.JUDGE, Permission.ACT, Permission.REVEAL})
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.VIEW}),
    Role.ANALYST: _ANALYST,
    Role.LEAD: _ANALYST | {Permission.APPROVE, Permission.AUDIT},
    Role.AUDITOR: frozenset({Permission.VIEW, Permission.AUDIT}),
    Role.ADMINISTRATOR: frozenset({Permission.VIEW, Permission.AUDIT, Permission.ADMINISTER}),
}
"""Approving is the second pair of eyes: actions above a size, allowances, appeals."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, by the name that the audit log keeps, and the role in which they do.

    ``scopes`` is what a program that acts for them was given of it; a person has all that the role has.
    """

    name: str
    role: Role
    scopes: frozenset[Permission] | None = None

    def may(self, permission: Permission) -> bool:
        """Return whether the role has *permission*, and the program that acts in it was given it."""
        return permission in PERMISSIONS[self.role] and (self.scopes is None or permission in self.scopes)

    def require(self, permission: Permission) -> None:
        """Raise ``PolicyError`` where *permission* is lacking."""
        if permission in PERMISSIONS[self.role] and not self.may(permission):
            raise PolicyError(
                f"this token may not {permission}",
                where="permissions",
                remedy="Make a token with that scope.",
            )
        if not self.may(permission):
            raise PolicyError(
                f"the role {self.role} may not {permission}",
                where="permissions",
                remedy=f"Ask somebody who is {_listed(permission)}.",
            )


def _listed(permission: Permission) -> str:
    return " or ".join(str(role) for role in Role if permission in PERMISSIONS[role])
