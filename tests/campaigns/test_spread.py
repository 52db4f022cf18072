"""How accounts spread over topics: counts as arrays, a law of honest tastes, and what a group cannot teach it."""

import numpy as np
import pyarrow as pa
import pytest
from scipy.special import gammaln, logsumexp

from stillwatch.campaigns.spread import CONCENTRATIONS, Cells, Everybody, Habits, largest, own_nats, spread_of, times
from stillwatch.tables import SPREADS

TOPICS = 60


def _people(random, accounts, prompts, width):
    """Return counts (accounts, TOPICS) of people with tastes of concentration *width* around one base."""
    base = np.arange(1, TOPICS + 1) ** -0.5
    tastes = random.dirichlet(width * base / base.sum(), size=accounts)
    return np.stack([random.multinomial(prompts, taste) for taste in tastes])


def _log_law(counts, shape):
    """Return the log-probability of counts by the Dirichlet-multinomial law with parameters *shape*."""
    n = counts.sum()
    return (
        gammaln(n + 1) - gammaln(counts + 1).sum() + gammaln(shape.sum()) - gammaln(n + shape.sum())
        + (gammaln(counts + shape) - gammaln(shape)).sum()
    )  # fmt: skip


def test_a_table_of_spreads_becomes_counts_in_the_order_of_the_population(sample):
    population = sample(honest=4, prompts=3).population
    rows = [("acct-2", 0, 7, 3), ("acct-0", 1, 2, 1), ("acct-2", 1, 7, 2), ("acct-0", 0, 5, 4)]
    table = pa.Table.from_pylist([dict(zip(SPREADS.names, row, strict=True)) for row in rows], schema=SPREADS.schema)
    spread = spread_of(table, population)
    for cells, expected in zip(
        spread, [[("acct-0", 5, 4), ("acct-2", 7, 3)], [("acct-0", 2, 1), ("acct-2", 7, 2)],
                 [("acct-0", 2, 1), ("acct-0", 5, 4), ("acct-2", 7, 5)]], strict=True,
    ):  # fmt: skip
        places = zip(cells.account.tolist(), cells.topic.tolist(), cells.count.tolist(), strict=True)
        assert sorted((population.accounts[a], t, n) for a, t, n in places) == expected
        assert len(cells) == 4
        assert {population.accounts[a] for a in cells.known} == {"acct-0", "acct-2"}
        assert cells.n_topics == 8
    mixed = table.take([2, 0, 3, 1])
    for left, right in zip(spread, spread_of(mixed, population), strict=True):
        assert [getattr(left, f).tolist() for f in ("start", "topic", "count")] == [
            getattr(right, f).tolist() for f in ("start", "topic", "count")
        ]


def test_an_account_of_many_topics_in_any_order(sample):
    population = sample(honest=1, prompts=1).population
    topics = np.random.default_rng(3).permutation(np.arange(2_000) % 700)
    rows = {"account_id": ["acct-0"] * 2_000, "half": [0] * 2_000, "topic": topics, "n": [1] * 2_000}
    whole = spread_of(pa.table({name: rows[name] for name in SPREADS.names}, schema=SPREADS.schema), population).whole
    assert whole.topic.tolist() == list(range(700))
    assert whole.count.tolist() == np.bincount(topics).tolist()


def test_nobody_spreads(sample):
    population = sample(honest=3, prompts=2).population
    for cells in spread_of(SPREADS.schema.empty_table(), population):
        assert (len(cells), len(cells.known), cells.n_topics) == (3, 0, 1)
        assert Everybody(cells).without(np.array([1])).base.tolist() == [1.0]


def test_cells_at_accounts(cells_of):
    cells = cells_of([[1, 0, 2], [0, 0, 0], [0, 3, 1]])
    assert cells.account.tolist() == [0, 0, 2, 2]
    assert cells.rows(np.array([2])).tolist() == [2, 3]
    assert cells.rows(np.array([2, 1, 0])).tolist() == [2, 3, 0, 1]
    assert cells.rows(np.array([1])).tolist() == cells.rows(np.empty(0, np.int64)).tolist() == []


def test_cells_in_topics(cells_of):
    cells = cells_of([[1, 0, 2], [0, 0, 0], [0, 3, 1]])
    assert cells.in_topics(np.array([2, 1])).tolist() == [1, 3, 2]
    assert cells.in_topics(np.empty(0, np.int64)).tolist() == []


def test_of_many_accounts_every_few_are_asked(cells_of, monkeypatch):
    monkeypatch.setattr("stillwatch.campaigns.spread.SOME", 2)
    cells = cells_of([[1, 0, 1], [0, 0, 4], [0, 1, 5], [0, 0, 7], [3, 0, 0]])
    assert cells.step == 3
    assert cells.in_topics(np.array([2, 0])).tolist() == [1, 5, 0]


