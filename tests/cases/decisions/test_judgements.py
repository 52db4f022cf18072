from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import import_scan, judgements
from stillwatch.cases.decisions.verdict import Standing, Verdict, VerdictTally
from stillwatch.cases.queries import case_queries
from stillwatch.cases.store import audit
from stillwatch.cases.store.schema import Judgement
from stillwatch.errors import InputError, PolicyError

SOME = ["acct_20c4d8_00000", "acct_20c4d8_00001"]


def test_an_account_is_confirmed_when_the_campaign_is_too(taken, ann, ben, do, see):
    do(ann, judgements.judge, 2, Verdict.CONFIRMED, "Same list.", accounts=SOME)
    assert see(judgements.standings, 2)[SOME[0]] is Standing.OPEN
    do(ben, judgements.judge, 2, Verdict.CONFIRMED, "A campaign.")
    stands = see(judgements.standings, 2)
    assert {a for a, s in stands.items() if s is Standing.CONFIRMED} == set(SOME)
    assert len(stands) == 62


def test_two_who_contradict_each_other_leave_it_disputed(confirmed, ben, do, see):
    do(ben, judgements.judge, 2, Verdict.INNOCENT, "A class, I think.", accounts=confirmed[:1])
    assert see(judgements.standings, 2)[confirmed[0]] is Standing.DISPUTED
    do(ben, judgements.judge, 2, Verdict.CONFIRMED, "I was wrong.", accounts=confirmed[:1])
    assert see(judgements.standings, 2)[confirmed[0]] is Standing.CONFIRMED


def test_an_answer_is_superseded_by_the_same_person_alone_and_stays(confirmed, ann, ben, do, see):
    do(ann, judgements.judge, 2, Verdict.UNSURE, "On second thoughts.", accounts=confirmed[:1])
    do(ben, judgements.judge, 2, Verdict.UNSURE, "Cannot tell.", accounts=confirmed[:1])
    assert see(judgements.tallies, 2)[confirmed[0]] == VerdictTally(unsure=2)
    kept = see(case_queries.judgements, 2, confirmed[0])
    assert [(j.by, j.verdict, j.superseded_at is None) for j in kept] == [
        ("ben", "unsure", True),
        ("ann", "unsure", True),
        ("ann", "confirmed", False),
    ]


def test_an_answer_ends_when_it_was_said_to(taken, ann, do, see, clock):
    until = clock.now + timedelta(days=30)
    do(ann, judgements.judge, 2, Verdict.INNOCENT, "A hackathon until May.", expires_at=until)
    assert see(judgements.standing, 2) is Standing.INNOCENT
    clock.advance(days=30)
    assert see(judgements.standing, 2) is Standing.OPEN
    with pytest.raises(InputError, match="end has already passed"):
        do(ann, judgements.judge, 2, Verdict.INNOCENT, "Again.", expires_at=until)


def test_every_answer_points_at_its_entry_in_the_log(confirmed, desk):
    with desk.look() as look:
        rows = look.session.execute(sa.select(Judgement.account_id, Judgement.entry)).all()
        entries = {e.seq: e for e in audit.entries(look.session.connection())}
    assert {entries[seq].action for _, seq in rows} == {"judged"}
    assert '"n_accounts":6' in entries[rows[-1].entry].details


@pytest.mark.parametrize(
    ("case", "accounts", "error", "words"),
    [
        (9, None, InputError, "no such case"),
        (2, [], InputError, "no accounts are named"),
        (2, [*SOME, "acct_7f3a91_00000"], InputError, "1 of 3 accounts are no members"),
    ],
)
def test_what_cannot_be_judged_is_refused(taken, case, accounts, error, words, ann, do):
    with pytest.raises(error, match=words) as caught:
        do(ann, judgements.judge, case, Verdict.CONFIRMED, "why", accounts=accounts)
    assert "acct" not in str(caught.value)


def test_who_may_not_judge_is_refused_before_anything_happens(taken, do):
    for role in (Role.VIEWER, Role.AUDITOR, Role.ADMINISTRATOR):
        with pytest.raises(PolicyError, match="may not judge"):
            do(Actor("x", role), judgements.judge, 2, Verdict.CONFIRMED, "why", needs=Permission.JUDGE)


def test_a_case_is_closed_as_what_it_stands_at(taken, ann, ben, do, see):
    with pytest.raises(PolicyError, match="stands at open"):
        do(ann, judgements.close, 2, "Done.")
    do(ann, judgements.judge, 2, Verdict.INNOCENT, "A class.")
    do(ben, judgements.judge, 2, Verdict.CONFIRMED, "No class.")
    with pytest.raises(PolicyError, match="stands at disputed"):
        do(ann, judgements.close, 2, "Done.")
    do(ben, judgements.judge, 2, Verdict.UNSURE, "Perhaps.")
    assert do(ann, judgements.close, 2, "Done.") is Standing.INNOCENT
    with pytest.raises(PolicyError, match="closed"):
        do(ann, judgements.judge, 2, Verdict.CONFIRMED, "why")
    with pytest.raises(PolicyError, match="closed already"):
        do(ann, judgements.close, 2, "Done.")
    do(ann, judgements.reopen, 2, "New facts.")
    assert see(case_queries.show, 2).case.closed_as is None
    with pytest.raises(PolicyError, match="is open"):
        do(ann, judgements.reopen, 2, "New facts.")


def test_answers_about_many_accounts_are_kept_whole(do, see, ann):
    many = [f"a{n:05d}" for n in range(12_000)]
    number = do(ann, import_scan.open_by_hand, "Many", many, "why")
    do(ann, judgements.judge, number, Verdict.CONFIRMED, "why", accounts=many)
    do(ann, judgements.judge, number, Verdict.UNSURE, "why", accounts=many[:11_000])
    found = see(judgements.tallies, number)
    assert sum(t.unsure for t in found.values()) == 11_000
    assert sum(t.confirmed for t in found.values()) == 1_000


def test_answers_about_a_few_accounts_are_those_about_all(confirmed, ben, do, see):
    do(ben, judgements.judge, 2, Verdict.INNOCENT, "A class.", accounts=confirmed[:1])
    everything = see(judgements.tallies, 2)
    few = see(judgements.tallies, 2, only=[confirmed[0], "nobody"])
    assert few == {account: everything[account] for account in (None, confirmed[0])}


def test_members_are_counted_as_they_stand(confirmed, ann, ben, lea, do, see):
    do(ben, judgements.judge, 2, Verdict.INNOCENT, "A class.", accounts=confirmed[:2])
    do(lea, judgements.judge, 2, Verdict.UNSURE, "Perhaps.", accounts=["acct_20c4d8_00040"])
    for whole in (Verdict.CONFIRMED, Verdict.UNSURE, Verdict.INNOCENT):
        do(ann, judgements.judge, 2, whole, "why")
        counts = see(judgements.standing_counts, 2)
        assert list(counts) == list(Standing)
        assert {s: n for s, n in counts.items() if n} == Counter(see(judgements.standings, 2).values())
