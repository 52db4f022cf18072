"""Who belongs: found from a part of a group, by what is asked and what is shared."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from stillwatch.campaigns.coordination import Sharing
from stillwatch.campaigns.distance import fit, noise_factor
from stillwatch.campaigns.membership import asking, refine
from stillwatch.model import Family


def _refined(sample, bonds, start, *, shared=None, content=True, least=0.5):
    population = sample.population
    tastes = fit(population.whole, noise_factor(population))
    sharing = Sharing(population, bonds(population, shared or {}))
    asks = partial(asking, population.whole, tastes) if content else None
    return refine(sharing, start, asks=asks, least=least)


@pytest.mark.parametrize("part", [6, 15, 30])
def test_what_is_asked_finds_the_rest_of_a_worklist(sample, bonds, part):
    drawn = sample(honest=500, dealt=30, prompts=30)
    found = _refined(drawn, bonds, drawn.dealt[:part])
    assert np.isin(drawn.dealt, found.members).mean() >= 0.96
    assert np.isin(found.members, drawn.dealt).all()
    assert (found.content > 0).all()


def test_strangers_in_the_seed_are_thrown_out(sample, bonds):
    drawn = sample(honest=500, dealt=30, prompts=30)
    found = _refined(drawn, bonds, np.concatenate(([3, 77, 200], drawn.dealt[:20])))
    assert not np.isin([3, 77, 200], found.members).any()
    assert len(found.members) >= 29


def test_probabilities_are_probabilities_and_parts_have_their_shapes(sample, bonds):
    drawn = sample(honest=300, dealt=20, prompts=20)
    for least in (0.5, 0.95):
        found = _refined(drawn, bonds, drawn.dealt, least=least)
        assert (found.probability >= least).all()
        assert (found.probability <= 1).all()
        assert np.array_equal(found.members, np.sort(found.members))
        assert found.traces.shape == (len(found.members), len(Family))
        assert found.content.shape == found.probability.shape


@pytest.mark.parametrize("prompts", [4, 8])
def test_stated_membership_is_not_more_than_is_true(sample, bonds, prompts):
    """With few prompts nobody can be sure; of those stated at some probability at least about so many belong."""
    belong, stated = [], []
    for seed in range(6):
        drawn = sample(honest=500, dealt=40, prompts=prompts, seed=seed)
        found = _refined(drawn, bonds, drawn.dealt[:20], least=0.05)
        belong.append(np.isin(found.members, drawn.dealt))
        stated.append(found.probability)
    belong, stated = np.concatenate(belong), np.concatenate(stated)
    for low in (0.05, 0.3, 0.5, 0.8):
        band = stated >= low
        assert belong[band].mean() > stated[band].mean() - 3 * np.sqrt(0.25 / band.sum())
    assert belong[stated >= 0.5].mean() > 0.9


def test_what_is_shared_finds_members_that_ask_for_other_things(sample, bonds):
    drawn = sample(honest=500, prompts=20)
    shared = {
        "shared_payment": {f"c{h}": range(h, 30, 6) for h in range(6)},
        "shared_address": {"ip": range(30)},
    }
    found = _refined(drawn, bonds, np.arange(20), shared=shared, content=False)
    assert set(range(30)) <= set(found.members.tolist())
    assert len(found.members) == 30
    assert not found.content.any()
    identity = list(Family).index(Family.IDENTITY)
    assert (found.traces[:, identity] > 0).all()


def test_sharing_what_everybody_shares_says_nothing(sample, bonds, households):
    drawn = sample(honest=400, prompts=20)
    shared = {"shared_address": households(400, 0.9, 4, 1)}
    found = _refined(drawn, bonds, np.arange(10), shared=shared, content=False)
    assert len(found.members) <= 20


def test_an_openly_paid_account_is_not_brought_in_by_what_it_asks(sample, bonds):
    """A licensed customer's accounts that work through the same list stay out; strangers that do come in."""
    payers = [None] * 530 + ["licensed"] * 10
    drawn = sample(honest=500, dealt=40, prompts=30, organization_id=payers)
    found = _refined(drawn, bonds, drawn.dealt[:20])
    assert np.isin(np.arange(500, 530), found.members).mean() > 0.9
    assert not np.isin(np.arange(530, 540), found.members).any()


def test_unless_something_hidden_ties_it_to_the_rest(sample, bonds):
    payers = [None] * 530 + ["front"] * 10
    drawn = sample(honest=500, dealt=40, prompts=30, organization_id=payers)
    shared = {"shared_payment": {f"c{h}": range(500 + h, 540, 8) for h in range(8)}}
    found = _refined(drawn, bonds, drawn.dealt[:20], shared=shared)
    assert np.isin(np.arange(530, 540), found.members).mean() > 0.7


