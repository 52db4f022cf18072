"""First key: tests that strangers fail at the stated rate, and how families confirm each other."""

import numpy as np
import pytest
from scipy.stats import binom

from stillwatch.campaigns.coordination import CROSSING, Shared, Sharing, coordination, p_value
from stillwatch.campaigns.sameness import Sameness
from stillwatch.model import Family, Reason


def _shared(family, p, observed=1.0, signal="s"):
    return Shared(Reason(signal, str(family), 0.01, observed, 10.0), p)


def _same(p, observed=0.0):
    return Sameness(0.1, observed, p)


NOISE = {"shared_payment": (0.2, 3), "shared_address": (0.5, 4), "shared_user_agent": (0.6, 10)}


def _noise(households, accounts, seed):
    return {
        signal: households(accounts, share, size, 10 * seed + i)
        for i, (signal, (share, size)) in enumerate(NOISE.items())
    }


def test_groups_that_links_did_not_choose_share_no_more_than_chance(sample, bonds, households):
    population = sample(honest=1000, prompts=1).population
    rejected, tested = 0, 0
    for seed in range(4):
        sharing = Sharing(population, bonds(population, _noise(households, 1000, seed)))
        random = np.random.default_rng(seed)
        for _ in range(60):
            group = np.sort(random.choice(1000, int(random.integers(5, 60)), replace=False))
            results = sharing.test(group)
            tested += len(NOISE)
            rejected += sum(test.p_value <= 0.01 for test in results)
    assert rejected <= binom.ppf(0.999, tested, 0.01)


def test_a_group_that_shares_beyond_chance_shows_with_expected_and_observed(sample, bonds, households):
    population = sample(honest=1000, prompts=1).population
    shared = _noise(households, 1000, 1)
    shared["shared_payment"] |= {f"campaign-{h}": list(range(5 * h, 5 * h + 5)) for h in range(4)}
    tests = {t.reason.signal: t for t in Sharing(population, bonds(population, shared)).test(np.arange(40))}
    payment = tests["shared_payment"]
    assert payment.p_value < 1e-6
    assert payment.reason.observed == pytest.approx(0.5, abs=0.1)
    assert payment.reason.expected < 0.1
    assert payment.reason.family == "identity"
    assert payment.reason.bits > 15
    assert all(t.p_value > 0.001 for signal, t in tests.items() if signal != "shared_payment")


def test_two_of_five_with_a_mail_domain_that_hundreds_have_show_nothing(sample, bonds):
    """A value that makes most pairs of the population comes with many of its holders, or with two by chance."""
    population = sample(honest=400).population
    graph = bonds(population, {"shared_email_domain": {"big": list(range(5, 255)), "mine": [0, 5]}})
    few = np.array([0, 5, 6, 300, 301])
    shared = Sharing(population, graph).test(few)
    assert len(shared) == 1
    assert shared[0].p_value > 0.1


def test_seats_of_one_payer_share_nothing_as_strangers(sample, bonds):
    payers = ["firm"] * 20 + [None] * 180
    population = sample(honest=200, prompts=1, organization_id=payers).population
    shared = {"shared_payment": {"card": list(range(20)), "other": [50, 51]}}
    assert Sharing(population, bonds(population, shared)).test(np.arange(20)) == []
    open_population = sample(honest=200, prompts=1).population
    assert Sharing(open_population, bonds(open_population, shared)).test(np.arange(20))[0].p_value < 1e-4


def test_a_group_without_links_and_a_population_without_any(sample, bonds):
    population = sample(honest=20, prompts=1).population
    assert Sharing(population, bonds(population, {"shared_payment": {"x": [0, 1]}})).test(np.arange(5, 10)) == []
    assert Sharing(population, bonds(population, {})).test(np.arange(5, 10)) == []


@pytest.mark.parametrize("family", [f for f in Family if f != Family.CONTENT])
def test_one_family_alone_never_convicts_by_metadata(family):
    tests = [_shared(family, 1e-40, signal="one"), _shared(family, 1e-40, signal="two")]
    assert p_value(None, tests, family) == 1
    assert p_value(_same(0.9), tests, family) > 0.5


def test_a_second_family_confirms_the_first():
    both = [_shared("identity", 1e-12), _shared("tempo", 1e-6)]
    assert p_value(None, both, "identity") < 1e-4
    assert p_value(None, both, "identity") >= 1e-6
    assert p_value(None, both, "tempo") < 1e-4
    weak = [_shared("identity", 1e-12), _shared("tempo", 0.2)]
    assert p_value(None, weak, "identity") > 0.2


def test_what_formed_a_group_by_content_is_only_confirmed_by_the_other_half():
    tests = [_shared("content", 1e-40), _shared("identity", 1e-40)]
    for found_by in ("content", None):
        assert p_value(_same(0.3), tests, found_by) == pytest.approx(0.3)
        assert p_value(None, tests, found_by) == 1
        assert p_value(_same(1e-8), [], found_by) == pytest.approx(1e-8)


def test_under_the_null_p_values_are_conservative():
    """Independent uniform p-values in every family, one of them having formed the group: at most the level."""
    random = np.random.default_rng(1)
    found = []
    for _ in range(4000):
        tests = [_shared(f, random.random(), signal=str(i)) for i, f in enumerate((*Family, "identity"))]
        found.append(p_value(_same(random.random()), tests, "identity"))
    found = np.array(found)
    for level in (0.01, 0.05, 0.2):
        assert binom.sf((found <= level).sum() - 1, len(found), level) > 1e-3, "provably more often than stated"


