"""Hidden control, and honest people who share cards, devices and evenings."""

from itertools import pairwise

import numpy as np
import pytest

from stillwatch.campaigns import concealment
from stillwatch.campaigns.concealment import HiddenTies, is_concealed, successions, ties

SIZE = 1000
MEMBERS = np.arange(40)
DAY, HOUR = 86_400, 3_600
LOG_S = 1_772_000_000
NOBODY = np.zeros(40, bool)


@pytest.fixture
def facts(sample, facts_of):
    """Return the facts of a thousand accounts that hold these values."""
    return lambda *held, **known: facts_of(sample(honest=SIZE, prompts=1), *held, **known)


def _ties(facts, *, names=None, address=None, members=MEMBERS):
    n = len(members)
    own = np.arange(n) if names is None else np.asarray(names)
    return ties(facts, members, own, np.full(n, -1) if address is None else np.asarray(address))


def _cards(*sizes, first=0):
    starts = first + np.cumsum((0, *sizes))
    return {f"c{first}-{i}": range(a, b) for i, (a, b) in enumerate(pairwise(starts))}


def test_the_first_of_a_tie_is_not_counted(facts):
    found = _ties(facts({"payment_fingerprint": _cards(8, 8)}))
    assert found.is_tied.sum() == 16
    assert found.beyond == 14
    assert is_concealed(found, NOBODY)


def test_two_couples_and_a_flat_among_forty_are_no_hidden_control(facts):
    found = _ties(facts({"payment_fingerprint": _cards(2, 2, 3)}))
    assert found.is_tied.sum() == 7
    assert found.beyond == 4
    assert not is_concealed(found, NOBODY)


def test_what_households_of_the_log_share_is_taken_off(facts):
    """Where every second account lives with another, five couples among forty are what anybody would expect."""
    couples = {f"h{i}": [i, i + 1] for i in range(100, 600, 2)}
    cards = _cards(2, 2, 2, 2, 2, 2)
    alone = _ties(facts({"payment_fingerprint": cards}))
    among = _ties(facts({"payment_fingerprint": cards | couples}))
    assert (alone.beyond, among.beyond) == (6, 0)
    assert is_concealed(alone, NOBODY)
    assert not is_concealed(among, NOBODY)


def test_households_elsewhere_do_not_hide_cards_of_eight(facts):
    couples = {f"h{i}": [i, i + 1] for i in range(100, 600, 2)}
    assert _ties(facts({"payment_fingerprint": _cards(8) | couples})).beyond == 7


def test_a_stray_account_on_the_card_of_a_reseller_marks_nobody_else(facts):
    """Forty-three seats of one name pay with one card, and so does one account under another name."""
    members = np.arange(50)
    held = facts({"payment_fingerprint": {"reseller": range(44)}})
    found = _ties(held, names=[0] * 43 + list(range(1, 8)), members=members)
    assert np.flatnonzero(found.is_tied).tolist() == [43]
    assert found.beyond == 0


def test_others_on_the_card_of_a_name_are_tied(facts):
    held = facts({"payment_fingerprint": {"card": range(10)}})
    found = _ties(held, names=[0, 0, 0, *range(1, 38)])
    assert np.flatnonzero(found.is_tied).tolist() == list(range(3, 10))


@pytest.mark.parametrize(("means", "tied"), [("device_fingerprint", 0), ("payment_fingerprint", 20)])
def test_a_device_at_one_address_is_a_place_and_a_card_is_not(facts, means, tied):
    held = facts({means: {"a": range(10), "b": range(10, 20)}})
    address = [7] * 20 + list(range(100, 120))
    assert _ties(held, address=address).is_tied.sum() == tied


def test_a_device_that_moves_over_addresses_is_a_tie(facts):
    held = facts({"device_fingerprint": {"a": range(10)}})
    assert _ties(held, address=range(40)).is_tied.sum() == 10
    assert _ties(held).is_tied.sum() == 10, "no address is known, so none says that it is a place"


def test_ties_and_successions_count_together_and_each_account_once(facts):
    tied = np.arange(40) < 4
    hidden = HiddenTies(tied, np.where(tied, 0.75, 0.0), tied, 0.0)
    followed = np.arange(40) >= 38
    assert is_concealed(hidden, followed)
    assert not is_concealed(hidden, np.arange(40) < 2)


def test_a_tie_across_groups_counts_for_each_by_its_members(facts):
    """A card of eight, five of them in one group: those count 5 times 7 eighths."""
    found = _ties(facts({"payment_fingerprint": _cards(8)}))
    assert found.of(np.arange(3, 20)).beyond == pytest.approx(5 * 7 / 8)
    assert found.of(np.arange(8, 40)).beyond == 0


def test_nobody_shares_anything(facts):
    found = _ties(facts({"payment_fingerprint": {f"o{i}": [i] for i in range(40)}}))
    assert not found.is_tied.any()
    assert found.beyond == 0
    assert not _ties(facts()).is_tied.any()


def _opened_apart(random, first, last):
    return {i: LOG_S + float(random.uniform(0, 28)) * DAY for i in range(first, last)}


def test_a_customer_who_moves_in_one_evening_follows_nobody(facts):
    """Twenty accounts are closed and twenty opened within the hour; one more was closed two weeks before."""
    random = np.random.default_rng(1)
    opened = _opened_apart(random, 40, SIZE) | dict.fromkeys(range(20), LOG_S - 300 * DAY)
    closed = {i: LOG_S + 20 * DAY + 60 * i for i in range(20)} | {0: LOG_S + 6 * DAY}
    opened |= {i: LOG_S + 20 * DAY + HOUR + 60 * i for i in range(20, 40)}
    assert not successions(facts(opened=opened, closed=closed), MEMBERS).any()


def test_an_account_for_each_that_was_closed_follows_it(facts):
    random = np.random.default_rng(1)
    opened = _opened_apart(random, 40, SIZE) | dict.fromkeys(range(20), LOG_S - 300 * DAY)
    closed = {i: LOG_S + (i + 1) * DAY for i in range(20)}
    opened |= {i: closed[i - 20] + HOUR for i in range(20, 40)}
    assert np.flatnonzero(successions(facts(opened=opened, closed=closed), MEMBERS)).tolist() == list(range(20, 40))


def test_one_closure_has_one_successor():
    """As many as can be matched: of five openings after two closures two, and none that came too late or too early."""
    closures = np.array([10.0, 11.0]) * HOUR
    opened = np.array([9.0, 10.5, 11.5, 12.0, 12.5, 15.0, np.nan]) * HOUR
    assert concealment._followed(opened, closures) == ([1, 2], [0, 1])
    late = np.array([12.9, 13.5]) * HOUR
    assert concealment._followed(late, closures) == ([0, 1], [0, 1]), "the first takes the closure that ends first"
    assert concealment._followed(opened, np.empty(0)) == ([], [])
