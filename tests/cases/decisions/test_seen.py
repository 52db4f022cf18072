"""A decision is made on what was on the screen, and on nothing else."""

import json

import pytest

from stillwatch.cases.decisions import actions, appeals, import_scan, judgements
from stillwatch.cases.decisions.actions import ActionKind, Plan
from stillwatch.cases.decisions.seen import (
    Compared,
    SeenGroup,
    all_members,
    joined_since,
    require_seen,
    scan_number,
    seen_of,
)
from stillwatch.cases.decisions.verdict import Standing, Verdict
from stillwatch.cases.queries import audit_search
from stillwatch.errors import ChangedError, InputError
from stillwatch.tables import scan_folder


@pytest.fixture
def grow(do, lea, tmp_path, make_scan, three):
    """Return a function that takes a later scan in, in which case 2 has that many accounts."""

    def grown(n_accounts):
        three[1].n_accounts = n_accounts
        read = scan_folder.read(make_scan(tmp_path / f"grown-{n_accounts}", three[1:2], n_rejects=n_accounts))
        do(lea, import_scan.take, read, f"grown to {n_accounts}")

    return grown


def looked(see, case_id=2):
    return str(see(judgements.seen_case, case_id))


def details(desk, action):
    with desk.look() as look:
        found = audit_search.search(look, audit_search.AuditFilter(action=action)).entries
    return json.loads(found[0].details)


def test_three_that_joined_since_somebody_looked_are_not_judged(taken, do, see, ann, grow):
    shown = looked(see)
    grow(65)
    with pytest.raises(ChangedError, match="3 joined since you looked"):
        do(ann, judgements.judge, 2, Verdict.CONFIRMED, "One list.", seen=shown)
    everybody = see(all_members, 2)
    with pytest.raises(ChangedError, match="3 joined since you looked"):
        do(ann, judgements.judge, 2, Verdict.CONFIRMED, "x", accounts=everybody, seen=shown, is_named=False)
    assert see(judgements.standing, 2) is Standing.OPEN
    do(ann, judgements.judge, 2, Verdict.CONFIRMED, "One list.", seen=looked(see))
    assert see(judgements.standing, 2) is Standing.CONFIRMED


def test_accounts_that_are_named_one_by_one_need_the_same_scan_alone(taken, do, see, ann, grow):
    named, shown = ["acct_20c4d8_00000"], looked(see)
    do(ann, judgements.judge, 2, Verdict.UNSURE, "x", accounts=named, seen=shown)
    grow(62)
    with pytest.raises(ChangedError, match="a newer scan has reported these accounts since you looked"):
        do(ann, judgements.judge, 2, Verdict.UNSURE, "x", accounts=named, seen=shown)
    grow(63)
    with pytest.raises(ChangedError, match="1 joined since you looked"):
        do(ann, judgements.judge, 2, Verdict.UNSURE, "x", accounts=named, seen=shown)


def test_the_log_names_the_scan_the_count_and_the_digest(taken, do, see, ann, desk):
    do(ann, judgements.judge, 2, Verdict.UNSURE, "x")
    now = see(judgements.seen_case, 2)
    told = details(desk, "judged")
    assert (told["scan"], told["n_seen"], told["seen_sha256"]) == (now.scan, 62, now.accounts_sha256)
    assert taken.scan_id.startswith(now.scan)


def test_a_case_is_closed_as_what_it_was_shown_to_be(taken, do, see, ann, ben, grow):
    do(ann, judgements.judge, 2, Verdict.INNOCENT, "A class.")
    shown = looked(see)
    do(ben, judgements.judge, 2, Verdict.CONFIRMED, "No class.")
    with pytest.raises(ChangedError, match="stands at disputed and no longer at innocent"):
        do(ann, judgements.close, 2, "Done.", seen=shown, stood_at=Standing.INNOCENT)
    grow(70)
    with pytest.raises(ChangedError, match="8 joined"):
        do(ann, judgements.close, 2, "Done.", seen=shown)


