from datetime import timedelta

import pytest

from stillwatch.cases.decisions import allowances, judgements
from stillwatch.cases.decisions.allowances import AllowanceKind
from stillwatch.cases.decisions.verdict import Standing, Verdict
from stillwatch.cases.queries import case_queries
from stillwatch.cases.queries.case_queries import Order, Which
from stillwatch.errors import InputError
from stillwatch.tables.campaigns import REASON_TYPE


def test_a_case_counts_where_its_members_stand(confirmed, ben, do, see):
    do(ben, judgements.judge, 2, Verdict.INNOCENT, "why", accounts=["acct_20c4d8_00009"])
    shown = see(case_queries.show, 2)
    assert shown.standing is Standing.CONFIRMED
    counts = {s: n for s, n in shown.standings.items() if n}
    assert counts == {Standing.CONFIRMED: 6, Standing.INNOCENT: 1, Standing.OPEN: 55}
    with pytest.raises(InputError, match="no such case"):
        see(case_queries.show, 9)


def test_members_by_membership_then_account(taken, see):
    found = see(case_queries.members, 1, Which(count=400))
    keys = [(-m.p_member, m.account_id) for m in found.rows]
    assert keys == sorted(keys)
    assert found.total == 400
    assert found.rows[0].reasons[0].keys() == set(REASON_TYPE.names)
    assert [m.p_both for m in found.rows] == pytest.approx([0.94 * m.p_member for m in found.rows])


@pytest.mark.parametrize("order", Order)
def test_pages_neither_repeat_nor_lose_a_member(confirmed, order, see):
    pages = [see(case_queries.members, 2, Which(order=order, start=start, count=20)).rows for start in range(0, 80, 20)]
    accounts = [m.account_id for page in pages for m in page]
    assert len(accounts) == len(set(accounts)) == 62


def test_members_can_be_asked_for_by_where_they_stand(confirmed, see):
    found = see(case_queries.members, 2, Which(standing=Standing.CONFIRMED))
    assert sorted(m.account_id for m in found.rows) == confirmed
    first = see(case_queries.members, 2, Which(order=Order.STANDING, count=60)).rows
    assert {m.standing for m in first[:56]} == {Standing.OPEN}
    assert first[-1].standing is Standing.CONFIRMED
    assert see(case_queries.members, 2, Which(standing=Standing.DISPUTED)).total == 0


@pytest.mark.parametrize(
    ("which", "total"),
    [
        (Which(word="0003"), 11),
        (Which(word="%"), 0),
        (Which(signal="signup_burst"), 62),
        (Which(signal="shared_payment"), 0),
        (Which(signal="signup"), 0),
        (Which(least=2.0), 0),
    ],
)
def test_members_can_be_asked_for_by_word_signal_and_membership(taken, which, total, see):
    assert see(case_queries.members, 2, which).total == total


def test_who_is_allowed_is_marked(taken, lea, do, see, clock):
    until = clock.now + timedelta(days=9)
    do(lea, allowances.allow, AllowanceKind.RESEARCH, "x", ["acct_20c4d8_00003"], "why", until)
    found = see(case_queries.members, 2, Which(word="0000"))
    assert [m.account_id for m in found.rows if m.is_allowed] == ["acct_20c4d8_00003"]


def test_answers_about_the_campaign_and_about_an_account(confirmed, see):
    assert [j.why for j in see(case_queries.judgements, 2)] == ["One list, dealt out."]
    assert [j.why for j in see(case_queries.judgements, 2, confirmed[0])] == ["Each has its part of the list."]


def test_the_scans_that_saw_a_case(taken, see):
    [(scan, campaign)] = see(case_queries.sightings, 2)
    assert (scan.number, scan.name, campaign["severity"]) == (1, "first", "review")
