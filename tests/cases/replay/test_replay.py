"""Nothing is found in a database that people worked with; whatever is changed by hand is."""

import pytest

from stillwatch.cases.decisions import actions, import_scan, judgements
from stillwatch.cases.decisions.actions import ActionKind, Plan
from stillwatch.cases.decisions.asking import planning, progress
from stillwatch.cases.decisions.asking.wording import AskQuestion
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.replay import replay
from stillwatch.tables import scan_folder


def test_what_people_did_replays_to_what_the_tables_hold(lived_in, see):
    assert see(replay) == []


def test_an_empty_database_replays(see):
    assert see(replay) == []


def test_a_value_that_cannot_be_read_is_a_difference_and_no_crash(lived_in, after, store):
    if store.is_sqlite:
        assert ("judgement rows", "a value cannot be read (ValueError)") in after("UPDATE judgements SET at = 'never'")


def test_what_ends_by_itself_replays_too(confirmed, do, see, ann, ben, lea, clock, desk, tmp_path, make_scan, three):
    """A limit whose accounts are no longer confirmed, one that is undone whole, an experiment that ends, a new scan."""
    gone = do(ann, actions.plan, 2, Plan(ActionKind.THROTTLE, "x", accounts=confirmed[:2]))
    whole = do(ann, actions.plan, 2, Plan(ActionKind.WATERMARK, "x", accounts=confirmed[2:5], dry_run=False))
    dry = do(ann, actions.plan, 2, Plan(ActionKind.WITHHOLD, "x", accounts=confirmed[2:5]))
    refused = do(ann, actions.plan, 2, Plan(ActionKind.SUSPEND, "x", dry_run=False))
    do(lea, actions.answer, refused.action_id, "No.", approve=False)
    do(ben, judgements.judge, 2, Verdict.INNOCENT, "Customers.", accounts=confirmed[:3])
    for planned in (gone, whole, dry):
        do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    do(ann, actions.undo, whole.action_id, "All.")
    asked = do(ann, planning.plan, 2, planning.AskPlan(AskQuestion.PURPOSE, "What for?", 6))
    assert see(replay) == []
    clock.advance(days=60)
    for _ in range(4):
        progress.advance_ripe(desk, lambda number, error: pytest.fail(f"{number}: {error}"))
        clock.advance(days=60)
    do(ann, judgements.close, 2, "Done.")
    three[1].n_accounts = 66
    do(lea, import_scan.take, scan_folder.read(make_scan(tmp_path / "later", three)), "later")
    assert asked.n_drawn == 6
    assert see(replay) == []
