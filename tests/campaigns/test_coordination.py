"""First key: tests that strangers fail at the stated rate, and how families confirm each other."""

import numpy as np
import pytest
from scipy.stats import binom

from stillwatch.campaigns.coordination import CROSSING, LEAST_P, MAX_BITS, Shared, Sharing, coordination, p_value, ties
from stillwatch.campaigns.sameness import Sameness
from stillwatch.model import Family, Reason, ReasonKind


def _shared(family, p, observed=1.0, signal="s"):
    return Shared(Reason(signal, str(family), ReasonKind.NEG_LOG2_P, 0.01, observed, 10.0, MAX_BITS), p)


def _same(p, observed=0.0):
    return Sameness(0.1, observed, p)


NOISE = {"shared_payment": (0.2, 3), "shared_address": (0.5, 4), "same_start": (0.6, 10)}


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
    assert payment.reason.kind is ReasonKind.NEG_LOG2_P
    assert payment.reason.value == payment.reason.cap == MAX_BITS
    assert all(t.p_value > 0.001 for signal, t in tests.items() if signal != "shared_payment")


@pytest.mark.parametrize(
    "signal", ["shared_user_agent", "shared_frame", "shared_prompt", "shared_referrer", "model_move"]
)
def test_what_anybody_can_copy_ties_nobody(sample, bonds, signal):
    """A tool's client, a public template, a link, and a new model to which everybody moves on its first day."""
    population = sample(honest=1000, prompts=1).population
    groups = {f"x-{h}": list(range(5 * h, 5 * h + 5)) for h in range(8)}
    graph = bonds(population, {signal: groups, "shared_payment": groups})
    found = Sharing(population, graph).test(np.arange(40))
    assert [shared.reason.signal for shared in found] == ["shared_payment"]


def test_every_signal_of_the_client_and_some_others_tie_nobody():
    assert {family for family in Family if not ties("any", family)} == {Family.CLIENT}
    copied = {"model_move", "shared_frame", "shared_prompt", "shared_referrer"}
    for family in Family:
        assert not any(ties(signal, family) for signal in copied)
    assert all(ties(signal, Family.IDENTITY) for signal in ("shared_payment", "shared_device", "shared_phone"))


def test_a_signal_that_ties_nobody_changes_no_test_of_the_others(sample, bonds, households):
    population, shared = sample(honest=1000, prompts=1).population, _noise(households, 1000, 1)
    tool = {"shared_user_agent": {"tool": list(range(400))}, "shared_frame": {"template": list(range(100))}}
    one, other = (
        {t.reason.signal: t for t in Sharing(population, bonds(population, graph)).test(np.arange(60))}
        for graph in (shared, shared | tool)
    )
    assert one == other


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


@pytest.mark.parametrize("p", [0.0, 1e-300, 1e-7])
def test_no_evidence_counts_beyond_the_cap(p):
    """So strong a test says that its model is wrong, sooner than that it is right."""
    assert p_value(_same(p), [], None) == LEAST_P
    assert p_value(_same(p), [_shared("identity", p), _shared("tempo", p)], "identity") == LEAST_P
    assert pytest.approx(-np.log2(LEAST_P)) == MAX_BITS


def test_a_reason_is_never_above_its_cap_nor_below_nought(sample, bonds, households):
    population = sample(honest=1000, prompts=1).population
    shared = _noise(households, 1000, 3)
    shared["shared_payment"] |= {"card": list(range(40))}
    values = [t.reason.value for t in Sharing(population, bonds(population, shared)).test(np.arange(60))]
    assert 0 <= min(values) < max(values) == MAX_BITS
    assert all(str(value) != "-0.0" for value in values)


@pytest.mark.parametrize("family", [f for f in Family if f != Family.CONTENT])
def test_one_family_alone_never_convicts_by_metadata(family):
    tests = [_shared(family, 1e-40, signal="one"), _shared(family, 1e-40, signal="two")]
    assert p_value(None, tests, family) == 1
    assert p_value(_same(0.9), tests, family) > 0.5


def test_a_second_family_confirms_the_first():
    both = [_shared("identity", 1e-12), _shared("tempo", 1e-6)]
    assert p_value(None, both, "identity") < 1e-4
    assert p_value(None, both, "identity") >= LEAST_P
    exits = [_shared("infrastructure", 1e-12), _shared("identity", 1e-6)]
    assert p_value(None, exits, "infrastructure") < 1e-4
    weak = [_shared("identity", 1e-12), _shared("tempo", 0.2)]
    assert p_value(None, weak, "identity") > 0.2


