import pytest

from stillwatch.cases.decisions import actions
from stillwatch.cases.decisions.actions import ActionKind, Plan, active_limits
from stillwatch.errors import InputError


def live(kind=ActionKind.THROTTLE, **more):
    return Plan(kind, "Confirmed by two.", dry_run=False, **more)


def test_undoing_for_an_account_that_is_not_under_it_is_a_mistake(confirmed, ann, do, see):
    planned = do(ann, actions.plan, 2, live(accounts=confirmed[:3]))
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    for accounts, words in (([confirmed[0], "acct_typo"], "for 1 of these"), ([], "no accounts are named")):
        with pytest.raises(InputError, match=words):
            do(ann, actions.undo, planned.action_id, "why", accounts)
    assert len(see(active_limits.in_force)) == 3
