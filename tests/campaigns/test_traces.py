"""What shared traces say of who belongs: the strongest tie of a family, a second one to others, and losses."""

import numpy as np
import pytest

from stillwatch.campaigns import traces
from stillwatch.campaigns.coordination import Sharing
from stillwatch.model import Family

IDENTITY, INFRASTRUCTURE = (list(Family).index(f) for f in (Family.IDENTITY, Family.INFRASTRUCTURE))


@pytest.fixture
def weighed(sample, bonds):
    """Return nats of a population of *size* for *members* that share what *shared* says."""

    def nats(shared, members, size=400):
        population = sample(honest=size, prompts=2).population
        return traces.nats(
            Sharing(population, bonds(population, shared)), np.asarray(members), np.arange(len(population))
        )

    return nats


def _cards(count, of):
    return {f"card-{h}": range(h * of, (h + 1) * of) for h in range(count)}


def test_who_shares_a_card_with_members_belongs_and_who_does_not_loses_a_little(weighed):
    found = weighed({"shared_payment": _cards(5, 6)}, range(30))
    assert (found[:30, IDENTITY] > 2).all()
    assert (found[30:, IDENTITY] < 0).all()
    assert found[:, IDENTITY].min() >= -1.5
    assert not np.delete(found, IDENTITY, axis=1).any()


def test_nothing_shared_says_nothing(weighed):
    assert not weighed({}, range(10)).any()


def test_a_second_signal_of_identity_counts_by_those_whom_the_first_does_not_tie(weighed):
    """A mail domain with the same few as the card is the household's; one with other members is a second tie."""
    card = {"shared_payment": _cards(5, 6)}
    same = weighed(card | {"shared_email_domain": _cards(5, 6)}, range(30))
    others = weighed(card | {"shared_email_domain": {f"mail-{h}": range(h, 30, 5) for h in range(5)}}, range(30))
    alone = weighed(card, range(30))
    assert np.allclose(same[:30, IDENTITY], alone[:30, IDENTITY], atol=0.5)
    assert (others[:30, IDENTITY] > alone[:30, IDENTITY] + 1.5).all()


def test_a_second_signal_of_another_family_is_not_added(weighed):
    """An address and its subnet are one thing; the best of a family counts."""
    address = {"shared_address": _cards(5, 6)}
    one = weighed(address, range(30))
    both = weighed(address | {"shared_subnet": {f"net-{h}": range(h, 30, 5) for h in range(5)}}, range(30))
    assert (one[:30, INFRASTRUCTURE] > 0).all()
    assert np.allclose(both[:30, INFRASTRUCTURE], one[:30, INFRASTRUCTURE], atol=0.5)
    assert not both[:, IDENTITY].any()


def test_what_strangers_hold_too_says_less(weighed):
    alone = weighed({"shared_payment": _cards(5, 6)}, range(30))
    crowded = weighed({"shared_payment": _cards(5, 6) | {"card-0": [*range(6), *range(300, 340)]}}, range(30))
    assert (crowded[:6, IDENTITY] < alone[:6, IDENTITY]).all()


def test_the_order_of_members_does_not_matter(weighed):
    shared = {"shared_payment": _cards(5, 6), "shared_email_domain": {f"m-{h}": range(h, 30, 5) for h in range(5)}}
    assert np.array_equal(weighed(shared, range(30)), weighed(shared, range(29, -1, -1)))


def test_of_some_accounts_it_says_what_it_says_of_all(sample, bonds):
    """Holders, members and strangers stand at other places among some than among all."""
    population = sample(honest=400, prompts=2).population
    cards = {"a": range(5, 9), "b": range(9, 20), "c": [*range(20, 30), *range(300, 330)], "d": [8, 9, 24]}
    sharing, members = Sharing(population, bonds(population, {"shared_payment": cards}, bits=12)), np.arange(5, 30)
    some = np.union1d(np.arange(3, 400, 7), members)
    everybody = traces.nats(sharing, members, np.arange(400))
    assert np.array_equal(traces.nats(sharing, members, some), everybody[some])
    assert len(np.unique(everybody[some], axis=0)) > 3
