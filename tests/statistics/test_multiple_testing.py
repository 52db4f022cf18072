"""q-values: those of the reference, in the order given, also of what a filter left."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from stillwatch.statistics.multiple_testing import focused_q_values, q_values


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_they_equal_the_reference(p):
    assert q_values(np.array(p)) == pytest.approx(false_discovery_control(p, method="bh"), abs=1e-12)


def test_nothing_tested_nothing_found():
    assert len(q_values(np.array([]))) == 0


def test_a_q_value_is_never_below_its_p_value_nor_above_one():
    p = np.random.default_rng(1).random(500)
    q = q_values(p)
    assert (q >= p).all()
    assert q.max() <= 1
    assert (np.diff(q[np.argsort(p)]) >= 0).all()


def test_false_discoveries_stay_at_the_rate():
    """900 true nulls beside 100 strong alternatives: the share of nulls among those found is at most the rate."""
    random = np.random.default_rng(2)
    shares = []
    for _ in range(60):
        p = np.concatenate((random.random(900), random.random(100) * 1e-4))
        found = q_values(p) <= 0.05
        shares.append(found[:900].sum() / max(1, found.sum()))
    assert np.mean(shares) <= 0.055
    assert np.mean(shares) > 0.02


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_without_a_filter_focused_q_values_are_q_values(p):
    assert focused_q_values(np.array(p), len(p)).tolist() == q_values(np.array(p)).tolist()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.integers(0, 60))
def test_a_filter_never_lowers_a_q_value_of_what_it_leaves(p, n_filtered):
    """Whatever was filtered is counted: as if it had been tested and not rejected."""
    q, plain = focused_q_values(np.array(p), len(p) + n_filtered), q_values(np.array(p))
    with_ones = q_values(np.array([*p, *[1.0] * n_filtered]))[: len(p)]
    assert (q >= plain).all()
    assert q.max() <= 1
    assert (q >= with_ones - 1e-12).all()
    assert q[with_ones < 1] == pytest.approx(with_ones[with_ones < 1])


def test_nothing_left_of_what_was_tested_finds_nothing():
    assert len(focused_q_values(np.array([]), 20)) == 0


def _filtered_share(random, level, values, alternatives=20, keeps=0.1):
    """Return the mean share of nulls among what is reported of 200 nulls and some alternatives, under a filter that
    leaves all nulls and few alternatives: the worst there is.
    """
    shares = []
    for _ in range(2000):
        p = np.concatenate((random.random(200), random.random(alternatives) * 1e-6))
        left = np.concatenate((np.ones(200, bool), random.random(alternatives) < keeps))
        found = values(p, left) <= level
        shares.append(found[: (left[:200]).sum()].sum() / max(1, found.sum()))
    return np.mean(shares)


def test_under_a_filter_false_discoveries_stay_at_the_level():
    random = np.random.default_rng(3)
    focused = _filtered_share(random, 0.05, lambda p, left: focused_q_values(p[left], len(p)))
    assert focused <= 0.055
    after = _filtered_share(random, 0.05, lambda p, left: q_values(p)[left])
    assert after > 0.1, "the filter does harm: after plain q-values the level does not hold"


def test_a_filter_that_looks_at_p_values_of_nulls_keeps_the_level_where_it_only_drops():
    """Groups that overlap a stronger one are dropped: each block of ten is one group, and its smallest p is kept."""
    random, shares = np.random.default_rng(4), []
    for _ in range(2000):
        p = random.random((40, 10))
        p[:4] *= 1e-6
        kept = p.min(axis=1)
        found = focused_q_values(kept, p.size) <= 0.05
        shares.append(found[4:].sum() / max(1, found.sum()))
    assert np.mean(shares) <= 0.055
