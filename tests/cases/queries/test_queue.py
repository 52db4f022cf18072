from datetime import timedelta

import pytest

from stillwatch.cases.decisions import actions, appeals, import_scan, judgements, labels
from stillwatch.cases.decisions.actions import ActionKind, Plan
from stillwatch.cases.decisions.labels import assign
from stillwatch.cases.decisions.verdict import Standing, Verdict
from stillwatch.cases.queries.queue import QueueFilter, queue
from stillwatch.model import Severity


def test_the_most_pressing_comes_first(taken, ann, do, see):
    by_hand = do(ann, import_scan.open_by_hand, "A tip", ["x"], "why")
    page = see(queue, QueueFilter())
    assert [(row.case_id, row.severity) for row in page.rows] == [
        (1, Severity.URGENT),
        (2, Severity.REVIEW),
        (by_hand, Severity.REVIEW),
    ]
    assert page.total == 3


def test_a_line_says_what_waits_in_the_case(confirmed, ann, ben, do, see):
    limited = do(ann, actions.plan, 2, Plan(ActionKind.THROTTLE, "why", accounts=confirmed[:3], dry_run=False))
    do(actions.SCHEDULE, actions.carry_out, limited.action_id)
    do(ann, actions.plan, 2, Plan(ActionKind.SUSPEND, "why"))
    do(ben, appeals.receive, limited.action_id, confirmed[:2], "why")
    row = see(queue, QueueFilter()).rows[1]
    assert (row.standing, row.n_judged, row.n_appeals, row.n_proposed) == (Standing.CONFIRMED, 6, 2, 1)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("cmp-20", [2]),
        ("CMP-", [1, 2]),
        ("2", [2]),
        ("acct_7f3a91_00003", [1]),
        ("acct_7f3a91", []),
        ("press", [1]),
        ("%", []),
        ("_", []),
        ("'; DROP TABLE cases; --", []),
        ("99999999999999999999", []),
    ],
)
def test_cases_are_found_by_a_word(taken, word, found, ann, do, see):
    do(ann, labels.label_case, 1, "Press", "why")
    assert [row.case_id for row in see(queue, QueueFilter(word=word)).rows] == found


def test_cases_are_found_by_state_severity_and_person(confirmed, ann, ben, do, see):
    do(ann, assign, 1, "ben")
    do(ann, judgements.close, 2, "Done.")
    assert [r.case_id for r in see(queue, QueueFilter()).rows] == [1]
    assert [r.case_id for r in see(queue, QueueFilter(state="closed")).rows] == [2]
    assert [r.case_id for r in see(queue, QueueFilter(state=None)).rows] == [1, 2]
    assert see(queue, QueueFilter(severity=Severity.WATCH)).total == 0
    assert [r.case_id for r in see(queue, QueueFilter(assigned_to="ben")).rows] == [1]
    do(ann, assign, 1, None)
    assert see(queue, QueueFilter(assigned_to="ben")).rows == ()


def test_a_long_queue_comes_in_pages(desk, ann, do, see):
    for number in range(7):
        do(ann, import_scan.open_by_hand, f"Tip {number}", [f"a{number}"], "why")
    first, last = see(queue, QueueFilter(count=5)), see(queue, QueueFilter(start=5, count=5))
    assert (first.total, len(first.rows), len(last.rows)) == (7, 5, 2)
    assert not {r.case_id for r in first.rows} & {r.case_id for r in last.rows}


def test_an_answer_that_ended_no_longer_counts(taken, ann, do, see, clock):
    do(ann, judgements.judge, 1, Verdict.CONFIRMED, "why", expires_at=clock.now + timedelta(days=1))
    assert see(queue, QueueFilter()).rows[0].standing is Standing.CONFIRMED
    clock.advance(days=1)
    assert see(queue, QueueFilter()).rows[0].standing is Standing.OPEN
