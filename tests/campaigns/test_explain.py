"""Reasons, innocent readings, and an id that outlives growth."""

import numpy as np
import pytest

from stillwatch.campaigns.coordination import CROSSING, Shared, Sharing
from stillwatch.campaigns.explain import capabilities, group_reasons, innocent_readings, member_reasons, name
from stillwatch.campaigns.harvest import Card
from stillwatch.campaigns.membership import Membership
from stillwatch.campaigns.sameness import Sameness
from stillwatch.model import Family, Reason


def _card(*entries):
    return Card(tuple(Reason(signal, "harvest", 1.0, 0.5, bits) for signal, bits in entries))


def _shared(family, p, signal="shared_payment"):
    return Shared(Reason(signal, family, 0.01, 0.6, 20.0), p)


def test_an_id_outlives_growth_and_renaming_and_tells_groups_apart(sample):
    population = sample(honest=60).population
    assert name(population, np.arange(5, 10)) == name(population, np.arange(5, 40))
    assert name(population, np.arange(5, 10)) != name(population, np.arange(6, 10))
    assert name(population, np.arange(5, 10)) == name(population, np.arange(5, 10)[::-1])
    other = sample(honest=60, prompts=9).population
    assert name(other, np.arange(5, 10)) == name(population, np.arange(5, 10))


def test_two_groups_of_one_beginning_get_two_ids(sample):
    population = sample(honest=60).population
    taken = set()
    for end in (10, 20, 30):
        taken.add(name(population, np.arange(5, end), taken))
    assert len(taken) == 3
    assert all(named.startswith("C-") for named in taken)


def test_capabilities_are_shares_largest_first(sample):
    population = sample(honest=10).population
    population.capabilities[:] = 0
    assert capabilities(population, np.arange(5)) == []
    population.capabilities[:5, 8] = 3
    population.capabilities[:5, 0] = 9
    found = capabilities(population, np.arange(5))
    assert [(c["name"], c["share"]) for c in found] == [("software engineering", 0.75), ("chat", 0.25)]


def test_group_reasons_are_what_held_strongest_first():
    shared = [_shared("identity", 1e-9), _shared("tempo", 0.5, "same_start")]
    reasons = group_reasons(Sameness(0.1, 0.01, 1e-12), shared, _card(("breadth", 3.0), ("follow_up", -1.0)))
    assert [r.signal for r in reasons] == ["same_worklist", "shared_payment", "breadth", "follow_up"]
    assert reasons[0].bits == pytest.approx(-np.log2(1e-12))
    assert group_reasons(None, [], _card()) == []
    assert group_reasons(Sameness(0.1, 0.0, 0.0), [], _card())[0].bits == 60


def test_member_reasons_name_the_strongest_value_of_each_family(sample, bonds):
    population = sample(honest=50).population
    graph = bonds(
        population,
        {"shared_payment": {"x": [0, 1, 2], "alone": [3, 40]}, "shared_address": {"a": [1, 2, 3, 30]}},
    )
    members = np.arange(4)
    found = Membership(members, np.ones(4), np.array([5.0, 0.0, -2.0, 0.0]), np.zeros((4, len(Family))))
    reasons = member_reasons(Sharing(population, graph), found)
    assert [{r.signal for r in rs} for rs in reasons] == [
        {"same_worklist", "shared_payment"},
        {"shared_payment", "shared_address"},
        {"shared_payment", "shared_address"},
        {"shared_address"},
    ]
    payment = next(r for r in reasons[0] if r.signal == "shared_payment")
    assert (payment.observed, payment.expected) == (0.75, 0.0)
    address = reasons[3][0]
    assert (address.observed, address.expected) == (0.75, pytest.approx(1 / 46))


def test_of_identity_every_signal_of_a_member_is_told(sample, bonds):
    """A second one that ties it to other members adds to its place, so whoever judges it must see both."""
    population = sample(honest=20).population
    graph = bonds(population, {"shared_payment": {"x": [0, 1]}, "shared_device": {"d": [0, 2]}})
    found = Membership(np.arange(3), np.ones(3), np.zeros(3), np.zeros((3, len(Family))))
    told = member_reasons(Sharing(population, graph), found)
    assert [{r.signal for r in rs} for rs in told] == [
        {"shared_payment", "shared_device"}, {"shared_payment"}, {"shared_device"},
    ]  # fmt: skip


def test_who_was_picked_out_and_whose_ties_cross_is_told_how_people_come_to_it(sample):
    population, members = sample(honest=20).population, np.arange(10)
    plain = innocent_readings(population, members, None, [_shared("identity", 1e-9)], _card())
    core = innocent_readings(population, members, None, [_shared("identity", 1e-9)], _card(("run_alike", 0.0)))
    assert [reading for reading in core if reading not in plain] == [core[0]]
    assert "picked out" in core[0]
    crossing = [_shared("identity", 1e-9), _shared("identity", 1e-9, CROSSING)]
    crossed = innocent_readings(population, members, None, crossing, _card())
    assert any("different members" in reading for reading in crossed if reading not in plain)


def test_innocent_readings_name_every_explanation_that_stands(sample):
    population = sample(honest=20, organization_id=["firm"] * 10 + [None] * 10).population
    strangers, firm = np.arange(10, 20), np.arange(10)
    plain = innocent_readings(population, strangers, None, [], _card(("never_collides", 2.0)))
    tempo = innocent_readings(population, strangers, None, [_shared("tempo", 1e-9)], _card(("never_collides", 2.0)))
    assert set(plain) < set(tempo)
    assert any("event" in reading for reading in tempo)
    frame = innocent_readings(population, strangers, None, [_shared("content", 1e-9)], _card())
    assert any("public template" in reading for reading in frame)
    gateway = innocent_readings(population, strangers, None, [], _card(("asks_what_all_ask", -4.0)))
    assert any("resellers and gateways" in reading for reading in gateway)
    open_seats = innocent_readings(population, firm, None, [], _card(("never_collides", 2.0)))
    assert any("paid for openly" in reading for reading in open_seats)
    same = innocent_readings(population, strangers, Sameness(0.1, 0.0, 1e-9), [], _card(("follow_up", -1.0)))
    assert any("benchmark" in reading for reading in same)
    assert any("conversation" in reading for reading in same)
    assert len(same) == len(set(same))
