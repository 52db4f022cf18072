"""Which group is which earlier campaign: growth, splits, mergers, replacement, and nothing by a single account."""

import numpy as np
import pytest

from stillwatch.campaigns.lineage import Descent, descents


def accounts(first, last):
    return [f"a{i:04d}" for i in range(first, last)]


def test_growth_and_shrinking_keep_the_id():
    assert descents([accounts(0, 100)], {"C-1": accounts(0, 10)}, 0.5) == [Descent("C-1")]
    assert descents([accounts(0, 10)], {"C-1": accounts(0, 100)}, 0.5) == [Descent("C-1")]


@pytest.mark.parametrize(
    ("common", "least", "same"), [(5, 0.5, True), (4, 0.5, False), (4, 0.4, True), (9, 1.0, False)]
)
def test_enough_of_the_smaller_makes_them_one(common, least, same):
    (descent,) = descents([accounts(10 - common, 30)], {"C-1": accounts(0, 10)}, least)
    assert (descent.campaign_id == "C-1") is same


def test_one_account_in_common_joins_nothing():
    assert descents([accounts(0, 5)], {"C-1": accounts(0, 1)}, 0.5) == [Descent()]
    assert descents([accounts(0, 5)], {"C-1": []}, 0.5) == [Descent()]


def test_of_a_split_the_largest_part_keeps_the_id():
    found = descents([accounts(0, 40), accounts(40, 100)], {"C-1": accounts(0, 100)}, 0.5)
    assert found == [Descent(split_from="C-1"), Descent("C-1")]


def test_of_a_merger_the_larger_gives_the_id_and_takes_up_the_others():
    earlier = {"C-1": accounts(0, 20), "C-2": accounts(20, 100), "C-3": accounts(100, 110), "C-4": accounts(200, 210)}
    assert descents([accounts(0, 110)], earlier, 0.5) == [Descent("C-2", absorbed=("C-1", "C-3"))]


def test_two_groups_never_get_one_id():
    random = np.random.default_rng(3)
    for _ in range(50):
        names = np.array(accounts(0, 60))
        groups = [random.choice(names, random.integers(3, 30), replace=False).tolist() for _ in range(5)]
        earlier = {f"C-{i}": random.choice(names, random.integers(0, 30), replace=False).tolist() for i in range(5)}
        found = descents(groups, earlier, 0.5)
        ids = [d.campaign_id for d in found if d.campaign_id]
        taken_up = [c for d in found for c in d.absorbed]
        assert len(set(ids)) == len(ids)
        assert len(set(taken_up)) == len(taken_up)
        assert not set(ids) & set(taken_up)


def test_names_of_accounts_decide_nothing():
    """Two parts of one size: the order of the groups breaks the tie, whatever the accounts are called."""
    groups, earlier = [accounts(0, 10), accounts(10, 20)], {"C-1": accounts(0, 20)}
    turned = {name: f"a{9999 - int(name[1:]):04d}" for name in accounts(0, 20)}
    renamed = [[turned[a] for a in group] for group in groups], {"C-1": [turned[a] for a in earlier["C-1"]]}
    assert descents(groups, earlier, 0.5) == descents(*renamed, 0.5) == [Descent("C-1"), Descent(split_from="C-1")]