def test_no_evidence_is_no_coordination_and_more_is_more():
    assert coordination(None, []) == 0
    assert coordination(_same(0.5), [_shared("identity", 0.5)]) == 0
    one = coordination(None, [_shared("identity", 1e-9, 0.5)])
    two = coordination(None, [_shared("identity", 1e-9, 0.5), _shared("tempo", 1e-9, 0.5)])
    three = coordination(_same(1e-9), [_shared("identity", 1e-9, 0.5), _shared("tempo", 1e-9, 0.5)])
    assert 0 < one < two < three <= 1
    again = [_shared("identity", 1e-9, 0.5), _shared("identity", 1e-9, 0.4, signal="other")]
    assert coordination(None, again) == one


def _blocks(first, count, of):
    return {f"{first}-{h}": list(range(first + h * of, first + (h + 1) * of)) for h in range(count)}


def _strided(first, count, of):
    """Return hubs that cut across those of :func:`_blocks`: each holds one account of several of them."""
    return {f"{first}-{h}": list(range(first + h, first + count * of, count)) for h in range(count)}


def _crossed(sample, bonds, cards, domains, members=range(30), payers=None):
    population = sample(honest=600, prompts=1, organization_id=payers or [None] * 600).population
    shared = {"shared_payment": cards, "shared_email_domain": domains}
    return Sharing(population, bonds(population, shared)).crossed(np.array(members)).p_value


def test_a_card_with_some_and_a_name_with_others_is_no_household(sample, bonds):
    homes = _blocks(100, 40, 4)
    assert _crossed(sample, bonds, _blocks(0, 5, 6) | homes, _strided(0, 5, 6) | homes) < 1e-9
    assert _crossed(sample, bonds, _blocks(0, 5, 6) | homes, _blocks(0, 5, 6) | homes) == 1
    assert _crossed(sample, bonds, _blocks(0, 5, 6) | homes, homes) == 1


def test_where_people_cross_as_often_crossing_says_nothing(sample, bonds):
    """The rate is that of those outside who share anything at all."""
    cards, domains = _blocks(0, 5, 6), _strided(0, 5, 6)
    for i in range(15):
        cards |= _blocks(30 + 30 * i, 5, 6)
        domains |= _strided(30 + 30 * i, 5, 6)
    assert _crossed(sample, bonds, cards, domains) > 0.5


def test_accounts_that_hold_a_group_together_are_not_counted(sample, bonds):
    """Identity formed it, so two cards meet in somebody; four bridges over five cards prove nothing."""
    chain = {f"bridge-{h}": [6 * h + 5, 6 * h + 6] for h in range(4)}
    assert _crossed(sample, bonds, _blocks(0, 5, 6) | _blocks(100, 40, 4), chain | _blocks(100, 40, 4)) > 0.01


def test_crossing_is_told_as_sharing_is(sample, bonds):
    """The share of members whose ties cross, against strangers; and only where they were shown to."""
    population, members, homes = sample(honest=600).population, np.arange(40), _blocks(100, 40, 4)
    shared = {"shared_payment": _blocks(0, 5, 6) | homes, "shared_device": _strided(0, 5, 6) | homes}
    found = Sharing(population, bonds(population, shared)).evidence(members)
    told = {shared.reason.signal: shared.reason for shared in found}
    assert told[CROSSING].family == "identity"
    assert told[CROSSING].observed == 0.75, "thirty of forty"
    assert told[CROSSING].expected < 0.1
    assert told[CROSSING].bits > 20
    household = Sharing(population, bonds(population, shared | {"shared_device": homes})).evidence(members)
    assert CROSSING not in {s.reason.signal for s in household}


def test_seats_of_one_payer_cross_with_nobody(sample, bonds):
    payers = ["firm"] * 30 + [None] * 570
    assert _crossed(sample, bonds, _blocks(0, 5, 6), _strided(0, 5, 6), payers=payers) == 1


def test_crossing_confirms_what_identity_formed_and_nothing_else():
    one = [_shared("identity", 1e-40)]
    assert p_value(None, one, "identity", 1e-12) < 1e-9
    assert p_value(None, one, "identity", 0.5) > 0.5
    assert p_value(None, [_shared("tempo", 1e-40)], "tempo", 1e-12) == 1
    assert p_value(None, one, None, 1e-12) == 1


def test_the_share_that_identity_ties_is_of_all_its_signals_and_of_other_payers(sample, bonds):
    payers = [None] * 50 + ["firm"] * 10
    population = sample(honest=60, prompts=2, organization_id=payers).population
    members = np.arange(20, 60)

    def tied(bits=8.0, **shared):
        return Sharing(population, bonds(population, shared, bits=bits)).tied(members)

    assert tied() == 0
    assert tied(shared_payment={"a": [20, 21], "b": [22, 23]}) == 4 / 40
    both = {"shared_payment": {"a": [20, 21]}, "shared_device": {"d": [21, 22, 23]}}
    assert tied(**both) == 4 / 40, "by any of them, each once"
    assert tied(shared_payment={"a": [20, 3, 4]}) == 0, "with members, not with others"
    assert tied(shared_payment={"a": range(50, 60)}) == 0, "one payer's accounts are its own"
    assert tied(shared_payment={"a": [49, 50, 51]}) == 3 / 40
    assert tied(shared_address={"ip": range(20, 40)}) == 0
    assert tied(bits=2.0, shared_email_domain={"mail": range(20, 40)}) == 0, "a mail domain that many have"
