"""A worker's prompts as draws and a taste of its own: the law against a sum over all splits, and what it recovers."""

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import nbinom

from stillwatch.campaigns import mixture
from stillwatch.campaigns.mixture import PARTS, Worklist, drawn, worker_nats
from stillwatch.campaigns.spread import CONCENTRATIONS, Everybody, Habits, own_nats

TOPICS = 60
DOUBT = 0.5


def _shares(random, width):
    base = np.arange(1, TOPICS + 1) ** -0.5
    return random.dirichlet(width * base / base.sum())


def _world(random, *, honest=300, workers=40, prompts=120, cover=0.5):
    """Return counts (accounts, TOPICS), how many of each were drawn, and the list's shares; workers come last."""
    listed = random.dirichlet(np.full(TOPICS, 0.2))
    own = [random.multinomial(prompts, _shares(random, 25.0)) for _ in range(honest)]
    draws = random.multinomial(round((1 - cover) * prompts), listed, size=workers)
    mixed = [d + random.multinomial(prompts - d.sum(), _shares(random, 25.0)) for d in draws]
    return np.stack(own + mixed), np.concatenate((np.zeros((honest, TOPICS), int), draws)), listed


def _law(n, own_shape, own_odds, list_shape, list_odds):
    """Return the probability that draws and own prompts add up to *n*, and the draws expected in that."""
    k = np.arange(n + 1)
    both = nbinom.pmf(k, list_shape, 1 - list_odds) * nbinom.pmf(n - k, own_shape, 1 - own_odds)
    return both.sum(), float((k * both).sum() / both.sum())


def _brute(counts, listed, mine, base, part, theta):
    """Return the log-likelihood of *counts* over every topic, the untouched ones too, and the draws expected in each.

    Up to the probability of no own prompt anywhere where concentrations are shared out, which is of the whole law.
    """
    total, rest = counts.sum(), listed.sum() - mine.sum()
    drawn_, left = total * part, total * (1 - part)
    nats, draws = 0.0, []
    for topic, n in enumerate(counts):
        w = max(listed[topic] - mine[topic], 0.0)
        rate, shape = drawn_ * w / rest, w + DOUBT
        p, expected = _law(n, theta * base[topic], left / (theta + left), shape, rate / (rate + shape))
        nats += np.log(p)
        draws.append(expected)
    return nats, np.array(draws)


SMALL = [
    np.array([3, 0, 1, 0, 7]),
    np.array([0, 2, 0, 0, 1]),
    np.array([12, 1, 1, 4, 0]),
]
LISTED = np.array([6.0, 3.0, 0.0, 2.5, 11.0])
BASE = np.array([0.3, 0.1, 0.25, 0.2, 0.15])


@pytest.fixture(params=[False, True], ids=["others' list", "own draws in the list"])
def small(request, cells_of):
    """Cells of three accounts, how much of the list came from each, and the same per cell."""
    cells = cells_of(SMALL)
    mine = np.zeros((3, 5))
    if request.param:
        mine[0, [0, 4]], mine[2, [0, 3]] = [1.5, 2.0], [0.5, 0.25]
    return cells, mine, mine[cells.account, cells.topic]


def test_the_law_is_the_sum_over_all_splits(small):
    """Topics that nobody touched come off a table of numbers of draws; it may err by its steps."""
    cells, mine, per_cell = small
    weights = np.array([0.2, 0.5, 0.3])
    nats, part = worker_nats(cells, np.arange(3), Habits(BASE, weights), Worklist(LISTED), per_cell)
    for i, counts in enumerate(SMALL):
        exact = np.array([
            logsumexp([_brute(counts, LISTED, mine[i], BASE, p, theta)[0] for theta in CONCENTRATIONS], b=weights)
            for p in PARTS
        ])  # fmt: skip
        assert nats[i] == pytest.approx(logsumexp(exact) - np.log(len(PARTS)), abs=0.01)
        assert part[i] == PARTS[exact.argmax()]


def test_expected_draws_are_those_of_the_sum_over_all_splits(cells_of):
    cells, accounts, nothing = cells_of(SMALL), np.array([2, 0, 1]), np.zeros(5)
    parts = np.array([0.2, 0.7, 0.4])
    found = drawn(cells, accounts, parts, Habits(BASE, np.full(3, 1 / 3)), Worklist(LISTED))
    expected = np.zeros((3, 5))
    for account, part in zip(accounts, parts, strict=True):
        expected[account] = _brute(SMALL[account], LISTED, nothing, BASE, part, 25.0)[1]
    rows = cells.rows(accounts)
    assert found == pytest.approx(expected[cells.account[rows], cells.topic[rows]], abs=1e-9)


@pytest.mark.parametrize("draws", [0.02, 0.5, 7.3, 61.0, 900.0, 40_000.0])
def test_the_table_of_untouched_topics_agrees_with_the_exact_sum(draws):
    """Between two steps of the table, too."""
    random = np.random.default_rng(1)
    listed = random.gamma(0.5, 8.0, 200)
    steps = mixture._LEAST_DRAWS * np.exp(mixture._DRAW_STEP * np.arange(mixture._DRAW_STEPS))
    table = np.zeros(len(steps))
    mixture._nothing_drawn(listed, steps, table)
    rate = draws * listed / listed.sum()
    exact = nbinom.logpmf(0, listed + DOUBT, (listed + DOUBT) / (listed + DOUBT + rate)).sum()
    read = np.interp(np.log(draws), np.log(steps), table)
    assert read == pytest.approx(exact, abs=0.002 * abs(exact) + 1e-6)


