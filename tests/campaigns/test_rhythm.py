"""Accounts of a group that are run alike, found among others that ask for the same things."""

import numpy as np
import pytest

from stillwatch.campaigns import rhythm


def _run(random, count, *, pace, days, tokens, wide):
    """Return exchanges, days and output tokens of accounts run around these numbers, *wide* apart (log)."""
    days = np.maximum(1, np.rint(days * np.exp(random.normal(0, wide, count)))).astype(int)
    n = np.maximum(1, np.rint(days * pace * np.exp(random.normal(0, wide, count)))).astype(int)
    return n, days, np.rint(n * tokens * np.exp(random.normal(0, wide / 2, count))).astype(int)


@pytest.fixture
def group(sample):
    """Return a population and the group in it: *hands* accounts run alike first, then readers, then everybody."""

    def drawn(hands, readers, seed=1, **known):
        random = np.random.default_rng(seed)
        parts = [
            _run(random, hands, pace=2.0, days=26, tokens=340, wide=0.1),
            _run(random, readers, pace=8.0, days=3, tokens=210, wide=0.8),
            _run(random, 200, pace=4.0, days=8, tokens=140, wide=0.9),
        ]
        n, days, tokens = (np.concatenate(columns).tolist() for columns in zip(*parts, strict=True))
        people = sample(
            honest=hands + readers + 200, prompts=3, n_exchanges=n, n_days=days, output_tokens=tokens,
            n_measured=known.get("measured", n),
        )  # fmt: skip
        at = np.array([people.population.index[f"acct-{i}"] for i in range(hands + readers)])
        return people.population, np.sort(at), set(at[:hands].tolist())

    return drawn


@pytest.mark.parametrize(("hands", "readers"), [(60, 90), (30, 120), (100, 20)])
def test_those_run_alike_are_told_from_readers(group, hands, readers):
    population, members, alike = group(hands, readers)
    found = rhythm.core(population, members)
    core = set(found.members.tolist())
    assert len(core & alike) >= 0.95 * hands
    assert len(core - alike) <= 0.05 * hands + 1
    assert found.own < found.others / 2


def test_of_readers_alone_a_core_is_as_wide_as_readers_are(group):
    """Some of them are always nearest to each other; how they are run then says nothing for either key."""
    for seed in range(1, 6):
        population, members, _ = group(0, 150, seed)
        pace = np.log(population.activity["n_exchanges"] / population.activity["n_days"])
        core = rhythm.core(population, members)
        assert core is None or pace[core.members].std() > 0.2


def test_one_hand_alone_has_no_core(group):
    population, members, _ = group(80, 0)
    assert rhythm.core(population, members) is None


def test_answers_of_unknown_length_say_nothing(group):
    population, members, alike = group(60, 90, measured=[0] * 350)
    core = set(rhythm.core(population, members).members.tolist())
    assert len(core & alike) >= 0.9 * len(alike)
    assert len(core - alike) <= 6


def test_a_group_of_one_or_none_has_no_core(group):
    population, members, _ = group(10, 10)
    for few in (members[:0], members[:1]):
        assert rhythm.core(population, few) is None
