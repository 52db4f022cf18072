"""Accounts as arrays: an order without names, units of payers, and means whose noise is known."""

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.campaigns.population import load
from stillwatch.tables import PROFILES

START = 1_772_000_000_000_000


def test_order_and_everything_else_is_free_of_names(sample):
    drawn = sample(honest=20)
    renamed = {f"acct-{i}": f"{(7 * i) % 20:02d}-x" for i in range(20)}
    other = load(
        *(
            _renamed(t, renamed).take(np.random.default_rng(3).permutation(len(t)))
            for t in (drawn.activity, drawn.profiles)
        )
    )
    assert other.accounts == [renamed[a] for a in drawn.population.accounts]
    for name in ("n", "norm", "square", "mean", "capabilities"):
        assert np.array_equal(getattr(other, name), getattr(drawn.population, name)), name
    assert np.array_equal(other.whole.likeness, drawn.population.whole.likeness)


def test_who_did_the_same_is_told_apart_by_what_it_asked_and_not_by_name(sample):
    """Five accounts of the same times and counts among twenty, in any order and under any names."""
    same = {"first_at": START, "last_at": START + 10**9}
    drawn = sample(honest=20, **{name: [at] * 5 + list(range(at + 1, at + 16)) for name, at in same.items()})
    orders = []
    for seed in range(3):
        names = np.random.default_rng(seed).permutation(20)
        renamed = {f"acct-{i}": f"{names[i]:02d}-x" for i in range(20)}
        population = load(_renamed(drawn.activity, renamed), _renamed(drawn.profiles, renamed))
        back = {new: old for old, new in renamed.items()}
        orders.append([back[name] for name in population.accounts])
        sums = dict(zip(drawn.population.accounts, drawn.population.whole.mean[:], strict=True))
        for i, name in enumerate(orders[-1]):
            assert np.array_equal(population.whole.mean[i], sums[name])
            assert population.whole.n[i] == population.activity["n_prompts"][i]
    assert orders[0] == orders[1] == orders[2] == drawn.population.accounts
    assert sorted(orders[0][:5]) == [f"acct-{i}" for i in range(5)]


def test_sums_become_means_and_squares_where_they_stand(sample):
    drawn = sample(honest=12, prompts=9)
    population = drawn.population
    for row in drawn.profiles.to_pylist():
        at, half = population.index[row["account_id"]], row["half"]
        total = np.frombuffer(row["total"], "<i4").astype(np.int64)
        assert np.array_equal(population.mean[half, at], (total / (127.0 * row["n"])).astype(np.float32))
        assert population.square[at, half] == (total**2).sum()
    whole = population.whole
    assert np.allclose((whole.vectors**2).sum(axis=1), population.square[:, 2] / (127.0 * whole.n) ** 2, rtol=1e-5)


def _renamed(table, names):
    column = pa.array([names[a] for a in table.column("account_id").to_pylist()])
    return table.set_column(table.schema.get_field_index("account_id"), table.schema.field("account_id"), column)


def test_index_finds_every_account(sample):
    population = sample(honest=5).population
    assert [population.index[a] for a in population.accounts] == list(range(5))
    assert len(population) == 5


def test_an_organization_is_one_unit_and_everybody_else_their_own(sample):
    payers = ["firm", None, "firm", "other", None, "firm"]
    population = sample(honest=6, organization_id=payers).population
    assert len(set(population.unit.tolist())) == 4
    assert len(set(population.unit[[0, 2, 5]].tolist())) == 1
    assert population.unit_size.tolist() == [3, 1, 3, 1, 1, 3]
    assert population.has_payer.tolist() == [True, False, True, True, False, True]


def test_where_nobody_names_an_organization_nobody_has_a_payer(sample):
    assert not sample(honest=6).population.has_payer.any()
    assert sample(honest=6, organization_id=[f"org-{i}" for i in range(6)]).population.has_payer.all()


def test_halves_add_up_to_the_whole(sample):
    population = sample(honest=10, prompts=15).population
    first, second = population.halves
    assert np.array_equal(first.n + second.n, population.whole.n)
    assert set(population.whole.n.tolist()) == {15}
    means = (first.mean * first.n[:, None] + second.mean * second.n[:, None]) / 15
    assert np.allclose(means, population.whole.mean[:], atol=1e-6)


@pytest.mark.parametrize("prompts", [2, 5, 40])
def test_likeness_is_the_squared_length_of_the_true_mean_without_bias(sample, prompts):
    """All draws have |center|² = 0.1 + 0.1 on average, however few prompts show it."""
    seen = np.concatenate([sample(honest=300, prompts=prompts, seed=s).population.whole.likeness for s in range(3)])
    assert seen.mean() == pytest.approx(0.2, abs=4 * seen.std() / np.sqrt(len(seen)) + 0.003)


def test_one_prompt_has_no_likeness_of_its_own_but_no_bias_either(sample):
    prompts = sample(honest=400, prompts=1, dealt=50, dealt_prompts=30, dealt_taste=0.1).population
    assert prompts.whole.likeness[:400].mean() == pytest.approx(0.2, abs=0.03)


def test_spread_and_noise_are_those_of_the_draw(sample):
    content = sample(honest=200, prompts=40).population.whole
    assert content.spread.mean() == pytest.approx(0.9, rel=0.02)
    assert content.noise.mean() == pytest.approx(0.9 / 40, rel=0.02)


def test_an_account_that_repeats_itself_has_said_less(sample):
    different = [20] * 10 + [5] * 10
    population = sample(honest=20, n_different=different).population
    assert population.variety.tolist() == [1.0] * 10 + [0.25] * 10
    assert np.median(population.whole.noise[10:] / population.whole.noise[:10]) == pytest.approx(4, rel=0.1)


def test_accounts_without_content_stay_with_nothing_known(sample):
    drawn = sample(honest=10)
    population = load(
        drawn.activity, drawn.profiles.filter(pa.compute.not_equal(drawn.profiles["account_id"], "acct-3"))
    )
    assert population.whole.n[3] == 0
    assert not population.whole.mean[3].any()
    nothing = load(drawn.activity, PROFILES.schema.empty_table())
    assert len(nothing) == 10
    assert not nothing.whole.n.any()
    assert np.isfinite(nothing.whole.noise).all()
