"""Collisions: dealing is even, readers collide by the birthday rule, favourites more than that."""

import datetime as dt
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.campaigns.worklist import Collisions, askings, count, count_within
from stillwatch.engine import DuckDBEngine
from stillwatch.tables import PLACES, PRINTS


def _collisions(draws):
    """Return the collisions of accounts, given as arrays of the prompts that each asked."""
    own = [np.unique(d) for d in draws]
    _, k = np.unique(np.concatenate(own), return_counts=True)
    sizes = np.array([len(o) for o in own])
    times = dict(zip(*(x.tolist() for x in np.unique(k, return_counts=True)), strict=True))
    return Collisions(times, sum(map(len, draws)), len(draws), int((sizes**2).sum()))


def _readers(random, accounts, each, items, weights=None):
    return [random.choice(items, each, replace=False, p=weights) for _ in range(accounts)]


def _dealt(random, accounts, each, items):
    passes = np.concatenate([random.permutation(items) for _ in range(-(-accounts * each // items))])
    return np.split(passes[: accounts * each], accounts)


@pytest.mark.parametrize(("accounts", "each", "items"), [(40, 50, 1000), (100, 30, 800), (15, 100, 500)])
def test_independent_readers_of_one_list_are_at_nought(accounts, each, items):
    random = np.random.default_rng(1)
    found = [_collisions(_readers(random, accounts, each, items)).evenness() for _ in range(40)]
    shares, errors = np.array(found).T
    assert abs(shares.mean()) < 4 * shares.std() / np.sqrt(40) + 0.05
    assert np.mean(np.abs(shares) < 3 * errors) > 0.9


@pytest.mark.parametrize(("accounts", "each", "items"), [(40, 50, 1000), (100, 30, 800), (60, 33, 700)])
def test_dealing_in_passes_is_at_one(accounts, each, items):
    random = np.random.default_rng(2)
    share, error = _collisions(_dealt(random, accounts, each, items)).evenness()
    assert share == pytest.approx(1, abs=max(0.15, 3 * error))
    assert share - 3 * error > 0


def test_favourites_are_below_nought():
    random = np.random.default_rng(3)
    weights = 1 / np.arange(1, 1001) ** 0.8
    read = _collisions(_readers(random, 60, 40, 1000, weights / weights.sum()))
    share, error = read.evenness(favourites=True)
    assert share + 3 * error < 0
    assert read.evenness()[0] < 0.5


def test_a_list_that_holds_some_entries_twice_is_still_dealt():
    random = np.random.default_rng(6)
    entries = np.r_[np.arange(950), np.arange(50)]
    dealt = np.concatenate([random.permutation(entries) for _ in range(6)]).reshape(60, -1)
    counted = _collisions(list(dealt))
    assert counted.evenness()[0] > 0.8
    assert counted.evenness(favourites=True)[0] < counted.evenness()[0]


def test_a_single_reading_decides_nothing_by_the_cut_alone():
    """Where hardly a prompt comes up twice, leaving out the commonest must not make readers look dealt."""
    random = np.random.default_rng(7)
    read = _collisions([random.choice(52_000, 150, replace=False) for _ in range(50)])
    share, error = read.evenness()
    assert share < 0.5
    assert error > 0.25


def test_a_few_phrases_that_everybody_uses_do_not_make_the_rest_dealt():
    """Jobs over records of one's own: nearly all comes up once, a few frames without a record in them in all jobs."""
    random = np.random.default_rng(8)
    phrases = np.arange(4)
    shares = []
    for _ in range(20):
        own = np.split(1_000 + random.choice(600_000, 16 * 200, replace=False), 16)
        again = [random.choice(60_000, 8, replace=False) + 10**6 for _ in own]
        found = _collisions([np.concatenate([o, a, phrases]) for o, a in zip(own, again, strict=True)]).evenness()
        shares.append(found is None or found[1] > 0.5 or found[0] < 2 * found[1])
    assert np.mean(shares) >= 0.95


def test_favourites_that_are_left_out_do_not_move_what_is_expected_of_the_others():
    random = np.random.default_rng(9)
    read = _collisions(_readers(random, 40, 50, 1000))
    loud = Collisions(read.times | {30: 12, 35: 9}, read.exchanges + 675, read.accounts, read.account_squares)
    assert loud.evenness()[0] == pytest.approx(read.evenness()[0], abs=0.1)


def test_readers_of_different_appetite_are_still_readers():
    random = np.random.default_rng(4)
    draws = [random.choice(1000, each, replace=False) for each in np.r_[np.full(50, 10), np.full(5, 400)]]
    share, error = _collisions(draws).evenness()
    assert abs(share) < 3 * error + 0.1


@pytest.mark.parametrize(
    "draws",
    [
        [[1, 2, 3], [1, 2, 3]],
        [list(range(40)), list(range(40, 80))],
        [list(range(50))] * 3,
        [list(range(100))],
    ],
)
def test_too_little_to_tell(draws):
    found = _collisions([np.array(d) for d in draws])
    assert found.evenness() is None
    assert Collisions().evenness() is None


def test_pairs_rate_and_repeats():
    found = _collisions([np.array([1, 2, 2, 2]), np.array([1, 3]), np.array([1])])
    assert found.pairs == 3
    assert found.rate == pytest.approx((3 + 1) / 10)
    assert found.overlap == pytest.approx(3 / 3 / (5 / 3))
    nothing = Collisions()
    assert (nothing.pairs, nothing.overlap) == (0, 0)
    assert nothing.rate > 0


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with DuckDBEngine(tmp_path_factory.mktemp("worklist"), threads=1) as engine:
        yield engine


def _prints(asked):
    at = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    rows = [
        {
            "account_id": account, "at": at, "prompt_hash": prompt, "system_hash": 0, "head_hash": 0, "tail_hash": 0,
            "n_words": words, "capability": -1, "asks": 0,
        }
        for account, prompt, words in asked
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=PRINTS.schema)


def test_counting_in_the_engine(engine):
    asked = [("a", 1, 9), ("a", 2, 9), ("a", 2, 9), ("b", 1, 9), ("b", 3, 9), ("c", 1, 9), ("c", 7, 3), ("z", 1, 9)]
    groups = pa.table({"account_id": ["a", "b", "c", "z"], "label": pa.array([4, 4, 4, -1], pa.int64())})
    found = count(engine, _prints(asked), groups)
    # Account c asked one long prompt and one too short to count.
    assert found == {4: Collisions({1: 2, 3: 1}, 6, 3, 9), -1: Collisions({1: 1}, 1, 1, 1)}
    assert (found[4].prompts, found[4].askings, found[4].pairs) == (3, 5, 3)


def test_counting_part_by_part_changes_nothing(engine, monkeypatch):
    random = np.random.default_rng(4)
    asked = [(f"a{random.integers(9)}", int(random.integers(1, 60)), 9) for _ in range(400)]
    wanted = {"account_id": [f"a{i}" for i in range(9)], "label": pa.array([i % 2 for i in range(9)], pa.int64())}
    labels = pa.table(wanted)
    whole = count(engine, _prints(asked), labels)
    monkeypatch.setattr("stillwatch.engine.duckdb.PARTITION_ROWS", 30)
    assert count(engine, _prints(asked), labels) == whole
    for label, found in whole.items():
        own = Counter((account, prompt) for account, prompt, _ in asked if int(account[1]) % 2 == label)
        tasks = {prompt for (_, prompt), times in own.items() if times < 5}
        assert (found.exchanges, found.askings) == (own.total(), sum(times < 5 for times in own.values()))
        assert found.prompts == len(tasks)


def test_a_step_that_an_account_repeats_is_no_task(engine):
    steps = [(account, 1, 9) for account in "abc" for _ in range(5)]
    groups = pa.table({"account_id": ["a", "b", "c"], "label": pa.array([0, 0, 0], pa.int64())})
    tasks = [("a", 2, 9), ("b", 3, 9), ("c", 2, 9)]
    found = count(engine, _prints([*steps, *tasks]), groups)[0]
    assert (found.pairs, found.askings, found.exchanges) == (1, 3, 18)
    # Four times is a task asked again, by one account: nobody else asks it as a task.
    assert count(engine, _prints([*steps[1:], *tasks]), groups)[0].askings == 4


def test_a_step_is_no_task_either_where_members_are_told_apart_by_their_prompts(engine):
    steps = [("a", 1, 9)] * 5 + [("b", 1, 9)] * 4
    tasks = [("a", 2, 9), ("a", 2, 9), ("b", 3, 9), ("b", 4, 3)]
    groups = pa.table({"account_id": ["a", "b"], "label": pa.array([0, 0], pa.int64())})
    found = askings(engine, _prints([*steps, *tasks]), groups).to_pylist()
    assert found == [{"account_id": name, "prompt_hash": n} for name, n in (("a", 2), ("b", 1), ("b", 3))]


def test_an_account_may_be_in_two_groups_and_a_group_may_ask_nothing(engine):
    groups = pa.table({"account_id": ["a", "a", "q"], "label": pa.array([0, 1, 2], pa.int64())})
    found = count(engine, _prints([("a", 1, 9)]), groups)
    assert found == {0: Collisions({1: 1}, 1, 1, 1), 1: Collisions({1: 1}, 1, 1, 1)}
    assert count(engine, _prints([]), groups) == {}


def test_counting_within_topics_leaves_out_what_is_somebody_s_own(engine):
    asked = [("a", 1, 9), ("a", 2, 9), ("a", 3, 9), ("b", 1, 9), ("b", 3, 9), ("c", 2, 9), ("z", 1, 9), ("z", 2, 9)]
    topic_of = {1: 10, 2: 20, 3: 10}
    places = pa.Table.from_pylist(
        [{"account_id": a, "half": 0, "prompt_hash": p, "topic": topic_of[p]} for a, p, _ in asked],
        schema=PLACES.schema,
    )
    groups = pa.table({"account_id": ["a", "b", "c", "z"], "label": pa.array([1, 1, 1, 0], pa.int64())})

    def within(topics, left_out=()):
        wanted = pa.table({
            "label": pa.array([label for label, _ in topics], pa.int64()),
            "topic": pa.array([topic for _, topic in topics], pa.int16()),
        })  # fmt: skip
        own = pa.table({
            "label": pa.array([label for label, _, _ in left_out], pa.int64()),
            "account_id": pa.array([account for _, account, _ in left_out], pa.string()),
            "topic": pa.array([topic for _, _, topic in left_out], pa.int16()),
        })  # fmt: skip
        return count_within(engine, _prints(asked), groups, places=places, topics=wanted, left_out=own)

    assert within([(1, 10), (0, 10)]) == {1: Collisions({2: 2}, 4, 2, 8), 0: Collisions({1: 1}, 1, 1, 1)}
    assert within([(1, 20)]) == {1: Collisions({2: 1}, 2, 2, 2)}
    everything = [(label, topic) for label in (0, 1) for topic in (10, 20)]
    assert within(everything) == count(engine, _prints(asked), groups)
    # Account a's own subject is topic 10: what it asks there does not count, what it asks elsewhere does.
    assert within(everything, [(1, "a", 10), (1, "z", 20)]) == {
        1: Collisions({1: 2, 2: 1}, 4, 3, 6), 0: Collisions({1: 2}, 2, 1, 4),
    }  # fmt: skip
    assert within([]) == {}


def test_pairs_come_in_clumps_where_everybody_asks_one_prompt():
    assert Collisions().clump(0.1) == 1
    alone = Collisions({2: 500}, 1000, 100, 10_000)
    common = Collisions({2: 500, 400: 1}, 1400, 400, 10_000)
    assert alone.clump(0.1) == pytest.approx(1.4)
    assert common.clump(0.1) > 50
    # Monte Carlo: variance of pairs by their mean, of askers that are Poisson.
    askers = np.random.default_rng(5).poisson(40.0, 200_000)
    pairs = askers * (askers - 1) / 2
    assert Collisions({400: 1}, 400, 400, 400).clump(0.1) == pytest.approx(pairs.var() / pairs.mean(), rel=0.05)
