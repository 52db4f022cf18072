"""Whom to weigh where everybody is too many: whoever may belong is among them, and hardly anybody else."""

import numpy as np
import pytest

from stillwatch.campaigns import vicinity
from stillwatch.campaigns.coordination import Sharing
from stillwatch.campaigns.distance import fit, noise_factor
from stillwatch.campaigns.membership import content_nats

SOME = 100


@pytest.fixture
def drawn(sample, monkeypatch):
    """Return 1,200 people of whom some stand for all, and 60 dealt one list."""
    monkeypatch.setattr("stillwatch.campaigns.content.SOME", SOME)
    return sample(honest=1200, dealt=60, prompts=30)


def _tastes(population):
    return fit(population.whole, noise_factor(population))


@pytest.mark.parametrize("part", [6, 60])
def test_whoever_may_belong_by_what_it_asks_is_near(drawn, part):
    population, members = drawn.population, drawn.dealt[:part]
    (near,) = vicinity.asking_alike(population, _tastes(population), [members])
    nats = content_nats(population.whole, _tastes(population), members)
    prior = np.log(part / (len(population) - part))
    assert set(np.flatnonzero(nats + prior > 0).tolist()) <= set(near.tolist())
    assert set(drawn.dealt.tolist()) <= set(near.tolist())
    assert len(near) < 120


def test_groups_in_one_pass_are_looked_at_as_if_alone(drawn, monkeypatch):
    population, tastes = drawn.population, _tastes(drawn.population)
    groups = [drawn.dealt[:20], np.arange(7), np.arange(100, 140), drawn.dealt[30:]]
    alone = [vicinity.asking_alike(population, tastes, [group])[0].tolist() for group in groups]
    for together in (3, 16):
        monkeypatch.setattr(vicinity, "TOGETHER", together)
        found = [near.tolist() for near in vicinity.asking_alike(population, tastes, groups)]
        assert found == alone
    assert vicinity.asking_alike(population, tastes, []) == []


@pytest.mark.parametrize(("bits", "joined"), [(8.0, {3, 4}), (2.0, set())], ids=["rare", "common"])
def test_who_holds_a_rare_value_of_two_members_is_weighed_whatever_it_asks(drawn, bonds, bits, joined):
    population, members = drawn.population, drawn.dealt[:5]
    cards = {"shared_payment": {"card": [1200, 1201, 3, 4], "of one member": [1202, 5], "of none": [6, 7]}}
    found = vicinity.around(Sharing(population, bonds(population, cards, bits)), members, drawn.dealt[5:9])
    assert set(found.tolist()) - set(population.some.tolist()) == {*drawn.dealt[:9].tolist(), *joined}
    assert np.array_equal(found, np.unique(found))
    assert set(population.some.tolist()) <= set(found.tolist())


def test_of_few_accounts_all_are_weighed(sample, bonds):
    population = sample(honest=40).population
    found = vicinity.around(Sharing(population, bonds(population, {})), np.arange(5), np.arange(5))
    assert found.tolist() == list(range(40))
