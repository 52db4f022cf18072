import pytest

from stillwatch.cases.access import users
from stillwatch.cases.access.roles import Actor, Permission, Role
from stillwatch.cases.decisions.actions.kinds import DROPPED, HELD_OUT, SCHEDULE, TREATED, ActionKind, ActionState
from stillwatch.cases.queries.action_queries import ActionStage, Arm
from stillwatch.errors import InputError


def test_no_user_can_take_the_name_of_the_schedule(do):
    with pytest.raises(InputError, match="not a name to sign in with"):
        do(Actor("amy", Role.ADMINISTRATOR), users.create, SCHEDULE.name, display="S", role=Role.ANALYST)
    assert SCHEDULE.may(Permission.ACT)
    assert not SCHEDULE.may(Permission.APPROVE)


def test_arms_and_states_are_those_that_lists_show():
    assert {TREATED, HELD_OUT, DROPPED} <= set(Arm)
    assert {str(stage) for stage in ActionStage} - {"past"} <= {str(state) for state in ActionState}


def test_the_mildest_kind_comes_first_and_the_hardest_last():
    assert (min(ActionKind, key=list(ActionKind).index), list(ActionKind)[-1]) == (
        ActionKind.OBSERVE,
        ActionKind.SUSPEND,
    )
