import pytest

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import actions, appeals, import_scan, judgements
from stillwatch.cases.decisions.actions import ActionKind, Plan, active_limits, notices
from stillwatch.cases.decisions.appeals import AppealOutcome
from stillwatch.cases.decisions.verdict import Standing, Verdict
from stillwatch.cases.queries import precision
from stillwatch.cases.store import audit
from stillwatch.errors import InputError, PolicyError


@pytest.fixture
def limited(confirmed, do, ann, lea):
    planned = do(ann, actions.plan, 2, Plan(ActionKind.SUSPEND, "why", dry_run=False))
    do(lea, actions.answer, planned.action_id, "Agreed.", approve=True)
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    return planned.action_id


def test_what_is_overturned_is_undone_and_counts_as_innocent(limited, confirmed, ben, leo, do, see):
    number = do(ben, appeals.receive, limited, confirmed[:2], "We are a class of 30.")
    assert [a.appeal_id for a in see(appeals.waiting)] == [number]
    outcomes = {confirmed[0]: AppealOutcome.OVERTURNED, confirmed[1]: AppealOutcome.UPHELD}
    do(leo, appeals.answer, number, outcomes, "The first is a pupil; the second paid with the card of the rest.")
    assert see(appeals.waiting) == []
    assert {x.account_id for x in see(active_limits.in_force)} == set(confirmed[1:])
    stands = see(judgements.standings, 2)
    assert (stands[confirmed[0]], stands[confirmed[1]]) == (Standing.INNOCENT, Standing.CONFIRMED)
    assert [n.kind for n in see(notices.notices_of, confirmed[0])] == ["limited", "overturned"]
    assert [n.kind for n in see(notices.notices_of, confirmed[1])] == ["limited", "upheld"]
    honest = [row for row in see(precision.judged).to_pylist() if row["overturned"]]
    assert [(row["account_id"], row["verdict"]) for row in honest] == [(confirmed[0], "innocent")]


def test_no_later_answer_turns_an_overturned_account_back(limited, confirmed, ann, ben, leo, do, see):
    number = do(ben, appeals.receive, limited, confirmed[:1], "We are a class.")
    do(leo, appeals.answer, number, {confirmed[0]: AppealOutcome.OVERTURNED}, "They are.")
    do(ann, judgements.judge, 2, Verdict.CONFIRMED, "I still think so.", accounts=confirmed[:1])
    assert see(judgements.standings, 2)[confirmed[0]] is Standing.INNOCENT
    with pytest.raises(PolicyError, match="1 innocent"):
        do(ann, actions.plan, 2, Plan(ActionKind.THROTTLE, "why", accounts=confirmed[:1]))


def test_what_is_overturned_is_undone_in_every_action_of_the_case(limited, confirmed, ann, ben, leo, do, see):
    other = do(ann, actions.plan, 2, Plan(ActionKind.THROTTLE, "why", accounts=confirmed[:2], dry_run=False))
    do(actions.SCHEDULE, actions.carry_out, other.action_id)
    number = do(ben, appeals.receive, limited, confirmed[:1], "We are a class.")
    do(leo, appeals.answer, number, {confirmed[0]: AppealOutcome.OVERTURNED}, "They are.")
    assert confirmed[0] not in {x.account_id for x in see(active_limits.in_force)}


def test_who_decided_does_not_answer(limited, confirmed, ben, lea, leo, do):
    number = do(ben, appeals.receive, limited, confirmed[:1], "We are a class.")
    with pytest.raises(PolicyError, match="took part in the decision"):
        do(lea, appeals.answer, number, {confirmed[0]: AppealOutcome.UPHELD}, "No.")
    with pytest.raises(PolicyError, match="may not approve"):
        do(ben, appeals.answer, number, {confirmed[0]: AppealOutcome.UPHELD}, "No.")
    do(leo, judgements.judge, 2, Verdict.UNSURE, "Cannot tell.", accounts=confirmed[3:4])
    with pytest.raises(PolicyError, match="took part in the decision"):
        do(leo, appeals.answer, number, {confirmed[0]: AppealOutcome.UPHELD}, "No.")


def test_every_account_of_an_appeal_gets_an_answer(limited, confirmed, ben, leo, do):
    number = do(ben, appeals.receive, limited, confirmed[:2], "We are a class.")
    for outcomes in ({}, {confirmed[0]: AppealOutcome.UPHELD}, dict.fromkeys(confirmed[:3], AppealOutcome.UPHELD)):
        with pytest.raises(InputError, match="2 accounts need an answer"):
            do(leo, appeals.answer, number, outcomes, "why")
    do(leo, appeals.answer, number, dict.fromkeys(confirmed[:2], AppealOutcome.UPHELD), "why")
    with pytest.raises(PolicyError, match="is answered"):
        do(leo, appeals.answer, number, dict.fromkeys(confirmed[:2], AppealOutcome.UPHELD), "why")


