import numpy as np

from stillwatch.lab.draws.lengths import Lengths, embedded_lengths


def test_outputs_follow_the_workload_and_the_scale() -> None:
    rng = np.random.default_rng(1)
    lengths = Lengths(
        {"conv": np.array([200.0]), "code": np.array([10.0])},
        {"conv": np.array([5.0]), "code": np.array([50.0])},
        "x",
    )
    chat, twice, code = (lengths.outputs(rng, 4_000, k, s) for k, s in (("chat", 1.0), ("chat", 2.0), ("coder", 1.0)))
    assert 190 < np.median(chat) < 210
    assert 380 < np.median(twice) < 420
    assert np.median(code) < 15
    assert set(np.unique(lengths.contexts(rng, 1_000, "agent"))) == {0, 50}


def test_embedded_lengths_are_positive() -> None:
    rng = np.random.default_rng(1)
    assert embedded_lengths(rng).outputs(rng, 1_000, "batch", 0.01).min() == 1
