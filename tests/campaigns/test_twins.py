"""Twins: edges between accounts of one worklist, few per account, none among people."""

from functools import partial

import numpy as np
import pytest

from stillwatch.campaigns.distance import Tastes
from stillwatch.campaigns.neighbours import neighbourhoods
from stillwatch.campaigns.twins import NEIGHBOURS, find

TASTES = Tastes(0.2, 0.4, 0.125)


def test_accounts_of_one_worklist_find_each_other(sample):
    drawn = sample(honest=300, dealt=30, prompts=40)
    for half in drawn.population.halves:
        left, right, nats = find(half, TASTES)
        dealt = np.isin(left, drawn.dealt) & np.isin(right, drawn.dealt)
        assert dealt.sum() >= 30 * 4
        assert dealt.mean() > 0.95
        assert (nats > 0).all()
        assert set(drawn.dealt.tolist()) <= set(np.concatenate((left, right)).tolist())


def test_people_have_hardly_any_twin(sample):
    left, _, _ = find(sample(honest=400, prompts=40).population.halves[0], TASTES)
    assert len(left) <= 4


def test_each_edge_stands_once_and_no_account_chooses_many(sample):
    left, right, _ = find(sample(honest=5, dealt=200, prompts=20).population.whole, TASTES)
    assert (left < right).all()
    assert len(set(zip(left.tolist(), right.tolist(), strict=True))) == len(left)
    assert len(left) <= 205 * NEIGHBOURS


def test_edges_are_the_strongest_whatever_the_block(sample, monkeypatch):
    content = sample(honest=100, dealt=40, prompts=30).population.whole
    whole = find(content, TASTES)
    monkeypatch.setattr("stillwatch.campaigns.neighbours._BLOCK", 17)
    parts = find(content, TASTES)
    assert np.array_equal(whole[0], parts[0])
    assert np.array_equal(whole[1], parts[1])
    assert np.allclose(whole[2], parts[2], atol=1e-3)


def test_where_not_all_can_be_compared_those_of_one_worklist_still_find_each_other(sample, monkeypatch):
    drawn = sample(honest=1500, dealt=40, prompts=30)
    for name, value in (("_CELL", 32), ("_AROUND", 300)):
        monkeypatch.setattr(f"stillwatch.campaigns.neighbours.{name}", value)
    monkeypatch.setattr("stillwatch.campaigns.twins.neighbourhoods", partial(neighbourhoods, whole=500))
    left, right, nats = found = find(drawn.population.whole, TASTES)
    for one, several in zip(found, find(drawn.population.whole, TASTES, threads=3), strict=True):
        assert np.array_equal(one, several)
    dealt = np.isin(left, drawn.dealt) & np.isin(right, drawn.dealt)
    assert dealt.sum() >= 40 * 4
    assert dealt.mean() > 0.95
    assert (left < right).all()
    assert (nats > 0).all()


@pytest.mark.parametrize(("honest", "prompts"), [(1, 20), (2, 1), (50, 1)])
def test_too_little_to_tell(sample, honest, prompts):
    content = sample(honest=honest, prompts=prompts).population.whole
    left, right, nats = find(content, TASTES)
    assert len(left) == len(right) == len(nats) == 0