def test_an_account_at_quite_another_pace_is_less_likely(sample, bonds):
    random = np.random.default_rng(1)
    paces = [*np.exp(random.normal(3, 1, 300)).astype(int).tolist(), *[20] * 30]
    stated = []
    for pace in (20, 21, 400):
        paces[329] = pace
        drawn = sample(honest=300, dealt=30, prompts=6, n_exchanges=paces, n_days=[1] * 330, seed=3)
        found = _refined(drawn, bonds, drawn.dealt[:25])
        stated.append(dict(zip(found.members.tolist(), found.probability, strict=True)).get(329, 0.0))
    assert stated[0] > 0.5
    assert stated[1] == pytest.approx(stated[0], abs=0.02)
    assert stated[2] < stated[0] - 0.05


def test_whatever_weighs_what_is_asked_is_asked_of_the_members_so_far(sample, bonds):
    """Another way to weigh content than whole accounts: what it says is kept per member, and who it names come in."""
    drawn = sample(honest=200, prompts=10)
    seen = []

    def asks(members):
        seen.append(members.tolist())
        nats = np.full(200, -5.0)
        nats[: len(members) + 10] = 9.0
        return nats

    sharing = Sharing(drawn.population, bonds(drawn.population, {}))
    found = refine(sharing, np.arange(20), asks=lambda accounts: asks, least=0.5)
    assert seen[:3] == [list(range(20)), list(range(30)), list(range(40))]
    assert found.members.tolist() == list(range(10 * len(seen) + 20))
    assert (found.content == 9.0).all()


def test_of_some_accounts_it_finds_whom_it_finds_of_all(sample, bonds):
    """Members and every third account: those of them that belong among all, by what they ask and share."""
    drawn = sample(honest=900, dealt=60, prompts=30)
    population, shared = drawn.population, {"shared_payment": {f"c{h}": range(900 + h, 960, 6) for h in range(6)}}
    tastes = fit(population.whole, noise_factor(population))
    sharing, some = Sharing(population, bonds(population, shared)), np.arange(0, 960, 3)
    start, asks = drawn.dealt[:20], partial(asking, population.whole, tastes)
    found = refine(sharing, start, asks=asks, least=0.5, among=some)
    everybody = refine(sharing, start, asks=asks, least=0.5)
    assert set(found.members.tolist()) == set(everybody.members.tolist()) & {*some.tolist(), *start.tolist()}
    assert 30 < len(found.members) < 40
    assert found.traces.shape == (len(found.members), len(Family))
    assert found.content.min() > 0


def test_of_some_accounts_each_is_judged_by_its_own_facts(sample, bonds):
    """Who was cleared, who is openly paid for and how busy each is are looked up by account, not by place in the look."""
    paces = [*np.exp(np.random.default_rng(1).normal(3, 1, 300)).astype(int).tolist(), *[20] * 30]
    paces[303], payers = 400, [None] * 306 + ["licensed"] * 24
    drawn = sample(honest=300, dealt=30, prompts=30, organization_id=payers, n_exchanges=paces, n_days=[1] * 330)
    population = replace(drawn.population, is_cleared=np.arange(330) == 301)
    sharing, odd, start = (
        Sharing(population, bonds(population, {})),
        np.arange(1, 330, 2),
        np.array([300, 302, 304, 305]),
    )

    def asks(accounts):
        return lambda at: np.where(accounts >= 300, 5.8, -8.0)

    found = refine(sharing, start, asks=asks, least=0.5, among=odd)
    everybody = refine(sharing, start, asks=asks, least=0.5)
    assert found.members.tolist() == everybody.members.tolist() == start.tolist()
    assert found.probability.min() > 0.7
    assert found.probability == pytest.approx(everybody.probability, abs=0.03), "the prior is that of the population"


def test_whoever_is_looked_at_the_members_are_among_them(sample, bonds):
    drawn = sample(honest=300, dealt=20, prompts=30)
    seen = []

    def asks(accounts):
        seen.append(accounts.tolist())
        return lambda at: np.where(np.isin(np.arange(len(accounts)), at), 9.0, -5.0)

    sharing = Sharing(drawn.population, bonds(drawn.population, {}))
    found = refine(sharing, drawn.dealt, asks=asks, least=0.5, among=np.arange(100))
    assert seen == [[*range(100), *drawn.dealt.tolist()]]
    assert np.array_equal(found.members, drawn.dealt)
