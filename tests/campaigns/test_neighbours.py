"""Whom an account is compared with: all of them, or those around it, and hardly anybody is missed."""

import numpy as np
import pytest

from stillwatch.campaigns import neighbours
from stillwatch.campaigns.neighbours import in_cells, neighbourhoods


def _crowd(n, dealt, seed=1, noise=0.15):
    """Return points of *n* people with tastes of their own and of *dealt* accounts of one list, noise on all."""
    random = np.random.default_rng(seed)
    subjects = random.normal(0, 1, (40, 64))
    tastes = 0.5 * subjects[random.integers(0, 40, n)] + random.normal(0, 0.5, (n, 64))
    points = np.concatenate((tastes, np.tile(random.normal(0, 0.5, 64), (dealt, 1))))
    return (points + random.normal(0, noise, points.shape)).astype(np.float32)


def _nearest(points, blocks, keep=5):
    found = np.zeros((len(points), keep), np.int64)
    for rows, columns in blocks:
        apart = ((points[rows][:, None, :] - points[columns][None, :, :]) ** 2).sum(axis=2)
        apart[rows[:, None] == columns[None, :]] = np.inf
        found[rows] = columns[np.argsort(apart, axis=1)[:, :keep]]
    return found


def test_few_are_compared_with_everybody():
    points = _crowd(3000, 0)
    blocks = list(neighbourhoods(points, seed=1))
    assert [len(rows) for rows, _ in blocks] == [2048, 952]
    assert all(len(columns) == 3000 for _, columns in blocks)
    assert list(neighbourhoods(points[:0], seed=1)) == []


@pytest.fixture
def small_cells(monkeypatch):
    monkeypatch.setattr(neighbours, "_CELL", 32)
    monkeypatch.setattr(neighbours, "_AROUND", 400)


def test_every_account_stands_in_one_block_with_itself(small_cells):
    points = _crowd(4000, 60)
    blocks = list(neighbourhoods(points, seed=1, whole=1000))
    assert np.array_equal(np.sort(np.concatenate([rows for rows, _ in blocks])), np.arange(len(points)))
    for rows, columns in blocks:
        assert np.isin(rows, columns).all()
        assert (np.diff(columns) > 0).all()
    looked_at = sum(len(rows) * len(columns) for rows, columns in blocks)
    assert looked_at < 0.25 * len(points) ** 2


def test_accounts_of_one_list_still_find_each_other(small_cells):
    points = _crowd(4000, 60)
    dealt = np.arange(4000, 4060)
    found = _nearest(points, neighbourhoods(points, seed=1, whole=1000))[dealt]
    assert np.isin(found, dealt).mean() > 0.99


def test_most_people_keep_their_nearest_too(small_cells):
    points = _crowd(1500, 0)
    whole = _nearest(points, neighbourhoods(points, seed=1))
    around = _nearest(points, neighbourhoods(points, seed=1, whole=1000))
    kept = np.mean([len(set(a) & set(b)) / len(a) for a, b in zip(whole.tolist(), around.tolist(), strict=True)])
    assert kept > 0.8


def test_the_same_points_give_the_same_blocks(small_cells):
    points = _crowd(2000, 20)
    first, again = (list(neighbourhoods(points, seed=3, whole=500)) for _ in range(2))
    assert len(first) == len(again)
    for (rows, columns), (same, too) in zip(first, again, strict=True):
        assert np.array_equal(rows, same)
        assert np.array_equal(columns, too)


def test_a_crowd_of_equals_does_not_make_all_pairs(small_cells):
    points = np.concatenate((_crowd(1000, 0), np.ones((5000, 64), np.float32)))
    for rows, columns in neighbourhoods(points, seed=1, whole=500):
        assert len(columns) <= 2 * 400 + len(rows)


def test_a_point_stands_in_the_cell_of_its_nearest_centre():
    points = np.repeat(np.eye(6, 64, dtype=np.float32) * 4, 50, axis=0)
    cells = in_cells(points, 6, seed=3)
    assert all(len(set(cells[start : start + 50].tolist())) == 1 for start in range(0, 300, 50)), "equal points"
    assert 2 <= len(set(cells.tolist())) <= 6
    assert (in_cells(points, 6, seed=3) == cells).all()
    assert (in_cells(points[:3], 1, seed=3) == 0).all()
