"""Mean vectors with their noise, and those of both halves that are worked out when they are wanted."""

import numpy as np

from stillwatch.campaigns.content import SCALE, Content, inner_products, mean_of


def test_a_mean_and_the_squared_length_of_its_sum():
    total = np.array([[3, -4], [0, 0], [127, 254]], np.int32)
    mean, square = mean_of(np.array([2, 0, 1]), total)
    assert mean.dtype == np.float32
    assert np.allclose(mean, [[3 / (2 * SCALE), -4 / (2 * SCALE)], [0, 0], [1, 2]])
    assert square.tolist() == [25, 0, 127**2 + 254**2]


def test_what_an_account_shares_with_itself_by_chance_alone_is_taken_off():
    """Two prompts at a right angle have nothing in common; two that are the same have everything."""
    total = np.array([[127, 127], [254, 0]], np.int32)
    n = np.array([2, 2])
    mean, square = mean_of(n, total)
    content = Content.of(n, np.array([2 * 127**2] * 2), square, mean, np.ones(2))
    assert np.allclose(content.likeness, [0, 1])
    assert content.noise[0] > content.noise[1] > 0


def test_the_mean_of_both_halves_is_an_array_wherever_one_is_asked_for(sample):
    population = sample(honest=30, prompts=11).population
    whole = population.whole
    vectors = whole.vectors
    assert vectors.shape == whole.mean.shape == (30, population.mean.shape[2])
    assert np.allclose(whole.mean @ vectors[4], vectors @ vectors[4], atol=1e-6)
    left, right = np.array([0, 3, 29]), np.array([5, 3, 1])
    expected = (vectors[left].astype(float) * vectors[right]).sum(axis=1)
    assert np.allclose(inner_products(whole.mean, left, right), expected, atol=1e-6)
    assert np.allclose(inner_products(vectors, left, right), expected, atol=1e-6)
    assert np.array_equal(whole.of_accounts(right).mean, vectors[right])


def test_vectors_that_are_kept_are_those_of_their_accounts(sample, monkeypatch):
    monkeypatch.setattr("stillwatch.campaigns.content.SOME", 7)
    whole = sample(honest=30, prompts=11).population.whole
    for chosen in ([0, 1, 4, 5, 8, 29], [8, 4, 0], [1, 2], [29, 0, 29]):
        expected, found = whole.of_accounts(np.array(chosen)), whole.beside_some(np.array(chosen))
        assert found.mean.shape == expected.mean.shape
        assert np.array_equal(found.mean[np.arange(len(chosen))[::-1]], expected.mean[::-1])
        assert np.allclose(found.mean @ whole.vectors[3], expected.mean @ whole.vectors[3], atol=1e-6)
        for name in ("n", "likeness", "spread", "noise"):
            assert np.array_equal(getattr(found, name), getattr(expected, name))


def test_pairs_are_multiplied_some_at_a_time(sample, monkeypatch):
    whole = sample(honest=30, prompts=11).population.whole
    left, right = np.random.default_rng(1).integers(0, 30, (2, 100))
    at_once = inner_products(whole.mean, left, right)
    monkeypatch.setattr("stillwatch.campaigns.content._AT_ONCE", 7)
    assert np.array_equal(inner_products(whole.mean, left, right), at_once)
