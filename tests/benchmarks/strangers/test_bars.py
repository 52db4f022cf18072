"""Which bars hand-made results meet."""

import pytest
from strangers.authors import REPORTING, crowds_of
from strangers.bars import CLEAN_BEFORE, READERS, bars, people

OPERATOR, READER, URGENT, CLEAN, PEOPLE, FIRST, HIDDEN, LOAD = range(8)


def _bar(number, *scanned):
    return bars(scanned)[number]


def test_every_crowd_of_a_bar_exists():
    names = {crowd.name for author in REPORTING for crowd in crowds_of(author)}
    assert {*CLEAN_BEFORE, *READERS} <= names


@pytest.mark.parametrize(
    ("number", "crowd", "outcome"),
    [
        (OPERATOR, {"name": "seats", "truth": "operator", "watch": 9}, "met"),
        (OPERATOR, {"name": "seats", "truth": "operator", "review": 1}, "not met"),
        (OPERATOR, {"name": "firms", "truth": "independent", "urgent": 1}, "not met"),
        (OPERATOR, {"name": "agency", "review": 9}, "–"),
        (OPERATOR, {"name": "harvest_a", "truth": "operator", "review": 9}, "–"),
        (READER, {"name": "benchmark_runners", "truth": "independent", "watch": 9}, "met"),
        (READER, {"name": "benchmark_runners", "truth": "independent", "review": 9}, "not met"),
        (READER, {"name": "benchmark_shards", "review": 9}, "–"),
        (URGENT, {"name": "agency", "review": 9}, "met"),
        (URGENT, {"name": "agency", "urgent": 1}, "not met"),
        (URGENT, {"name": "harvest_a", "urgent": 9}, "met"),
        (CLEAN, {"name": "translators", "watch": 9}, "met"),
        (CLEAN, {"name": "translators", "review": 1}, "not met"),
        (CLEAN, {"name": "agency", "review": 1}, "–"),
    ],
)
def test_honest_crowds(make, number, crowd, outcome):
    assert _bar(number, (make.world(), make.result(make.crowd(**crowd)))).outcome == outcome


def test_a_bar_names_the_crowds_that_break_it(make):
    crowds = make.crowd("seats", truth="operator", review=2), make.crowd("firms", truth="independent")
    found = _bar(OPERATOR, (make.world(), make.result(*crowds)))
    assert found.measured == "2 of 20 (seats)"


def test_ordinary_people_count_once_per_author_and_seed(make):
    scanned = [
        (make.world("a"), make.result(people=["p1", "p2"])),
        (make.world("b"), make.result(people=["p1"])),
        (make.world("a", seed=12), make.result(people=["p1"])),
        (make.world("a", author="dogwood"), make.result(of=1_000)),
    ]
    assert people(scanned) == (3, 3_400, 4, 4_600)


@pytest.mark.parametrize(("n", "outcome"), [(1, "met"), (2, "not met")])
def test_one_in_ten_thousand_people(make, n, outcome):
    scanned = [(make.world(), make.result(people=[f"p{i}" for i in range(n)], of=10_000))]
    assert _bar(PEOPLE, *scanned).outcome == outcome


@pytest.mark.parametrize(
    ("places", "habits", "outcome"),
    [
        ([1] * 9 + [None], "plain", "met"),
        ([3] * 9 + [4], "plain", "met"),
        ([1] * 8 + [None, 4], "plain", "not met"),
        ([None] * 4, "swapped", "–"),
    ],
)
def test_the_campaign_is_among_the_first_three(make, places, habits, outcome):
    scanned = [
        (make.world("harvest_a", "together", seed=i, habits=habits), make.result(make.crowd("harvest_a", place=place)))
        for i, place in enumerate(places)
    ]
    found = _bar(FIRST, *scanned)
    assert found.outcome == outcome
    assert found.measured.startswith(f"{sum(p is not None and p <= 3 for p in places)} of {len(places)};")


def test_only_worlds_with_all_crowds_count_for_the_queue(make):
    assert _bar(FIRST, (make.world("harvest_a"), make.result(make.crowd("harvest_a", place=1)))).measured == "not run"


@pytest.mark.parametrize(("urgent", "outcome"), [(5, "met"), (4, "not met")])
def test_hidden_control_makes_a_campaign_urgent(make, urgent, outcome):
    crowd = make.crowd("harvest_a_hidden", urgent=urgent, review=10 - urgent)
    assert _bar(HIDDEN, (make.world("harvest_a", "hidden"), make.result(crowd))).outcome == outcome


def test_groups_at_review_are_counted_per_100_000_accounts(make):
    groups = [
        make.group("agency"),
        make.group("harvest_a"),
        make.group("harvest_a", inside=(0.9,), outside=(0.9,) * 3),
        make.group("agency", severity="watch"),
    ]
    found = _bar(LOAD, (make.world(), make.result(groups=groups, of=50_000)))
    assert found.measured == "honest 4.0 (2), campaigns 2.0 (1)"
    assert found.outcome == "–"


def test_nothing_scanned_meets_nothing():
    assert {bar.measured for bar in bars([])} == {"not run"}
    assert {bar.outcome for bar in bars([])} == {"–"}
