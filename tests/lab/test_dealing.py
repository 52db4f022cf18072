import numpy as np
import pytest

from stillwatch.errors import InputError
from stillwatch.lab.dealing import deal, framed, plain
from stillwatch.lab.scene import Scene


def test_nothing_comes_twice_within_a_pass() -> None:
    pool = np.arange(100)
    dealt = deal(np.random.default_rng(1), pool, 250)
    assert sorted(dealt[:100]) == sorted(dealt[100:200]) == pool.tolist()
    assert len(np.unique(dealt[200:])) == 50
    assert not np.array_equal(dealt[:100], dealt[100:200])


def test_an_empty_pool_is_an_error() -> None:
    with pytest.raises(InputError):
        deal(np.random.default_rng(1), np.zeros(0, dtype=np.int64), 5)
    assert len(deal(np.random.default_rng(1), np.arange(3), 0)) == 0
    assert len(deal(np.random.default_rng(1), np.zeros(0, dtype=np.int64), 0)) == 0


def test_frames_are_put_around_texts(around: Scene) -> None:
    sheet = framed(around, np.arange(400), [("<", ">"), ("[", "]")])
    strings = around.strings.array().to_pylist()
    pairs = {(strings[h], strings[t]) for h, t in zip(sheet.head, sheet.tail, strict=True)}
    assert pairs == {("<", ">"), ("[", "]")}
    assert not plain(np.arange(3)).head.any()
