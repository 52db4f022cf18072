"""Candidates: communities per family of traces, of frames and of twins."""

import numpy as np
import pyarrow as pa

from stillwatch.campaigns.grouping import bonds_of, seeds
from stillwatch.tables import LINKS

NONE = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


def _seeds(population, bonds, twins=(NONE, NONE), least=5):
    return seeds(population, bonds, twins, min_accounts=least, seed=1)


def _sets(found, family=None):
    return [set(s.members.tolist()) for s in found if family is None or s.family == family]


def test_bonds_do_not_depend_on_the_order_of_links(sample, links_of):
    population = sample(honest=20, prompts=1).population
    links = links_of({"shared_payment": {"x": [3, 1], "y": [1, 2]}, "same_start": {"h": [0, 1, 2]}})
    plain = bonds_of(links, population)
    other = bonds_of(links.take(pa.array([6, 2, 0, 5, 3, 1, 4])), population)
    for name in ("account", "hub", "signal", "bits"):
        assert np.array_equal(getattr(plain, name), getattr(other, name)), name
    assert plain.signals == other.signals == ["same_start", "shared_payment"]
    assert plain.families == ["tempo", "identity"]
    assert plain.bits.tolist() == [6.0] * 7
    named = [
        (population.accounts[a], plain.hubs[h], plain.signals[s])
        for a, h, s in zip(plain.account, plain.hub, plain.signal, strict=True)
    ]
    assert set(named) == {(r["account_id"], r["hub"], r["signal"]) for r in links.to_pylist()}


def test_no_links_are_no_bonds_and_no_seeds(sample):
    population = sample(honest=20, prompts=1).population
    empty = bonds_of(LINKS.schema.empty_table(), population)
    assert len(empty.account) == 0
    assert _seeds(population, empty) == []


def test_accounts_on_one_value_are_a_candidate_and_hubs_are_not_members(sample, bonds):
    population = sample(honest=40, prompts=1).population
    found = _seeds(
        population, bonds(population, {"shared_payment": {"x": range(7), "y": range(10, 15), "z": [20, 21]}})
    )
    assert _sets(found) == [set(range(7)), set(range(10, 15))]
    assert {s.family for s in found} == {"identity"}


def test_a_candidate_is_formed_by_one_family(sample, bonds):
    """Two families that overlap give a candidate each, so that one can confirm the other."""
    population = sample(honest=40, prompts=1).population
    found = _seeds(
        population, bonds(population, {"shared_payment": {"x": range(6)}, "shared_address": {"a": range(4, 12)}})
    )
    assert _sets(found, "identity") == [set(range(6))]
    assert _sets(found, "infrastructure") == [set(range(4, 12))]


def test_of_content_only_frames_form_groups(sample, bonds):
    population = sample(honest=40, prompts=1).population
    found = _seeds(population, bonds(population, {"shared_frame": {"f": range(8)}}))
    assert _sets(found, "content") == [set(range(8))]


def test_twins_keep_the_half_that_found_them(sample, bonds):
    population = sample(honest=40, prompts=1).population
    left, right = (np.array(x) for x in zip(*[(a, b) for a in range(6) for b in range(a + 1, 6)], strict=True))
    edges = left, right, np.full(len(left), 3.0)
    found = _seeds(population, bonds(population, {}), (NONE, edges))
    assert _sets(found) == [set(range(6))]
    assert [s.half for s in found] == [1]


def test_two_rings_joined_by_one_account_are_told_apart(sample, bonds):
    population = sample(honest=80, prompts=1).population
    hubs = {f"a{i}": range(20) for i in range(3)} | {f"b{i}": range(20, 40) for i in range(3)} | {"bridge": [0, 20]}
    found = _seeds(population, bonds(population, {"shared_address": hubs}))
    assert sorted(_sets(found), key=min) == [set(range(20)), set(range(20, 40))]


def test_small_groups_are_left_out_and_large_ones_come_first(sample, bonds):
    population = sample(honest=60, prompts=1).population
    shared = {"shared_payment": {"s": range(4), "m": range(10, 16), "l": range(20, 35)}}
    assert [len(s.members) for s in _seeds(population, bonds(population, shared))] == [15, 6]
    assert [len(s.members) for s in _seeds(population, bonds(population, shared), least=3)] == [15, 6, 4]


def test_the_same_graph_gives_the_same_candidates(sample, bonds, households):
    population = sample(honest=600, prompts=1).population
    graph = bonds(population, {"shared_address": households(600, 0.9, 4, 1) | households(600, 0.9, 5, 2)})
    first, second = _seeds(population, graph), _seeds(population, graph)
    assert [s.members.tolist() for s in first] == [s.members.tolist() for s in second]
    assert len(first) > 3
