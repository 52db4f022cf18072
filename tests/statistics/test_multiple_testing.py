"""q-values: those of the reference, in the order given."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from stillwatch.statistics.multiple_testing import q_values


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
