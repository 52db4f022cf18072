"""Defines seven permissions, five roles, and the actor of a change.

The rules are here and not in the console, so that pages, the JSON API and the command line all obey them.
"""

from dataclasses import dataclass
from enum import StrEnum

from stillwatch.errors import PolicyError

__all__ = ["PERMISSIONS", "Actor", "Permission", "Role"]


class Role(StrEnum):
    """The role of a user. An administrator manages users and receivers, and does not judge cases."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    LEAD = "lead"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One permission of a role."""

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
"""``APPROVE`` covers the decisions of a second person: large actions, allowances and appeals."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The actor of a change: the name for the audit log, and the role.

    ``scopes`` limits the permissions of a program that acts with an API token. It is null for a person, who has every
    permission of the role.
    """

    name: str
    role: Role
    scopes: frozenset[Permission] | None = None

    def may(self, permission: Permission) -> bool:
        """Return whether the role has *permission* and, for a program, the token has it too."""
        return permission in PERMISSIONS[self.role] and (self.scopes is None or permission in self.scopes)

    def require(self, permission: Permission) -> None:
        """Raise ``PolicyError`` where the actor lacks *permission*."""
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
                remedy=f"Ask a user with the role {_listed(permission)}.",
            )


def _listed(permission: Permission) -> str:
    return " or ".join(str(role) for role in Role if permission in PERMISSIONS[role])
