"""Stated probabilities against the truth: bins, and intervals that resample crowds and populations."""

import pytest
from strangers.calibration import EDGES, FEW, Observed, calibrated, groups_stated, interval, members_stated
from strangers.compose import ORDINARY

from stillwatch.statistics import clopper_pearson


def _each(*outcomes, crowds=None, n=1):
    """One group of its own crowd per outcome, all of different populations."""
    return [Observed(i, crowds[i] if crowds else f"c{i}", f"s{i}", n, 0.9 * n, true) for i, true in enumerate(outcomes)]


@pytest.mark.parametrize(
    ("p", "low"), [(0.0, 0.0), (0.49, 0.0), (0.5, 0.5), (0.8, 0.8), (0.9, 0.9), (0.95, 0.95), (0.99, 0.99), (1.0, 0.99)]
)
def test_a_bin_holds_its_lower_end(p, low):
    (found,) = calibrated([Observed(0, "c", "s", 1, p, 1)])
    assert (found.low, found.high) == (low, EDGES[EDGES.index(low) + 1])


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(ValueError, match="not between 0 and 1"):
        calibrated([Observed(0, "c", "s", 1, p, 1)])


def test_a_group_counts_once_and_its_members_each(make):
    groups = [
        (11, make.group("harvest_a", p=0.97, inside=(0.6, 0.97, 0.98, 0.98), outside=(0.7,))),
        (12, make.group("shop", p=0.97, one_list=False, inside=(0.9, 0.9))),
        (12, make.group("shop", p=0.4, inside=(0.96,))),
    ]
    low, high, every = calibrated(groups_stated(groups))
    assert (low.n, low.stated, low.true) == (1, 0.4, 1.0)
    assert (high.n, high.n_groups, high.n_crowds, high.n_populations) == (2, 2, 2, 2)
    assert (high.stated, high.true) == (0.97, 0.5)
    assert (every.low, every.high, every.n, every.n_groups) == (0.0, 1.0, 3, 3)
    middle, upper, every = calibrated(members_stated(groups))
    assert (middle.n, middle.n_groups, middle.true) == (2, 1, 0.5)
    assert (upper.n, upper.n_groups, upper.true) == (4, 2, 1.0)
    assert (every.n, every.n_groups, every.true) == (6, 2, 5 / 6)
    assert upper.stated == pytest.approx((0.97 + 0.98 + 0.98 + 0.96) / 4)


def test_members_of_false_groups_are_not_asked(make):
    assert not list(members_stated([(11, make.group("shop", one_list=False))]))


def test_the_same_rows_give_the_same_interval_in_any_order():
    rows = _each(1, 1, 1, 0, 1, 0, 1, 1)
    found = interval(rows)
    assert found == interval(rows) == interval(rows[::-1])
    assert found == (0.375, 1.0)
    assert interval(rows, seed=1) == pytest.approx(interval(rows, seed=2), abs=0.05)


def test_groups_of_one_crowd_are_drawn_together():
    outcomes = [1] * 20 + [0] * 20
    apart = interval(_each(*outcomes))
    together = interval(_each(*outcomes, crowds=["good"] * 20 + ["bad"] * 20))
    assert together == (0.0, 1.0)
    assert 0.3 < apart[0] < 0.5 < apart[1] < 0.7


def test_groups_of_one_population_are_drawn_together():
    rows = [Observed(i, f"c{i}", "good" if i % 2 else "bad", 1, 0.9, i % 2) for i in range(40)]
    assert interval(rows) == (0.0, 1.0)


def test_the_accounts_of_a_group_make_no_interval_narrower():
    few = interval(_each(1, 0, 1, 1))
    many = interval([Observed(o.group, o.crowd, o.population, 100, 90.0, 100 * o.true) for o in _each(1, 0, 1, 1)])
    assert many == few


@pytest.mark.parametrize("true", [0, 1])
def test_where_all_are_alike_the_crowds_are_counted(true):
    rows = _each(*[true] * 12, crowds=["a", "b", "c"] * 4)
    assert interval(rows) == clopper_pearson(3 * true, 3)


def test_nothing_observed_has_no_interval():
    with pytest.raises(ValueError, match="without an observation"):
        interval([])


def test_ordinary_people_of_another_seed_are_another_crowd(make):
    groups = [(seed, make.group(name, one_list=False)) for seed in (11, 12, 12) for name in (ORDINARY, "shop")]
    (found,) = calibrated(groups_stated(groups))
    assert (found.n, found.n_crowds, found.n_populations) == (6, 3, 2)


def test_few_crowds_say_nothing_for_what_was_stated():
    few, enough = ([Observed(i, f"c{i}", f"s{i}", 1, 0.96, 1) for i in range(n)] for n in (FEW - 1, FEW))
    assert [bins.is_covered for stated in (few, enough) for bins in calibrated(stated)] == [None, True]
    assert [bins.is_covered for bins in calibrated(Observed(i, "c", "s", 1, 0.99, 0) for i in range(9))] == [False]


def test_what_was_stated_lies_in_the_interval_or_not():
    (right,) = calibrated(Observed(i, f"c{i}", f"s{i}", 1, 0.85, int(i % 7 != 0)) for i in range(70))
    (wrong,) = calibrated(Observed(i, f"c{i}", f"s{i}", 1, 0.85, int(i % 7 == 0)) for i in range(70))
    assert right.is_covered
    assert not wrong.is_covered