def test_what_formed_a_group_by_content_is_only_confirmed_by_the_other_half():
    tests = [_shared("content", 1e-40), _shared("identity", 1e-40)]
    for found_by in ("content", "client", "tempo", None):
        assert p_value(_same(0.3), tests, found_by) == pytest.approx(0.3)
        assert p_value(None, tests, found_by) == 1
        assert p_value(_same(1e-5), [], found_by) == pytest.approx(1e-5)


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
    assert told[CROSSING].value == told[CROSSING].cap == MAX_BITS
    household = Sharing(population, bonds(population, shared | {"shared_device": homes})).evidence(members)
    assert CROSSING not in {s.reason.signal for s in household}


def test_seats_of_one_payer_cross_with_nobody(sample, bonds):
    payers = ["firm"] * 30 + [None] * 570
    assert _crossed(sample, bonds, _blocks(0, 5, 6), _strided(0, 5, 6), payers=payers) == 1


def test_a_link_that_anybody_can_copy_crosses_nothing(sample, bonds):
    """Flatmates share a card, and all came by one link: no device or phone of theirs is elsewhere."""
    population, homes = sample(honest=600, prompts=1).population, _blocks(100, 40, 4)
    shared = {"shared_payment": _blocks(0, 5, 6) | homes, "shared_referrer": _strided(0, 5, 6) | homes}
    sharing = Sharing(population, bonds(population, shared))
    assert sharing.crossed(np.arange(30)).p_value == 1
    assert not sharing.ties(np.arange(30)).crosses.any()


def test_crossing_confirms_what_identity_formed_and_nothing_else():
    one = [_shared("identity", 1e-40)]
    assert p_value(None, one, "identity", 1e-12) < 1e-4
    assert p_value(None, one, "identity", 0.5) > 0.5
    assert p_value(None, [_shared("tempo", 1e-40)], "tempo", 1e-12) == 1
    assert p_value(None, one, None, 1e-12) == 1


def test_ties_say_who_is_tied_and_by_what_alone(sample, bonds):
    payers = [None] * 50 + ["firm"] * 10
    population = sample(honest=60, prompts=2, organization_id=payers).population
    members = np.arange(20, 60)

    def tied(bits=8.0, **shared):
        found = Sharing(population, bonds(population, shared, bits=bits)).ties(members)
        return (members[found.is_tied]).tolist(), (members[found.n_alone > 0]).tolist()

    assert tied() == ([], [])
    assert tied(shared_payment={"a": [20, 21], "b": [22, 23]}) == ([20, 21, 22, 23], [])
    both = {"shared_payment": {"a": [20, 21]}, "shared_device": {"d": [21, 22, 23]}}
    assert tied(**both) == ([20, 21, 22, 23], []), "by any of them"
    assert tied(shared_payment={"a": [20, 3, 4]}) == ([20], [20]), "with others, and with no member"
    assert tied(shared_payment={"a": range(50, 60)}) == ([], []), "one payer's accounts are its own"
    assert tied(shared_payment={"a": [49, 50, 51]})[0] == [49, 50, 51]
    assert tied(shared_address={"ip": range(20, 40)}) == ([], [])
    assert tied(bits=2.0, shared_email_domain={"mail": range(20, 40)}) == ([], []), "a mail domain that many have"


def test_the_commonest_value_is_what_most_members_have_in_common(sample, bonds):
    population = sample(honest=60, prompts=2).population
    homes = {f"home-{i}": [i, i + 20] for i in range(10)}
    shared = {"shared_address": {"office": range(8), "z": [0, 30]} | homes, "shared_payment": {"card": range(60)}}
    sharing, members = Sharing(population, bonds(population, shared)), np.arange(12)
    found = sharing.commonest(members, "shared_address")
    assert len(set(found[:8].tolist())) == 1, "the office, though each has a home too"
    assert sharing.bonds.hubs[found[0]] == "shared_address:office"
    assert len(set(found[8:10].tolist()) - {found[0], -1}) == 2
    assert found[10:].tolist() == [-1, -1], "none at all"
    assert sharing.commonest(members, "shared_device").tolist() == [-1] * 12
    assert len(sharing.commonest(members[:0], "shared_address")) == 0
