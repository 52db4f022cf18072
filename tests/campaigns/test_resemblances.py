"""Who spreads like whom over topics: workers with cover find each other, who dwells on one subject finds nobody."""

from functools import partial

import numpy as np
import pytest

from stillwatch.campaigns.grouping import communities
from stillwatch.campaigns.neighbours import neighbourhoods
from stillwatch.campaigns.resemblances import resemblances

TOPICS = 300


def _world(seed=1, honest=400, workers=40, prompts=120):
    """Return counts (accounts, TOPICS) of honest people, then of workers half of whose prompts are cover."""
    random = np.random.default_rng(seed)
    base = np.arange(1, TOPICS + 1) ** -0.5
    base /= base.sum()
    listed = random.dirichlet(20 * base)
    tastes = random.dirichlet(25 * base, size=honest + workers)
    draws = prompts // 2
    own = np.stack([random.multinomial(prompts - (draws if i >= honest else 0), t) for i, t in enumerate(tastes)])
    own[honest:] += random.multinomial(draws, listed, size=workers)
    return own


@pytest.fixture(scope="module")
def covered(cells_of):
    return cells_of(_world())


def test_resemblances_tie_workers_with_cover_to_each_other(covered):
    cells = covered
    left, right, cosine = resemblances(cells)
    worker = (left >= 400).astype(int) + (right >= 400)
    both, chance = (worker == 2).sum(), (40 / 440) ** 2 * len(left)
    assert both > 5 * chance
    assert np.median(cosine[worker == 2]) > np.median(cosine[worker < 2])
    assert ((left < right) & (cosine > 0) & (cosine <= 1 + 1e-6)).all()
    assert len(set(zip(left.tolist(), right.tolist(), strict=True))) == len(left)
    groups = communities(left, right, cosine, limit=440, seed=1, resolution=5.0)
    assert max((g >= 400).mean() for g in groups if len(g) >= 10) > 0.8


def test_where_not_all_can_be_compared_workers_with_cover_are_tied_all_the_same(covered, monkeypatch):
    cells = covered
    whole = resemblances(cells)
    for name, value in (("resemblances.WHOLE", 100), ("neighbours._CELL", 16), ("neighbours._AROUND", 200)):
        monkeypatch.setattr(f"stillwatch.campaigns.{name}", value)
    monkeypatch.setattr("stillwatch.campaigns.resemblances.neighbourhoods", partial(neighbourhoods, whole=100))
    left, right, cosine = found = resemblances(cells)
    for one, several in zip(found, resemblances(cells, threads=3), strict=True):
        assert np.array_equal(one, several)
    worker, before = (left >= 400).astype(int) + (right >= 400), (whole[0] >= 400).astype(int) + (whole[1] >= 400)
    assert (worker == 2).sum() > 0.7 * (before == 2).sum()
    assert ((left < right) & (cosine > 0) & (cosine <= 1 + 1e-6)).all()


def test_who_dwells_on_one_subject_resembles_nobody_by_that_alone(cells_of):
    """A hundred prompts in one topic weigh little more than two; all that is touched together counts."""
    counts = np.zeros((60, TOPICS), int)
    random = np.random.default_rng(2)
    for row in counts:
        row[random.choice(np.arange(20, TOPICS), 12, replace=False)] = 1
    counts[0, 10:18], counts[1, 10:18] = 1, 1
    counts[0, 19] = counts[2, 19] = 100
    left, right, cosine = resemblances(cells_of(counts))
    likeness = dict(zip(zip(left.tolist(), right.tolist(), strict=True), cosine.tolist(), strict=True))
    assert likeness[0, 1] > 2 * likeness.get((0, 2), 0.0)


def test_few_or_silent_accounts_resemble_nobody(cells_of):
    counts = np.zeros((4, 5), int)
    counts[1, 0] = 50
    counts[2, :4] = 1
    assert [len(x) for x in resemblances(cells_of(counts))] == [0, 0, 0]
    counts[2, 4] = counts[3, 1] = 9
    left, right, _ = resemblances(cells_of(counts))
    assert not np.isin(0, np.concatenate((left, right)))


def test_resemblances_move_with_the_accounts(cells_of):
    counts = _world(seed=5)
    order = np.random.default_rng(6).permutation(len(counts))
    left, right, cosine = resemblances(cells_of(counts))
    edges = set(zip(left.tolist(), right.tolist(), np.round(cosine, 4).tolist(), strict=True))
    left, right, cosine = resemblances(cells_of(counts[order]))
    ends = np.sort(order[np.stack((left, right))], axis=0)
    again = set(zip(*ends.tolist(), np.round(cosine, 4).tolist(), strict=True))
    # Ties for the last place among an account's nearest are all that may differ.
    assert len(edges & again) > 0.98 * len(edges)


def test_the_few_most_alike_are_those_of_all_cosines(cells_of):
    """Against every cosine worked out in full: nobody nearer was passed over."""
    counts = _world(seed=3, honest=120, workers=10)
    cells = cells_of(counts)
    left, right, cosine = resemblances(cells)
    rarity = np.maximum(np.log((len(counts) + 1) / ((counts > 0).sum(axis=0) + 1)), 0)
    weight = np.sqrt(np.minimum(counts, 2)) * rarity
    weight /= np.linalg.norm(weight, axis=1, keepdims=True)
    every = weight @ weight.T
    np.fill_diagonal(every, -1)
    assert cosine == pytest.approx(every[left, right], abs=1e-5)
    edges = set(zip(left.tolist(), right.tolist(), strict=True))
    for account, row in enumerate(every):
        nearest = np.argsort(-row, kind="stable")[:9]
        assert {(min(account, n), max(account, n)) for n in nearest.tolist()} <= edges
