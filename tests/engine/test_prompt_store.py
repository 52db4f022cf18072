"""Prompts in the order of accounts: what is read back are the sums of what was put in, to the last one."""

import numpy as np
import pytest

from stillwatch.engine import prompt_store
from stillwatch.engine.prompt_store import PromptSorter, add_prompts, encode
from stillwatch.errors import EngineError

WIDTH = 512


def _prompts(n, *, accounts, seed=1):
    """Return *n* prompts of *accounts* accounts; some vectors are nought, full, or of one number far from the next."""
    random = np.random.default_rng(seed)
    vectors = random.integers(-127, 128, (n, WIDTH)).astype(np.int8)
    vectors[random.random((n, WIDTH)) < 0.75] = 0
    vectors[0] = 0
    vectors[1] = random.choice([-127, 127], WIDTH)
    vectors[2] = 0
    vectors[2, [0, 300]] = -5, 7
    vectors[3] = 0
    vectors[3, [256, 511]] = -127, 127
    vectors[4] = 0
    vectors[4, -1] = 1
    return (
        random.integers(0, accounts, n),
        random.integers(0, 2, n).astype(np.int8),
        random.integers(0, 1024, n).astype(np.int16),
        vectors,
    )


def _kept(prompts, accounts, *, at_a_time=70):
    with PromptSorter(np.bincount(prompts[0], minlength=accounts)) as sorting:
        for start in range(0, len(prompts[0]), at_a_time):
            sorting.add(encode(*(column[start : start + at_a_time] for column in prompts)))
        return sorting.finish()


def _added(kept, wanted, counts):
    size = len(wanted)
    n, norm, total = np.zeros((size, 2), int), np.zeros((size, 2), int), np.zeros((size, 2, WIDTH), np.int32)
    add_prompts(*kept.read(wanted), counts, n, norm, total)
    return n, norm, total


def _summed(prompts, wanted, counts):
    size = len(wanted)
    n, norm, total = np.zeros((size, 2), int), np.zeros((size, 2), int), np.zeros((size, 2, WIDTH), np.int32)
    for account, half, topic, vector in zip(*prompts, strict=True):
        for i in np.flatnonzero(wanted == account):
            if counts[i, topic]:
                n[i, half] += 1
                norm[i, half] += int((vector.astype(int) ** 2).sum())
                total[i, half] += vector
    return n, norm, total


@pytest.mark.parametrize(
    ("rows", "mapped"), [(10**9, 10**9), (150, 10**9), (150, 0), (1, 0)], ids=["whole", "pieces", "read", "alone"]
)
def test_sums_are_those_of_the_prompts(monkeypatch, rows, mapped):
    monkeypatch.setattr(prompt_store, "_FILE_PROMPTS", rows)
    monkeypatch.setattr(prompt_store, "_MAP_BYTES", mapped)
    prompts = _prompts(1000, accounts=12)
    prompts = (np.where(prompts[0] == 5, 6, prompts[0]), *prompts[1:])
    kept = _kept(prompts, 14)
    wanted = np.array([11, 0, 6, 5, 13, 3])
    counts = np.random.default_rng(2).random((len(wanted), 1024)) < 0.5
    found, expected = _added(kept, wanted, counts), _summed(prompts, wanted, counts)
    assert all(np.array_equal(left, right) for left, right in zip(found, expected, strict=True))
    assert expected[0][2].sum() > 20
    assert expected[0][[3, 4]].sum() == 0


def test_nothing_was_put_in_and_nobody_is_asked_for():
    empty = PromptSorter(np.zeros(3, int)).finish()
    assert _added(empty, np.array([2, 0]), np.ones((2, 1024), bool))[0].sum() == 0
    kept = _kept(_prompts(100, accounts=3), 3)
    assert _added(kept, np.empty(0, int), np.ones((0, 1024), bool))[0].shape == (0, 2)


def test_a_full_disk_is_told_of(monkeypatch):
    class Full:
        def write(self, code):
            raise OSError(28, "No space left on device")

        def close(self):
            pass

    monkeypatch.setattr(PromptSorter, "_new_file", lambda self: Full())
    with pytest.raises(EngineError, match="Free disk space or point --work at a larger disk"):
        _kept(_prompts(100, accounts=3), 3)
