"""The peers that need neither torch nor scikit-learn; those run in the environment of requirements/peers.txt."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from peers import mmd, prada, shared_attributes
from peers.scores import Scored, draw_line
from peers.window_protocol import draw_windows, split
from peers.world import World


def _unit(n: int, seed: int, turned: float = 0.0) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=(n, 12)) + np.eye(12)[0] * turned
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def world(tmp_path: Path) -> World:
    names = [f"a{i}" for i in range(8)]
    seats = [None, None, None, "firm", "firm", None, None, None]
    cards = ["one", "one", "one", "two", "two", "three", None, "one"]
    pq.write_table(
        pa.table({"account_id": names, "organization_id": seats, "payment_fingerprint": cards}),
        tmp_path / "accounts.parquet",
    )
    (tmp_path / "exchanges").mkdir()
    rows = [
        {
            "exchange_id": f"{a}{n}",
            "account_id": a,
            "at": n,
            "prompt": f"{a} {n}",
            "client_ip": "x" if a in "a5a6" else a,
        }
        for a in names
        for n in range(3)
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "exchanges" / "day.parquet")
    truth = {"account_id": names, "is_campaign": [i in {0, 1, 2, 7} for i in range(8)]}
    pq.write_table(pa.table(truth), tmp_path / "truth.parquet")
    return World(tmp_path)


def test_the_threshold_comes_only_from_trusted_accounts() -> None:
    scores = {f"t{i}": float(i) for i in range(100)} | {"low": 50.0, "high": 98.5, "over": 200.0}
    trusted = frozenset(name for name in scores if name.startswith("t"))
    assert draw_line(scores, trusted, rate=0.01) == [
        Scored("high", 98.5, False),
        Scored("low", 50.0, False),
        Scored("over", 200.0, True),
    ]
    assert not any(row.flagged for row in draw_line(scores, frozenset(), rate=0.01))


def test_a_world_gives_prompts_and_honest_accounts(world: World) -> None:
    assert world.honest() == ["a3", "a4", "a5", "a6"]
    assert world.trusted(0.5, 1) < {"a3", "a4", "a5", "a6"}
    assert len(world.trusted(0.5, 1)) == 2
    assert world.prompts(["a1", "a0"], 2)["prompt"].to_pylist() == ["a0 0", "a0 1", "a1 0", "a1 1"]


def test_mmd_follows_its_definition() -> None:
    left, right = _unit(30, 1), _unit(40, 2)
    kernel = mmd.fit_kernel(left, np.random.default_rng(0))
    square = ((left[:, None] - right[None]) ** 2).sum(axis=2)
    plain = np.mean([np.exp(-square / (2 * (scale * kernel.sigma) ** 2)) for scale in (0.5, 1, 2, 4)], axis=0)
    assert kernel.of(left, right) == pytest.approx(plain, abs=1e-5)
    ones = np.ones((40, 1))
    own = kernel.of(right, right)
    np.fill_diagonal(own, 0)
    assert mmd.inner(ones, mmd.sums(kernel, right, right, ones)) == pytest.approx(own.sum() / (40 * 39), rel=1e-4)
    across = mmd.between(np.ones((30, 1)), mmd.sums(kernel, left, right, ones), np.array([40.0]))
    assert across[0, 0] == pytest.approx(plain.mean(), rel=1e-4)


def test_mmd_is_about_zero_for_honest_windows_and_flags_a_shifted_account() -> None:
    honest = _unit(600, 3)
    kernel = mmd.fit_kernel(honest, np.random.default_rng(0))
    null = mmd.null_pairs(kernel, honest, 100, 200, np.random.default_rng(0))
    assert abs(null.mean()) < 3 * null.std() / np.sqrt(200) + 1e-3
    accounts = np.repeat([f"t{i:02}" for i in range(19)] + ["z"], 30)
    vectors = np.concatenate((honest[:570], _unit(30, 4, turned=4.0)))
    trusted = frozenset(f"t{i:02}" for i in range(15))
    rows = mmd.flag(accounts, vectors, trusted, rate=0.01, seed=1)
    assert [row.account_id for row in rows] == ["t15", "t16", "t17", "t18", "z"]
    assert rows[-1].flagged
    assert rows[-1].score > 5 * max(row.score for row in rows[:-1])


def test_prada_finds_prompts_made_by_small_steps() -> None:
    walk = np.cumsum(
        np.random.default_rng(1).normal(size=(150, 12)) * np.where(np.arange(150) % 10, 0.01, 3)[:, None], 0
    )
    stepped = (walk / np.linalg.norm(walk, axis=1, keepdims=True)).astype(np.float32)
    plain = prada.normality(prada.smallest_distances(_unit(150, 5)))
    assert prada.normality(prada.smallest_distances(stepped)) < 0.8 < plain
    assert prada.normality(np.full(100, 0.5)) == 0
    names = np.repeat(["few", "step", *(f"t{i}" for i in range(5))], [50, *[150] * 6])
    vectors = np.concatenate((_unit(50, 6), stepped, *(_unit(150, 10 + i) for i in range(5))))
    rows = prada.flag(names, vectors, frozenset(f"t{i}" for i in range(5)), rate=0.01)
    assert [(row.account_id, row.flagged) for row in rows] == [("step", True)]


def test_shared_values_join_accounts_unless_many_hold_them(world: World) -> None:
    assert {r.account_id for r in shared_attributes.flag(world, frozenset(), least=4) if r.flagged} == {
        "a0",
        "a1",
        "a2",
        "a7",
    }
    assert not any(r.flagged for r in shared_attributes.flag(world, frozenset(), least=4, hub=3))
    sizes = {r.account_id: r.score for r in shared_attributes.flag(world, frozenset({"a3"}))}
    assert sizes == {"a0": 4, "a1": 4, "a2": 4, "a4": 1, "a5": 1, "a6": 1, "a7": 4}


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
