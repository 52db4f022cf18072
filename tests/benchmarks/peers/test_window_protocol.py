"""The windows of the published protocol are disjoint within a shuffle."""

import numpy as np
from peers.window_protocol import draw_windows, split


def test_windows_of_one_shuffle_are_disjoint_and_have_the_requested_share() -> None:
    random = np.random.default_rng(1)
    pool = split(np.arange(1_000), random)
    assert (len(pool.reference), len(pool.held_out)) == (800, 200)
    assert set(pool.reference) | set(pool.held_out) == set(range(1_000))
    attack = np.arange(5_000, 5_040)
    windows = draw_windows(pool.held_out, attack, 0.2, 5, random, size=50)
    assert [int((w >= 5_000).sum()) for w in windows] == [10] * 5
    assert len(np.unique(np.concatenate(windows[:4]))) == 200
    assert draw_windows(pool.held_out, attack, 1.0, 5, random, size=50) == []
