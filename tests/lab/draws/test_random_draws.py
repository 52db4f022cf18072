import numpy as np
import pytest

from stillwatch.lab.draws import random_draws


def test_mix_depends_on_every_part_and_is_never_negative() -> None:
    values = random_draws.mix(np.arange(10_000), 3)
    assert values.min() >= 0
    assert len(np.unique(values)) == 10_000
    assert not np.array_equal(values, random_draws.mix(np.arange(10_000), 4))
    assert 0.48 < random_draws.to_unit(values).mean() < 0.52


def test_named_seed_is_fixed_and_separates_its_parts() -> None:
    assert random_draws.named_seed("a", "bc") == random_draws.named_seed("a", "bc")
    assert random_draws.named_seed("a", "bc") != random_draws.named_seed("ab", "c")


def test_choose_follows_the_weights() -> None:
    picked = random_draws.choose(np.random.default_rng(1), [0.0, 3.0, 1.0], 20_000)
    counts = np.bincount(picked, minlength=3)
    assert counts[0] == 0
    assert counts[1] / counts[2] == pytest.approx(3.0, rel=0.08)


def test_heavy_counts_have_the_median_and_a_tail() -> None:
    counts = random_draws.heavy_counts(np.random.default_rng(1), 20_000, 12, 1.6, 5_000)
    assert np.median(counts) == pytest.approx(12, abs=1)
    assert counts.min() == 1
    assert counts.max() > 1_000


def test_group_sizes_add_up() -> None:
    sizes = random_draws.group_sizes(np.random.default_rng(1), 997, 2.0, 12)
    assert sizes.sum() == 997
    assert sizes.min() >= 1
    assert len(random_draws.group_sizes(np.random.default_rng(1), 0, 2.0, 12)) == 0


def test_segment_cumsum_restarts() -> None:
    got = random_draws.segment_cumsum(np.array([1.0, 2, 3, 4]), np.array([True, False, True, False]))
    assert got.tolist() == [1, 3, 3, 7]


def test_zipf_and_shares() -> None:
    assert random_draws.zipf_weights(3).tolist() == pytest.approx([6 / 11, 3 / 11, 2 / 11])
    assert random_draws.draw_flags(np.random.default_rng(1), 10_000, 0.3).mean() == pytest.approx(0.3, abs=0.02)
