import pytest

from stillwatch.cases import Actor, Role
from stillwatch.cases.decisions import actions
from stillwatch.cases.decisions.actions import ActionKind, ActionState, Plan
from stillwatch.errors import PolicyError


def live(kind=ActionKind.THROTTLE, **more):
    return Plan(kind, "Confirmed by two.", dry_run=False, **more)


def test_more_accounts_than_the_setting_need_a_second_person(confirmed, ann, lea, leo, do):
    alone = do(ann, actions.plan, 2, live(accounts=confirmed[:3]))
    both = do(ann, actions.plan, 2, live(accounts=confirmed[:4]))
    assert (alone.state, both.state) == (ActionState.SCHEDULED, ActionState.PROPOSED)
    for who, words in ((ann, "may not approve"), (lea, None)):
        if words:
            with pytest.raises(PolicyError, match=words):
                do(who, actions.answer, both.action_id, "why", approve=True)
    mine = do(lea, actions.plan, 2, live(accounts=confirmed[:4]))
    with pytest.raises(PolicyError, match="cannot approve it"):
        do(lea, actions.answer, mine.action_id, "why", approve=True)
    with pytest.raises(PolicyError, match="not due"):
        do(actions.SCHEDULE, actions.carry_out, both.action_id)
    assert do(leo, actions.answer, mine.action_id, "Too early.", approve=False) is ActionState.REFUSED
    with pytest.raises(PolicyError, match="is refused"):
        do(leo, actions.answer, mine.action_id, "why", approve=True)


@pytest.mark.parametrize("spelled", ["LEA", "Lea", "ｌｅａ"])
def test_another_spelling_of_a_name_is_no_second_person(confirmed, lea, do, spelled):
    planned = do(lea, actions.plan, 2, live())
    with pytest.raises(PolicyError, match="cannot approve it"):
        do(Actor(spelled, Role.LEAD), actions.answer, planned.action_id, "why", approve=True)


def test_a_plan_can_be_given_up_until_it_is_carried_out(confirmed, ann, ben, do, see):
    planned = do(ann, actions.plan, 2, live(accounts=confirmed[:3]))
    with pytest.raises(PolicyError, match="not in force"):
        do(ann, actions.undo, planned.action_id, "why")
    do(ben, actions.cancel, planned.action_id, "Not yet.")
    assert see(actions.due) == []
    with pytest.raises(PolicyError, match="is cancelled"):
        do(ben, actions.cancel, planned.action_id, "Again.")
