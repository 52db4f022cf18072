import pytest

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import actions, appeals, judgements
from stillwatch.cases.decisions.actions import ActionKind, Plan
from stillwatch.cases.decisions.appeals import AppealOutcome
from stillwatch.cases.decisions.verdict import Standing, Verdict
from stillwatch.cases.queries import appeal_queries
from stillwatch.errors import MissingError


@pytest.fixture
def appealed(confirmed, do, ann, ben):
    """Suspend three accounts, of which two object; return the number of the appeal."""
    planned = do(ann, actions.plan, 2, Plan(ActionKind.SUSPEND, "why", accounts=confirmed[:3], dry_run=False))
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    return do(ben, appeals.receive, planned.action_id, confirmed[:2], "We are a class.")


def test_evidence_and_innocent_readings_of_the_last_scan(appealed, confirmed, see):
    heard = see(appeal_queries.hearing, appealed)
    assert heard.deciders == ("ann",)
    assert len(heard.innocent_readings) == 2
    assert {reason["signal"] for reason in heard.reasons} >= {"distribution_twin"}
    assert [(x.account_id, x.standing, x.outcome, x.is_limited) for x in heard.accounts] == [
        (account, Standing.CONFIRMED, None, True) for account in confirmed[:2]
    ]
    first = heard.accounts[0]
    assert 0.5 <= first.p_member <= 1
    assert first.p_both == pytest.approx(0.77 * first.p_member)
    # One reason of each kind: the member has two of one kind, the stronger is told.
    assert [reason["kind"] for reason in first.reasons] == ["rarity"]


def test_the_strongest_of_each_kind_and_no_description():
    def reason(signal, kind, value):
        return {"signal": signal, "kind": kind, "value": value}

    reasons = [
        reason("a", "rarity", 900.0), reason("b", "neg_log2_p", 3.0), reason("c", "neg_log2_p", 7.0),
        reason("d", "description", 99.0), {"signal": "old", "bits": 2.0}, {"signal": "older", "bits": 4.0},
    ]  # fmt: skip
    assert [one["signal"] for one in appeal_queries._strongest(reasons)] == ["c", "a", "older"]


def test_the_texts_fit_those_who_are_limited_and_those_who_are_not(appealed, confirmed, ann, do, see):
    told = [(x.outcome, x.holds) for x in see(appeal_queries.hearing, appealed).notices]
    assert told == [(AppealOutcome.UPHELD, True), (AppealOutcome.OVERTURNED, True)]
    do(ann, actions.undo, 1, "Called.", confirmed[:1])
    heard = see(appeal_queries.hearing, appealed)
    assert [(x.outcome, x.holds) for x in heard.notices] == [
        (AppealOutcome.UPHELD, True),
        (AppealOutcome.UPHELD, False),
        (AppealOutcome.OVERTURNED, True),
    ]
    assert [x.is_limited for x in heard.accounts] == [False, True]


def test_a_page_of_accounts_and_how_many_there_are(appealed, confirmed, see):
    heard = see(appeal_queries.hearing, appealed, start=1, count=1)
    assert ([x.account_id for x in heard.accounts], heard.total) == (confirmed[1:2], 2)
    assert see(appeal_queries.everybody, appealed) == confirmed[:2]


def test_why_somebody_cannot_answer(appealed, confirmed, do, see):
    lead = Actor("leo", Role.LEAD)
    assert see(appeal_queries.hindrance, appealed, lead) == ""
    assert "role" in see(appeal_queries.hindrance, appealed, Actor("ben", Role.ANALYST))
    assert "role" in see(appeal_queries.hindrance, appealed, Actor("leo", Role.LEAD, frozenset({Permission.VIEW})))
    do(Actor("LEO", Role.LEAD), judgements.judge, 2, Verdict.UNSURE, "x", accounts=confirmed[4:5])
    assert "took part" in see(appeal_queries.hindrance, appealed, lead)
    other = Actor("lea", Role.LEAD)
    do(other, appeals.answer, appealed, dict.fromkeys(confirmed[:2], AppealOutcome.UPHELD), "No.")
    assert "answered" in see(appeal_queries.hindrance, appealed, other)


def test_those_that_wait_first_then_the_newest_answered(appealed, confirmed, ben, leo, do, see):
    second = do(ben, appeals.receive, 1, confirmed[2:3], "So do I.")
    outcomes = {confirmed[0]: AppealOutcome.OVERTURNED, confirmed[1]: AppealOutcome.UPHELD}
    do(leo, appeals.answer, appealed, outcomes, "x")
    third = do(ben, appeals.receive, 1, confirmed[1:2], "Once more.")
    found, total = see(appeal_queries.listed)
    assert [(x.appeal_id, x.n_accounts, x.n_overturned) for x in found] == [
        (second, 1, 0),
        (third, 1, 0),
        (appealed, 2, 1),
    ]
    part, again = see(appeal_queries.listed, start=2, count=5)
    assert ([x.appeal_id for x in part], total, again) == ([appealed], 3, 3)


def test_one_that_is_not_there(desk, see):
    with pytest.raises(MissingError):
        see(appeal_queries.hearing, 7)