def test_the_law_of_a_small_account_is_a_probability():
    """Over every count that there can be, sums of draws and own prompts have a probability of one."""
    nothing = _law(0, 5.0, 0.3, 2.5, 0.4)[0]
    own = np.zeros(400)
    total = sum(mixture._sum_law(n, 5.0, 0.3, 2.5, 0.4, own)[0] for n in range(150))
    assert nothing * total == pytest.approx(1)


def _weighed(cells_of, random, **knobs):
    counts, _, listed = _world(random, **knobs)
    cells, workers = cells_of(counts), knobs.get("workers", 40)
    honest = np.arange(len(counts) - workers)
    habits = Everybody(cells).without(np.arange(len(honest), len(counts)))
    # Learned from other workers than those that are weighed.
    worklist = Worklist(random.multinomial(1500, listed).astype(float))
    everybody = np.arange(len(counts))
    nats, part = worker_nats(cells, everybody, habits, worklist, np.zeros(len(cells.topic)))
    return nats - own_nats(cells, everybody, habits), part, honest


@pytest.mark.parametrize(("cover", "prompts"), [(0.0, 60), (0.5, 120), (0.8, 500)])
def test_cover_hides_no_worker_and_makes_none(cells_of, cover, prompts):
    nats, part, honest = _weighed(cells_of, np.random.default_rng(2), cover=cover, prompts=prompts)
    workers = nats[len(honest) :]
    assert (workers > 0).mean() >= 0.95
    assert np.median(workers) > 5
    assert (nats[honest] < 0).mean() >= 0.9
    assert (nats[honest] < np.median(workers)).all()
    assert np.median(nats[honest]) < -2
    assert np.median(part[len(honest) :]) == pytest.approx(1 - cover, abs=0.15)


def test_more_draws_say_more(cells_of):
    medians = []
    for cover in (0.9, 0.6, 0.3):
        nats, _, honest = _weighed(cells_of, np.random.default_rng(3), cover=cover, prompts=200)
        medians.append(np.median(nats[len(honest) :]))
    assert medians == sorted(medians)


@pytest.mark.parametrize("part", [0.2, 0.5])
def test_draws_add_up_to_the_part_and_lie_where_the_list_does(cells_of, part):
    random = np.random.default_rng(4)
    counts, draws, listed = _world(random, workers=60, prompts=200, cover=1 - part)
    cells, workers = cells_of(counts), np.arange(300, 360)
    habits = Everybody(cells).without(workers)
    worklist = Worklist(3000 * listed)
    found = drawn(cells, workers, np.full(60, part), habits, worklist)
    here = cells.rows(workers)
    assert (found <= cells.count[here] + 1e-9).all()
    per_account = np.bincount(cells.account[here], weights=found, minlength=360)[workers]
    assert per_account.mean() == pytest.approx(200 * part, rel=0.1)
    true = draws[cells.account, cells.topic][here]
    assert np.corrcoef(found, true)[0, 1] > 0.8
    mostly = found > 0.5 * cells.count[here]
    really = true > 0.5 * cells.count[here]
    assert (mostly == really).mean() > 0.85


def test_an_account_s_own_draws_teach_it_nothing(cells_of):
    """Somebody who alone makes a list looks like a worker of it unless its own draws are taken out."""
    random = np.random.default_rng(5)
    counts, _, _ = _world(random, honest=100, workers=0)
    cells = cells_of(counts)
    habits = Everybody(cells).without(np.array([7]))
    worklist = Worklist(counts[7].astype(float))
    one = np.array([7])
    taught = worker_nats(cells, one, habits, worklist, np.zeros(len(cells.topic)))[0]
    apart = worker_nats(cells, one, habits, worklist, np.where(cells.account == 7, cells.count, 0.0))[0]
    own = own_nats(cells, one, habits)
    assert taught[0] - own[0] > 5
    assert apart[0] - own[0] < 1
    # So does one that made most of it, however many prompts it has.
    counts[7] *= 20
    cells = cells_of(counts)
    others = Worklist(counts[7] + np.full(TOPICS, 0.1))
    mine = np.where(cells.account == 7, cells.count, 0.0)
    assert (worker_nats(cells, one, habits, others, mine)[0] - own_nats(cells, one, habits))[0] < 1


def test_a_usual_part_leaves_its_neighbours_only(cells_of):
    random = np.random.default_rng(6)
    counts, _, listed = _world(random, workers=40, prompts=150, cover=0.5)
    cells, workers = cells_of(counts), np.arange(300, 340)
    habits, worklist, mine = Everybody(cells).without(workers), Worklist(2000 * listed), np.zeros(len(cells.topic))
    for usual, possible in ((0.1, PARTS[:2]), (0.4, PARTS[1:4]), (0.95, PARTS[3:])):
        assert np.isin(worker_nats(cells, workers, habits, worklist, mine, usual)[1], possible).all()


def test_an_untouched_list_has_no_shares():
    assert Worklist(np.zeros(4)).shares.tolist() == [0.0] * 4
    assert Worklist(np.array([1.0, 3.0])).shares.tolist() == [0.25, 0.75]


def test_the_busiest_accounts_and_the_longest_lists_have_nats_that_are_numbers(cells_of):
    """Hundreds of prompts in each of many topics, of a list of a hundred thousand: likelihoods beyond any float."""
    random = np.random.default_rng(5)
    counts = random.integers(100, 400, (6, TOPICS))
    counts[3, 1:] = 0
    cells, listed = cells_of(counts), Worklist(random.uniform(0, 4000, TOPICS))
    habits = Habits(np.full(TOPICS, 1 / TOPICS), np.full(3, 1 / 3))
    nats, part = worker_nats(cells, np.arange(6), habits, listed, np.zeros(len(cells.topic)))
    assert np.isfinite(nats).all()
    assert np.isin(part, PARTS).all()
    assert np.isfinite(own_nats(cells, np.arange(6), habits)).all()
