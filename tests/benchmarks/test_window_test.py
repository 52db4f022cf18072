from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from window_test import PARTS, PromptSketches, WindowTest, fit, from_prints

from stillwatch.errors import InputError
from stillwatch.tables import PRINTS

SIZE, N, DIMENSIONS = 200, 4_000, 48
Make = Callable[[int, int], PromptSketches]


def _honest(n: int, seed: int) -> PromptSketches:
    """Eight tastes, lengths about nine words, frames that come back now and then."""
    random = np.random.default_rng(seed)
    tastes = np.random.default_rng(0).normal(0, 30, (8, DIMENSIONS))
    vectors = np.clip(tastes[random.integers(8, size=n)] + random.normal(0, 15, (n, DIMENSIONS)), -127, 127)
    words = np.maximum(random.poisson(9, n), 1).astype(np.int32)
    heads = np.where(words > 8, random.integers(1, 2_000, n), 0).astype(np.uint64)
    return PromptSketches(vectors.astype(np.int8), words, heads, heads * np.uint64(3))


def _mixed(odd: PromptSketches, share: float, seed: int) -> PromptSketches:
    at = round(SIZE * share)
    honest = _honest(SIZE - at, seed)
    return PromptSketches(*(np.concatenate((a, b[:at])) for a, b in zip(honest, odd, strict=True)))


@pytest.fixture(scope="module")
def fitted() -> WindowTest:
    return fit(_honest(N, 1), size=SIZE, rate=0.01)


def test_honest_windows_are_called_unusual_as_often_as_asked(fitted: WindowTest) -> None:
    readings = [fitted.read(_honest(SIZE, 100 + i)) for i in range(300)]
    assert sum(r.unusual for r in readings) <= 9
    values = np.array([r.p_value for r in readings])
    assert 0.3 < np.median(values) < 0.7


@pytest.mark.parametrize("part", ["length", "kind", "frame", "content"])
def test_the_part_that_differs_is_high(fitted: WindowTest, part: str) -> None:
    odd = _honest(SIZE, 7)
    if part == "length":
        odd = odd._replace(n_words=np.full(SIZE, 30, np.int32))
    elif part == "kind":
        odd = odd._replace(vectors=odd.vectors[:1].repeat(SIZE, axis=0))
    elif part == "frame":
        odd = odd._replace(heads=np.full(SIZE, 99_999, np.uint64))
    else:
        odd = odd._replace(vectors=np.roll(odd.vectors, 1, axis=1))
    reading = fitted.read(_mixed(odd, 0.3, 8))
    assert reading.unusual
    assert reading.p_value < 0.01
    assert reading.parts[part] > 3
    assert set(reading.parts) == set(PARTS)


def test_a_small_share_of_long_prompts_is_found(fitted: WindowTest) -> None:
    odd = _honest(SIZE, 9)._replace(n_words=np.full(SIZE, 40, np.int32))
    assert all(fitted.read(_mixed(odd, 0.05, seed)).unusual for seed in range(20))


def test_order_does_not_matter_and_fits_repeat(fitted: WindowTest) -> None:
    window = _honest(SIZE, 11)
    turned = window.take(np.random.default_rng(0).permutation(SIZE))
    assert fitted.read(turned) == fitted.read(window)
    once, again = (fit(_honest(800, 1), size=SIZE, rate=0.01) for _ in range(2))
    assert again.threshold == once.threshold
    assert again.read(window) == once.read(window)


def test_windows_of_another_size_and_too_small_references_are_refused(fitted: WindowTest) -> None:
    with pytest.raises(InputError, match="199 prompts does not fit"):
        fitted.read(_honest(SIZE - 1, 2))
    with pytest.raises(InputError, match="too few"):
        fit(_honest(3 * SIZE, 2), size=SIZE)


def test_prompts_come_from_prints_that_have_a_vector() -> None:
    vector = bytes([1, 255, 3])
    rows = [
        {"account_id": "a", "at": 0, "prompt_hash": 1, "system_hash": 0, "head_hash": 5, "tail_hash": 2**63 + 1,
         "n_words": 9, "capability": -1, "asks": 0, "vector": vector},
        {"account_id": "b", "at": 1, "prompt_hash": 0, "system_hash": 0, "head_hash": 0, "tail_hash": 0,
         "n_words": 0, "capability": -1, "asks": 0, "vector": None},
    ]  # fmt: skip
    prompts = from_prints(pa.Table.from_pylist(rows, schema=PRINTS.schema))
    assert prompts.vectors.tolist() == [[1, -1, 3]]
    assert prompts.n_words.tolist() == [9]
    assert prompts.tails.tolist() == [2**63 + 1]
    assert len(from_prints(pa.Table.from_pylist([], schema=PRINTS.schema)).n_words) == 0
