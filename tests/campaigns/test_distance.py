"""Distances: unbiased, judged against noise, and a law of honest ones that a campaign cannot teach its habits."""

import numpy as np
import pytest
from scipy.special import logsumexp

from stillwatch.campaigns.distance import Tastes, center_of, evidence, fit, law, noise_factor


def _between(content, left, right):
    cross = np.einsum("ij,ij->i", content.mean[left].astype(float), content.mean[right].astype(float))
    return content.likeness[left] + content.likeness[right] - 2 * cross


@pytest.mark.parametrize("prompts", [4, 20, 100])
def test_dealt_accounts_are_nothing_apart_and_strangers_twice_their_taste(sample, prompts):
    drawn = sample(honest=200, dealt=200, prompts=prompts, taste=0.1)
    content, half = drawn.population.whole, np.arange(100)
    dealt = _between(content, 200 + half, 300 + half)
    apart = _between(content, half, 100 + half)
    assert abs(dealt.mean()) < 4 * dealt.std() / 10
    assert apart.mean() == pytest.approx(0.2, abs=4 * apart.std() / 10)


def test_noise_factor_is_the_relative_error_of_a_squared_distance(sample):
    """Gaussian prompts in 128 dimensions: √(2/128) of the expected squared error."""
    population = sample(honest=1500, prompts=16).population
    assert noise_factor(population) == pytest.approx(np.sqrt(2 / 128), rel=0.15)


def test_noise_factor_of_nobody_is_a_usual_one(sample):
    assert 0.05 <= noise_factor(sample(honest=5, prompts=2).population) <= 0.5


def test_fit_finds_the_law_of_honest_distances(sample):
    tastes = fit(sample(honest=300, prompts=60, taste=0.15).population.whole, 0.125)
    assert tastes.median == pytest.approx(0.3, rel=0.1)
    assert 0.4 <= tastes.sigma <= 1.5


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_a_campaign_hardly_moves_the_law(sample, share):
    dealt = int(300 * share)
    clean = fit(sample(honest=300, prompts=40).population.whole, 0.125)
    taught = fit(sample(honest=300 - dealt, dealt=dealt, prompts=40).population.whole, 0.125)
    assert taught.median == pytest.approx(clean.median, rel=0.15)


def test_fit_is_deterministic_and_short_of_data_usual(sample):
    content = sample(honest=50).population.whole
    assert fit(content, 0.1, seed=4) == fit(content, 0.1, seed=4)
    few = sample(honest=3).population.whole
    assert fit(few, 0.1).median > 0
    known = Tastes(0.3, 0.6, 0.2)
    assert fit(few, 0.1, usual=known) == known
    assert fit(content, 0.1, usual=known) == fit(content, 0.1)


def test_law_survives_distances_below_nought():
    found = law(np.linspace(-0.2, 0.1, 100), 0.1)
    assert found.median > 0
    assert 0.4 <= found.sigma <= 1.5


TASTES = Tastes(0.2, 0.5, 0.1)


def test_nodes_are_a_law_with_its_median():
    nodes, weights = TASTES.nodes()
    assert weights.sum() == pytest.approx(1)
    order = np.argsort(nodes)
    middle = nodes[order][np.searchsorted(np.cumsum(weights[order]), 0.5)]
    assert middle == pytest.approx(0.2, rel=0.1)
    assert nodes.max() >= 2


def test_evidence_is_for_one_worklist_at_nought_and_against_it_far_off():
    error = np.full(5, 0.01)
    nats = evidence(np.array([0.0, 0.01, 0.05, 0.2, 0.5]), error, TASTES)
    assert nats[0] > 3
    assert nats[1] > 2
    assert (nats[3:] < -3).all()
    assert (np.diff(nats) < 0).all()


def test_evidence_says_little_where_little_is_known():
    nats = evidence(np.zeros(3), np.array([0.005, 0.05, 1.0]), TASTES)
    assert (np.diff(nats) < 0).all()
    assert abs(nats[2]) < 0.7


def test_a_distance_below_nought_is_no_stronger_than_noise_allows():
    error = np.full(2, 0.02)
    near, far = evidence(np.array([-0.02, -0.5]), error, TASTES)
    assert far == near


@pytest.mark.parametrize("prompts", [6, 30])
def test_evidence_has_the_right_sign_in_simulation(sample, prompts):
    drawn = sample(honest=400, dealt=200, prompts=prompts)
    content, half = drawn.population.whole, np.arange(100)
    error = 0.125 * (content.noise[half] + content.noise[half + 100])
    tastes = Tastes(0.2, 0.4, 0.125)
    honest = evidence(_between(content, half, half + 100), error, tastes)
    dealt = evidence(_between(content, 400 + half, 500 + half), error, tastes)
    assert (dealt > 0).mean() > 0.85
    assert (honest > 0).mean() < 0.1
    assert (honest > np.log(100)).mean() <= 0.02


def test_center_is_pooled_and_its_length_unbiased(sample):
    drawn = sample(honest=50, dealt=30, prompts=12)
    center, square, count = center_of(drawn.population.whole, drawn.dealt)
    assert count == 360
    assert np.allclose(center, drawn.population.whole.mean[drawn.dealt].mean(axis=0), atol=1e-6)
    assert square == pytest.approx(drawn.population.whole.likeness[drawn.dealt].mean(), abs=0.02)
    assert square < center @ center


def test_evidence_is_the_ratio_averaged_over_the_law():
    """Against every term worked out in logarithms, over laws and errors of every size."""
    random = np.random.default_rng(1)
    for _ in range(50):
        tastes = Tastes(random.uniform(0.02, 1.2), random.uniform(0.4, 1.5), random.uniform(0.02, 0.5))
        error = 10 ** random.uniform(-4, -0.5, 100)
        distance = np.maximum(-error, error * random.uniform(-1, 40, 100))
        nodes, weights = tastes.nodes()
        wider = np.sqrt(1 + 2 * nodes * tastes.noise / error[:, None])
        square = ((distance[:, None] - nodes) / (error[:, None] * wider)) ** 2
        honest = logsumexp(np.log(weights) - np.log(wider) - square / 2, axis=1)
        dealt = np.logaddexp(np.log(0.9) - (distance / error) ** 2 / 2, np.log(0.05) - (distance / error) ** 2 / 8)
        assert evidence(distance, error, tastes) == pytest.approx(dealt - honest)


def test_ratios_above_the_least_are_the_same_and_others_are_the_least():
    random = np.random.default_rng(4)
    distance, error = random.gamma(1.0, 0.1, 20_000), np.exp(random.normal(-5, 1.2, 20_000))
    for tastes in (TASTES, Tastes(0.02, 1.5, 0.05), Tastes(0.6, 0.4, 0.3)):
        exact = evidence(distance, error, tastes)
        for least in (-8.0, 2.0):
            quick = evidence(distance, error, tastes, least=least)
            above = exact > least
            assert 0 < above.sum() < len(above)
            assert np.array_equal(quick[above], exact[above])
            assert (quick[~above] == least).all()
