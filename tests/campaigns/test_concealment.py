"""Openness: who goes by one name hides nothing."""

import numpy as np
import pytest

from stillwatch.campaigns.concealment import openness
from stillwatch.campaigns.coordination import Sharing

MEMBERS = np.arange(10)


def _openness(sample, bonds, shared=None, payers=None, members=MEMBERS):
    columns = {} if payers is None else {"organization_id": payers}
    population = sample(honest=40, prompts=1, **columns).population
    return openness(Sharing(population, bonds(population, shared or {})), members)


def test_strangers_are_not_open(sample, bonds):
    assert _openness(sample, bonds) == 0


def test_parties_are_counted_not_pairs(sample, bonds):
    """Two companies side by side are two customers, however large; ten strangers are ten."""
    assert _openness(sample, bonds, payers=["firm"] * 10 + [None] * 30) == 1
    halves = _openness(sample, bonds, payers=["firm"] * 5 + ["other"] * 5 + [None] * 30)
    assert halves == pytest.approx(1 - 1 / 9)


@pytest.mark.parametrize("signal", ["shared_email_domain", "shared_payment", "shared_address"])
def test_one_thing_in_common_is_not_enough(sample, bonds, signal):
    assert _openness(sample, bonds, {signal: {"x": range(10)}}) == 0


@pytest.mark.parametrize("signal", ["shared_payment", "shared_address"])
def test_a_mail_domain_of_their_own_and_one_thing_more_are_one_name(sample, bonds, signal):
    shared = {"shared_email_domain": {"firm": range(10)}, signal: {"x": range(10)}}
    assert _openness(sample, bonds, shared) == 1
    some = {"shared_email_domain": {"firm": range(10)}, signal: {"x": range(6)}}
    assert _openness(sample, bonds, some) == pytest.approx(1 - 4 / 9)


def test_one_card_and_one_address_behind_many_names_are_not_open(sample, bonds):
    shared = {"shared_payment": {"card": range(10)}, "shared_address": {"exit": range(10)}}
    assert _openness(sample, bonds, shared) == 0


def test_the_value_that_most_members_share_is_the_one_that_counts(sample, bonds):
    """Each also has an address of its own pair; the office they all use is what they show."""
    pairs = {f"home-{i}": [i, i + 20] for i in range(10)}
    shared = {"shared_email_domain": {"firm": range(10)}, "shared_address": {"office": range(10)} | pairs}
    assert _openness(sample, bonds, shared) == 1


def test_what_others_share_does_not_matter(sample, bonds):
    shared = {"shared_email_domain": {"firm": range(20, 40)}, "shared_address": {"x": range(20, 40)}}
    assert _openness(sample, bonds, shared) == 0
    assert _openness(sample, bonds, shared, members=np.array([3])) == 0