def test_what_a_holder_writes_never_enters_the_log(limited, confirmed, ben, do, desk):
    do(ben, appeals.receive, limited, confirmed[:1], "My name is Jane Roe.")
    with desk.look() as look:
        assert "Jane" not in "".join(e.details for e in audit.entries(look.session.connection()))


def test_what_cannot_be_appealed_is_refused(limited, confirmed, ann, ben, leo, do):
    rehearsed = do(ann, actions.plan, 2, Plan(ActionKind.THROTTLE, "why", accounts=confirmed[:1]))
    do(actions.SCHEDULE, actions.carry_out, rehearsed.action_id)
    for action, accounts in ((rehearsed.action_id, confirmed[:1]), (limited, []), (limited, ["acct_20c4d8_00050"])):
        with pytest.raises(InputError, match="does not limit"):
            do(ben, appeals.receive, action, accounts, "why")
    do(ben, appeals.receive, limited, confirmed[:1], "why")
    with pytest.raises(PolicyError, match="is open"):
        do(ben, appeals.receive, limited, confirmed[:2], "why")
    with pytest.raises(InputError, match="no such appeal"):
        do(leo, appeals.answer, 9, {}, "why")


def test_an_undone_action_can_still_be_appealed(limited, confirmed, ann, ben, leo, do, see):
    do(ann, actions.undo, limited, "Under review.")
    number = do(ben, appeals.receive, limited, confirmed[:1], "I want it noted that I am honest.")
    do(leo, appeals.answer, number, {confirmed[0]: AppealOutcome.OVERTURNED}, "Noted.")
    assert see(judgements.standings, 2)[confirmed[0]] is Standing.INNOCENT


def test_who_decided_under_another_spelling_does_not_answer(limited, confirmed, ben, do):
    number = do(ben, appeals.receive, limited, confirmed[:1], "We are a class.")
    with pytest.raises(PolicyError, match="took part in the decision"):
        do(Actor("Lea", Role.LEAD), appeals.answer, number, {confirmed[0]: AppealOutcome.UPHELD}, "No.")


def test_who_may_approve_alone_may_answer_and_so_lift(limited, confirmed, ben, do, see):
    number = do(ben, appeals.receive, limited, confirmed[:1], "We are a class.")
    program = Actor("leo", Role.LEAD, frozenset({Permission.APPROVE}))
    outcomes = {confirmed[0]: AppealOutcome.OVERTURNED}
    do(program, appeals.answer, number, outcomes, "They are.", needs=Permission.APPROVE)
    assert confirmed[0] not in {x.account_id for x in see(active_limits.in_force)}


def test_an_appeal_that_is_upheld_after_the_limit_ended_does_not_say_it_holds(
    limited, confirmed, ann, ben, leo, do, see
):
    do(ann, actions.undo, limited, "Under review.", confirmed[:1])
    number = do(ben, appeals.receive, limited, confirmed[:2], "Both of us.")
    do(leo, appeals.answer, number, dict.fromkeys(confirmed[:2], AppealOutcome.UPHELD), "No.")
    assert "has ended" in see(notices.notices_of, confirmed[0])[-1].text
    assert "The decision stands: this account is suspended" in see(notices.notices_of, confirmed[1])[-1].text


def test_reading_what_a_holder_wrote_is_written_down(limited, confirmed, ben, ann, do, desk):
    number = do(ben, appeals.receive, limited, confirmed[:1], "We are a class.")
    assert do(ann, appeals.read, number) == "We are a class."
    with desk.look() as look:
        last = list(audit.entries(look.session.connection()))[-1]
    assert (last.action, last.actor, last.subject) == ("appeal read", "ann", f"appeal {number}")
    with pytest.raises(PolicyError, match="may not reveal"):
        do(Actor("vic", Role.VIEWER), appeals.read, number)


def test_what_an_appeal_found_holds_in_every_case_that_names_the_account(limited, confirmed, do, see, ann, ben, leo):
    other = do(ann, import_scan.open_by_hand, "The same accounts again", confirmed[:3], "Another scan named them.")
    do(ann, judgements.judge, other, Verdict.CONFIRMED, "why")
    do(ann, judgements.judge, other, Verdict.CONFIRMED, "why", accounts=confirmed[:3])
    planned = do(ann, actions.plan, other, Plan(ActionKind.THROTTLE, "why", accounts=confirmed[:2], dry_run=False))
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    number = do(ben, appeals.receive, limited, confirmed[:1], "We are a class.")
    do(leo, appeals.answer, number, {confirmed[0]: AppealOutcome.OVERTURNED}, "They are.")
    assert see(judgements.standings, other)[confirmed[0]] is Standing.INNOCENT
    assert see(judgements.standings, other)[confirmed[1]] is Standing.CONFIRMED
    assert see(judgements.standing_counts, other)[Standing.INNOCENT] == 1
    assert confirmed[0] not in {x.account_id for x in see(active_limits.in_force)}
    with pytest.raises(PolicyError, match="1 innocent"):
        do(ann, actions.plan, other, Plan(ActionKind.SUSPEND, "why", accounts=confirmed[:1]))
