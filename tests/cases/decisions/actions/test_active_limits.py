from datetime import timedelta

import pytest

from stillwatch.cases.decisions import actions, allowances, judgements
from stillwatch.cases.decisions.actions import ActionKind, Plan, active_limits
from stillwatch.cases.decisions.allowances import AllowanceKind
from stillwatch.cases.decisions.verdict import Verdict


@pytest.fixture
def limited(confirmed, do, ann):
    """Limit three accounts and return them."""
    planned = do(ann, actions.plan, 2, Plan(ActionKind.THROTTLE, "why", accounts=confirmed[:3], dry_run=False))
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    return confirmed[:3]


def names(see, **which):
    found = [x.account_id for x in see(active_limits.in_force, **which)]
    if not which.keys() & {"start", "count"}:
        assert see(active_limits.n_in_force, **which) == len(found)
    return found


def test_parts_of_the_list_and_one_account(limited, see):
    assert names(see) == limited
    assert names(see, start=1, count=1) == limited[1:2]
    assert names(see, account=limited[2]) == limited[2:]
    assert names(see, account="nobody") == []


def test_one_voice_for_an_account_stops_what_is_in_force_for_it(limited, ben, do, see):
    do(ben, judgements.judge, 2, Verdict.INNOCENT, "A pupil.", accounts=limited[:1])
    assert names(see) == limited[1:]
    do(ben, judgements.judge, 2, Verdict.UNSURE, "Perhaps not.", accounts=limited[:1])
    assert names(see) == limited


def test_one_voice_for_the_campaign_stops_all_of_it(limited, ben, do, see):
    do(ben, judgements.judge, 2, Verdict.INNOCENT, "A class.")
    assert names(see) == []


def test_a_voice_counts_in_its_own_case_and_until_its_end(limited, ben, do, see, clock):
    do(ben, judgements.judge, 1, Verdict.INNOCENT, "Another one.")
    assert names(see) == limited
    do(ben, judgements.judge, 2, Verdict.INNOCENT, "For now.", expires_at=clock.now + timedelta(days=1))
    assert names(see) == []
    clock.advance(days=1)
    assert names(see) == limited


def test_what_only_watches_goes_on_while_people_disagree(confirmed, ann, ben, do, see):
    planned = do(ann, actions.plan, 2, Plan(ActionKind.OBSERVE, "why", accounts=confirmed[:2], dry_run=False))
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    do(ben, judgements.judge, 2, Verdict.INNOCENT, "A pupil.", accounts=confirmed[:1])
    assert names(see) == confirmed[:2]


def test_an_allowance_stops_it_for_as_long_as_it_holds(limited, lea, do, see, clock):
    until = clock.now + timedelta(days=1)
    do(lea, allowances.allow, AllowanceKind.EVALUATION, "A lab", limited[:1], "why", until)
    assert names(see) == limited[1:]
    clock.advance(days=1)
    assert names(see) == limited
