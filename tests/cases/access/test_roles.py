import pytest

from stillwatch.cases.access.roles import PERMISSIONS, Actor, Permission, Role
from stillwatch.errors import PolicyError

MATRIX = {
    "viewer": "view",
    "analyst": "view judge act reveal",
    "lead": "view judge act approve reveal audit",
    "auditor": "view audit",
    "administrator": "view audit administer",
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_each_role_may_do_what_the_matrix_says_and_no_more(role: Role, permission: Permission) -> None:
    actor = Actor("ana", role)
    allowed = permission in MATRIX[role].split()
    assert actor.may(permission) is allowed
    if allowed:
        actor.require(permission)
        return
    with pytest.raises(PolicyError) as error:
        actor.require(permission)
    assert error.value.exit_code == 2
    able = [role for role, may in MATRIX.items() if permission in may.split()]
    assert error.value.remedy == f"Ask a user with the role {' or '.join(able)}."


def test_the_matrix_names_every_role_and_permission() -> None:
    assert set(MATRIX) == set(Role) == set(PERMISSIONS)
    assert {p for may in MATRIX.values() for p in may.split()} == set(Permission)


def test_who_keeps_the_house_judges_nobody_and_nobody_may_all() -> None:
    assert not PERMISSIONS[Role.ADMINISTRATOR] & {
        Permission.JUDGE,
        Permission.ACT,
        Permission.APPROVE,
        Permission.REVEAL,
    }
    assert all(set(may) != set(Permission) for may in PERMISSIONS.values())
