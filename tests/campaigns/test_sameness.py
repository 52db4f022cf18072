"""Whether members ask for the same: a test that people with tastes of their own fail at the stated rate."""

import numpy as np
import pytest
from scipy.stats import binom

from stillwatch.campaigns.distance import Tastes
from stillwatch.campaigns.sameness import Ground, sameness

TASTES = Tastes(0.2, 0.4, 0.125)
BOUNDARY = 0.1 / 3


def _many(sample, members, prompts, taste, count, first_seed=0):
    """Return p-values of *count* groups of *members*, drawn from populations with forty groups in each."""
    found = []
    for seed in range(count // 40):
        drawn = sample(
            honest=60, dealt=40 * members, prompts=20, dealt_prompts=prompts, dealt_taste=taste, seed=first_seed + seed
        )
        for group in np.split(drawn.dealt, 40):
            found.append(sameness(drawn.population.whole, group, TASTES).p_value)
    return np.array(found)


def _at_most(p, level, slack=2.0):
    """Whether rejections at *level* are not provably more than *slack* times it."""
    return binom.sf((p <= level).sum() - 1, len(p), slack * level) > 1e-3


@pytest.mark.parametrize(("members", "prompts"), [(5, 20), (12, 20), (5, 200), (40, 40)])
def test_on_the_boundary_a_group_fails_at_the_stated_rate(sample, members, prompts):
    """Members whose mean distance to the rest is exactly a third of what honest people's is."""
    p = _many(sample, members, prompts, BOUNDARY * (members - 1) / members, 400)
    assert _at_most(p, 0.05)
    assert _at_most(p, 0.01)
    assert _at_most(p, 0.001)
    assert np.median(p) == pytest.approx(0.5, abs=0.2)


@pytest.mark.parametrize("taste", [0.05, 0.1])
def test_people_with_tastes_of_their_own_never_pass(sample, taste):
    assert _many(sample, 8, 20, taste, 200).min() > 0.2


@pytest.mark.parametrize("members", [6, 20])
def test_one_worklist_passes(sample, members):
    p = _many(sample, members, 20, 0.0, 80)
    assert np.median(p) < 1e-4
    assert p.max() < 0.05


def test_share_says_how_much_of_what_strangers_differ_by_is_missing(sample):
    shares = []
    for taste in (0.0, 0.02, 0.1):
        drawn = sample(honest=60, dealt=40, prompts=60, dealt_taste=taste)
        shares.append(sameness(drawn.population.whole, drawn.dealt, TASTES).share)
    assert shares[0] > 0.9
    assert shares[0] > shares[1] > shares[2]
    assert shares[2] < 0.15


def test_more_prompts_prove_more_and_no_prompts_prove_nothing(sample):
    p = []
    for prompts in (3, 10, 60):
        drawn = sample(honest=60, dealt=8, dealt_prompts=prompts)
        p.append(sameness(drawn.population.whole, drawn.dealt, TASTES).p_value)
    assert p == sorted(p, reverse=True)
    drawn = sample(honest=60, dealt=8, dealt_prompts=1)
    assert sameness(drawn.population.whole, drawn.dealt, TASTES) is None
    assert sameness(drawn.population.whole, drawn.dealt[:0], TASTES) is None
    two = sample(honest=60, dealt=2)
    assert sameness(two.population.whole, two.dealt, TASTES) is None


def test_a_ground_without_some_members_is_that_of_the_others(sample):
    drawn = sample(honest=60, dealt=40, prompts=20)
    content, chosen = drawn.population.whole, np.arange(40) % 3 > 0
    left = Ground.of(content, drawn.dealt, TASTES).only(chosen)
    assert left.sameness() == sameness(content, drawn.dealt[chosen], TASTES)