@pytest.mark.parametrize("seed", range(5))
def test_a_product_of_any_factors_has_the_logarithm_that_their_logarithms_add_up_to(seed):
    """Tiny ones, huge ones and nought, which counts as 1e-300, in any order."""
    random = np.random.default_rng(seed)
    factors = 10.0 ** (random.uniform(-290, 290, 400) * random.choice([1, 0.1], 400))
    factors[random.integers(0, 400, 5)] = 0.0
    nats, product = 0.0, 1.0
    for factor in factors:
        nats, product = times(nats, product, factor)
        assert 0 < product < np.inf
    assert nats + np.log(product) == pytest.approx(np.log(np.maximum(factors, 1e-300)).sum(), rel=1e-12)


@pytest.mark.parametrize("most", [1, 7, 50, 199, 200, 900])
def test_the_largest_are_those_of_a_stable_sort(most):
    score = np.random.default_rng(3).integers(0, 12, 200).astype(float)
    assert largest(score, most).tolist() == sorted(np.argsort(-score, kind="stable")[:most].tolist())


@pytest.mark.parametrize("width", CONCENTRATIONS)
def test_own_nats_are_the_dirichlet_multinomial_law_up_to_what_all_laws_share(cells_of, width):
    """Negative binomials of a common odds, given their sum, are that law; the sum is worth the same to everybody of
    as many prompts.
    """
    random = np.random.default_rng(1)
    counts = _people(random, 12, 30, 20.0)
    habits = Everybody(cells_of(counts)).without(np.empty(0, np.int64))
    found = own_nats(cells_of(counts), np.arange(12), Habits(habits.base, (width == CONCENTRATIONS) + 1e-300))
    law = np.array([_log_law(row, width * habits.base) for row in counts])
    assert np.ptp(found - law) < 1e-6
    assert np.ptp(law) > 5


def test_own_nats_average_over_the_widths_of_tastes(cells_of):
    cells = cells_of(_people(np.random.default_rng(2), 6, 25, 20.0))
    base, weights = np.full(TOPICS, 1 / TOPICS), np.array([0.2, 0.5, 0.3])
    each = np.stack([own_nats(cells, np.arange(6), Habits(base, row + 1e-300)) for row in np.eye(3)], axis=1)
    assert np.allclose(own_nats(cells, np.arange(6), Habits(base, weights)), logsumexp(each + np.log(weights), axis=1))
    assert own_nats(cells, np.array([4, 1]), Habits(base, weights)).tolist() == pytest.approx(
        own_nats(cells, np.arange(6), Habits(base, weights))[[4, 1]].tolist()
    )


@pytest.mark.parametrize(("width", "position"), [(4.0, 0), (25.0, 1), (120.0, 2)])
def test_the_width_of_tastes_is_learned(cells_of, width, position):
    random = np.random.default_rng(3)
    habits = Everybody(cells_of(_people(random, 300, 60, width))).without(np.empty(0, np.int64))
    assert habits.weights.sum() == pytest.approx(1)
    assert habits.weights.argmax() == position
    assert habits.weights[position] > 0.8


def test_of_too_few_nothing_is_learned(cells_of):
    habits = Everybody(cells_of(_people(np.random.default_rng(4), 10, 60, 4.0))).without(np.empty(0, np.int64))
    assert habits.weights == pytest.approx([1 / 3] * 3)


def test_the_base_is_what_everybody_asks_and_an_account_counts_once_however_busy(cells_of):
    random = np.random.default_rng(5)
    counts = _people(random, 400, 40, 25.0)
    counts[0] = 0
    counts[0, 17] = 100_000
    base = Everybody(cells_of(counts)).without(np.empty(0, np.int64)).base
    expected = np.arange(1, TOPICS + 1) ** -0.5
    assert base.sum() == pytest.approx(1)
    assert (base > 0).all()
    assert np.abs(base - expected / expected.sum()).max() < 0.01


def test_who_is_left_out_teaches_the_base_nothing(cells_of):
    random = np.random.default_rng(6)
    counts = _people(random, 200, 40, 25.0)
    listed = np.zeros(TOPICS)
    listed[50:54] = 0.25
    counts[150:] = random.multinomial(40, listed, size=50)
    everybody = Everybody(cells_of(counts))
    left = everybody.without(np.arange(150, 200)).base
    assert everybody.without(np.empty(0, np.int64)).base[50:54].sum() > 0.25
    assert left[50:54].sum() < 0.06
    counts[150:] = 0
    assert np.allclose(left, Everybody(cells_of(counts)).without(np.empty(0, np.int64)).base)


def test_an_account_without_prompts_says_nothing():
    cells = Cells(np.array([0, 0, 1]), np.array([0]), np.array([3]), 2)
    assert own_nats(cells, np.array([0]), Habits(np.array([0.5, 0.5]), np.full(3, 1 / 3))).tolist() == pytest.approx(
        [0.0]
    )
