import pytest

from stillwatch.cases.decisions import actions, appeals
from stillwatch.cases.decisions.actions import ActionKind, Plan


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE appeals SET statement = 'x'", "statement differs from the log"),
        ("UPDATE appeals SET state = 'open'", "state differs from the log"),
        ("UPDATE appeals SET answered_by = 'ann'", "answer differs from the log"),
        ("UPDATE appeals SET received_by = 'ben'", "person differs from the log"),
        ("UPDATE appeal_accounts SET outcome = 'upheld'", "outcomes differs from the log"),
        ("UPDATE asked_accounts SET outcome = 'failed' WHERE outcome = 'passed'", "outcome differs from the log"),
        ("UPDATE asked_accounts SET outcome = 'passed'", "no entry of the log has its outcome"),
        ("UPDATE asked_accounts SET entry = NULL WHERE place = 1", "the accounts that were asked differ"),
    ],
)
def test_an_appeal_or_an_outcome_that_was_changed_by_hand_is_found(lived_in, after, sql, words):
    found = after(sql)
    assert any(words in what for _, what in found), found


def test_an_appeal_that_nobody_answered_in_the_log(confirmed, do, see, ann, lea, after, clock):
    planned = do(ann, actions.plan, 2, Plan(ActionKind.SUSPEND, "x", accounts=confirmed[:2], dry_run=False))
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    do(ann, appeals.receive, planned.action_id, confirmed[:1], "We are a class.")
    assert after("UPDATE appeals SET state = 'open'") == []
    assert ("appeal 1", "no entry of the log answered it") in after("UPDATE appeals SET state = 'answered'")