def test_a_plan_is_approved_for_the_accounts_that_were_shown(confirmed, do, see, ann, ben, lea, desk):
    planned = do(ann, actions.plan, 2, Plan(ActionKind.SUSPEND, "x", dry_run=False))
    shown = str(see(actions.seen_action, planned.action_id))
    do(ben, judgements.judge, 2, Verdict.INNOCENT, "A customer.", accounts=confirmed[:2])
    with pytest.raises(ChangedError, match="2 left since you looked"):
        do(lea, actions.answer, planned.action_id, "Yes.", approve=True, seen=shown)
    now = see(actions.seen_action, planned.action_id)
    assert now.n_accounts == 4
    do(lea, actions.answer, planned.action_id, "Yes.", approve=True, seen=str(now))
    assert details(desk, "action approved")["n_seen"] == 4


def test_a_plan_is_made_on_the_scan_of_its_preview(confirmed, do, see, ann, grow):
    wanted = Plan(ActionKind.WATERMARK, "x")
    shown = see(actions.preview, 2, wanted).seen
    grow(62)
    with pytest.raises(ChangedError, match="a newer scan"):
        do(ann, actions.plan, 2, Plan(ActionKind.WATERMARK, "x", seen=shown))


def in_force(do, see, ann, lea):
    planned = do(ann, actions.plan, 2, Plan(ActionKind.SUSPEND, "x", dry_run=False))
    do(lea, actions.answer, planned.action_id, "Yes.", approve=True)
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    return planned.action_id


def test_an_appeal_is_answered_on_the_evidence_that_was_shown(confirmed, do, see, ann, lea, leo, grow):
    number = in_force(do, see, ann, lea)
    appeal = do(ann, appeals.receive, number, confirmed[:2], "We are a class.")
    shown = str(see(appeals.seen_appeal, appeal))
    grow(62)
    outcomes = dict.fromkeys(confirmed[:2], appeals.AppealOutcome.UPHELD)
    with pytest.raises(ChangedError, match="a newer scan"):
        do(leo, appeals.answer, appeal, outcomes, "No.", seen=shown)
    do(leo, appeals.answer, appeal, outcomes, "No.", seen=str(see(appeals.seen_appeal, appeal)))


def test_a_newer_scan_keeps_nobody_limited_but_others_do(confirmed, do, see, ann, lea, grow):
    number = in_force(do, see, ann, lea)
    shown = str(see(actions.seen_action, number))
    grow(62)
    do(ann, actions.undo, number, "One called.", confirmed[:1], seen=shown)
    with pytest.raises(ChangedError, match="1 left since you looked"):
        do(ann, actions.undo, number, "All.", seen=shown)
    assert do(ann, actions.undo, number, "All.", seen=str(see(actions.seen_action, number))) == 5


def test_what_changed_is_said_in_numbers(taken, see, grow):
    before = see(judgements.seen_case, 2)
    some = sorted(see(all_members, 2))
    for now, words in (
        (some[:60], "2 left since"),
        ([*some[:61], "other"], "the accounts have changed since"),
        ([*some, "a", "b"], "2 joined since"),
    ):
        with pytest.raises(ChangedError, match=words):
            see(require_seen, 2, str(before), seen_of(f"{before.scan}00", now), now)
    grow(65)
    later = sorted(see(all_members, 2))[5:]
    with pytest.raises(ChangedError, match="3 joined and 5 left since you looked"):
        see(require_seen, 2, str(before), seen_of("f" * 64, later), later)
    assert len(see(joined_since, 2, str(before))) == 3
    assert see(scan_number, str(before)) == 1


def test_text_of_another_form_is_refused_and_none_is_not_compared(taken, see):
    now = SeenGroup(None, 0, "0" * 64)
    see(require_seen, 2, "", now, ())
    see(require_seen, 2, f"-:1:{'0' * 64}", now, (), compared=Compared.ACCOUNTS)
    for text in ("x", f"-:1:{'0' * 63}", f"{'A' * 16}:1:{'0' * 64}", f"-:-1:{'0' * 64}"):
        with pytest.raises(InputError, match="not what a page showed"):
            see(require_seen, 2, text, now, ())
        assert see(joined_since, 2, text) == set()
        assert see(scan_number, text) is None


def test_a_case_without_a_scan(do, see, ann, grow):
    number = do(ann, import_scan.open_by_hand, "A tip", ["a", "b"], "A partner named them.")
    shown = looked(see, number)
    assert shown.startswith("-:2:")
    assert see(joined_since, number, shown) == set()
    assert see(scan_number, shown) is None
    do(ann, judgements.judge, number, Verdict.UNSURE, "x", seen=shown)
    now = see(judgements.seen_case, number)
    assert str(now) == shown
