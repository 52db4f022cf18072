"""Reasons by kind, innocent readings with the facts of the case, and an id that outlives growth."""

import re
from dataclasses import replace

import numpy as np
import pytest

from stillwatch.campaigns import accountability, recurrence, use
from stillwatch.campaigns.accountability import AccountabilityAnswer
from stillwatch.campaigns.candidates import Group
from stillwatch.campaigns.coordination import CROSSING, LEAST_P, MAX_BITS, Shared, Sharing
from stillwatch.campaigns.explain import (
    SENTENCES,
    capabilities,
    group_reasons,
    innocent_readings,
    member_reasons,
    name,
)
from stillwatch.campaigns.membership import Membership
from stillwatch.campaigns.recurrence import Pattern, Recurrence
from stillwatch.campaigns.sameness import Sameness
from stillwatch.model import Accountability, Family, Reason, ReasonKind

FOUND = Membership(np.arange(20), np.ones(20), np.zeros(20), np.zeros((20, 5)))
SAME = Sameness(0.1, 0.01, 1e-5)
ORDER = [ReasonKind.NEG_LOG2_P, ReasonKind.LOG2_LR, ReasonKind.RARITY, ReasonKind.DESCRIPTION]


def _described(signal, value, family=use.FAMILY, observed=0.5):
    return Reason(signal, family, ReasonKind.DESCRIPTION, 1.0, observed, value, 3.0)


def _shared(family, p, signal="shared_payment"):
    value = float(-np.log2(max(p, LEAST_P)))
    return Shared(Reason(signal, family, ReasonKind.NEG_LOG2_P, 0.01, 0.6, value, MAX_BITS), p)


def _answer(kind=Accountability.UNKNOWN, **shares):
    facts = dict.fromkeys(accountability.SENTENCES, 0.0) | shares
    told = (_described(fact, 0.0, accountability.FAMILY, share) for fact, share in facts.items())
    return AccountabilityAnswer(kind, tuple(told))


def _recurring(signal, pattern=Pattern.UNKNOWN, value=0.0, kind=ReasonKind.DESCRIPTION):
    return Recurrence(pattern, Reason(signal, Family.CONTENT, kind, 0.0, 1.0, value, 5.0))


DEALT = _recurring("dealt_evenly", Pattern.DEALT, 4.0, ReasonKind.LOG2_LR)
NOTHING = Recurrence(Pattern.UNKNOWN)


def _group(same=None, shared=()):
    return Group(1e-6, FOUND, same, list(shared))


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


def test_reasons_stand_by_kind_and_only_within_a_kind_by_value():
    """A likelihood ratio of fifteen bits is neither more nor less than a p-value of ten: they are never mixed."""
    shared = [_shared("infrastructure", 1e-3, "shared_address"), _shared("identity", 1e-4), _shared("tempo", 0.5, "x")]
    uses = (_described("breadth", 3.0), _described("follow_up", -1.0))
    dealt = replace(DEALT, reason=replace(DEALT.reason, value=15.0, cap=15.0))
    reasons = group_reasons(_group(SAME, shared), dealt, _answer(), uses)
    kinds = [reason.kind for reason in reasons]
    assert kinds == sorted(kinds, key=ORDER.index)
    tested = [reason.signal for reason in reasons if reason.kind != ReasonKind.DESCRIPTION]
    assert tested == ["same_worklist", "shared_payment", "shared_address", "dealt_evenly"]
    described = [reason.signal for reason in reasons if reason.kind == ReasonKind.DESCRIPTION]
    assert described == [*accountability.SENTENCES, "breadth", "follow_up"]
    assert all(abs(reason.value) <= reason.cap for reason in reasons)


@pytest.mark.parametrize(("p", "value"), [(0.0, MAX_BITS), (1e-300, MAX_BITS), (1e-5, -np.log2(1e-5)), (1.0, 0.0)])
def test_what_one_worklist_says_is_capped(p, value):
    (reason, *_) = group_reasons(_group(Sameness(0.1, 0.0, p)), NOTHING, _answer(), ())
    assert (reason.signal, reason.kind, reason.cap) == ("same_worklist", ReasonKind.NEG_LOG2_P, MAX_BITS)
    assert reason.value == pytest.approx(value)
    assert str(reason.value) != "-0.0"


def test_who_asks_for_different_things_has_no_worklist_for_a_reason():
    reasons = group_reasons(_group(Sameness(0.1, 0.1, 0.9)), NOTHING, _answer(), ())
    assert {reason.family for reason in reasons} == {accountability.FAMILY}
    assert group_reasons(_group(), NOTHING, AccountabilityAnswer(Accountability.UNKNOWN, ()), ()) == []


def test_every_reason_has_a_sentence_and_its_family():
    """The report shows a reason by its sentence; one without would be a bare name."""
    for names, family in (
        (recurrence.SENTENCES, Family.CONTENT), (accountability.SENTENCES, accountability.FAMILY),
        (use.SENTENCES, use.FAMILY), (["same_worklist"], Family.CONTENT), ([CROSSING], Family.IDENTITY),
    ):  # fmt: skip
        assert {SENTENCES[signal][0] for signal in names} == {family}
    assert all(sentence.endswith(".") for _, sentence in SENTENCES.values())


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
    assert (payment.kind, payment.value) == (ReasonKind.RARITY, 6.0)
    address = reasons[3][0]
    assert (address.observed, address.expected) == (0.75, pytest.approx(1 / 46))


@pytest.mark.parametrize("nats", [5.0, 40.0, 60.0])
def test_a_member_that_asks_like_the_group_is_told_as_a_likelihood_ratio(sample, bonds, nats):
    population = sample(honest=50).population
    found = Membership(np.arange(4), np.ones(4), np.full(4, nats), np.zeros((4, len(Family))))
    reasons = member_reasons(Sharing(population, bonds(population, {"shared_payment": {"x": [0, 1]}})), found)
    for reason in (reasons[0][0], reasons[3][0]):
        assert (reason.signal, reason.kind) == ("same_worklist", ReasonKind.LOG2_LR)
        assert reason.value == pytest.approx(min(nats / np.log(2), reason.cap), abs=1e-3)
        assert reason.value <= reason.cap
    assert [reason.kind for reason in reasons[0]] == [ReasonKind.LOG2_LR, ReasonKind.RARITY]


def test_of_identity_every_signal_of_a_member_is_told(sample, bonds):
    """A second one that ties it to other members adds to its place, so whoever judges it must see both."""
    population = sample(honest=20).population
    graph = bonds(population, {"shared_payment": {"x": [0, 1]}, "shared_device": {"d": [0, 2]}})
    found = Membership(np.arange(3), np.ones(3), np.zeros(3), np.zeros((3, len(Family))))
    told = member_reasons(Sharing(population, graph), found)
    assert [{r.signal for r in rs} for rs in told] == [
        {"shared_payment", "shared_device"}, {"shared_payment"}, {"shared_device"},
    ]  # fmt: skip


def _readings(*, same=None, shared=(), recurring=DEALT, answer=None, uses=()):
    return innocent_readings(_group(same, shared), recurring, answer or _answer(), uses)


@pytest.mark.parametrize("kind", Accountability)
def test_who_answers_for_the_accounts_is_read_first(kind):
    """Each answer has a reading of its own."""
    first = {other: _readings(answer=_answer(other))[0] for other in Accountability}
    assert len(set(first.values())) == len(Accountability)
    assert _readings(answer=_answer(kind))[0] == first[kind]


def test_an_unknown_operator_is_worded_as_what_it_is():
    readings = _readings(answer=_answer(verified_business=0.25, own_organizations=0.5, opened_before_log=0.125))
    assert readings[0] == (
        "One list of work in many hands, operator unknown: an agency, an annotation platform, a course, a firm's "
        "agents, or a campaign."
    )
    figures = [re.findall(r"\d+%", reading) for reading in readings]
    assert ["25%", "50%", "12%"] in figures, "the facts of this case"


@pytest.mark.parametrize(
    ("kind", "facts", "figure"),
    [
        (Accountability.OPERATOR, {"one_organization": 0.98, "one_payer": 0.4}, "98%"),
        (Accountability.INDEPENDENT, {"verified_business": 0.81}, "81%"),
        (Accountability.CONCEALED, {"hidden_ties": 0.27}, "27%"),
    ],
)
def test_every_answer_has_the_figures_of_this_case(kind, facts, figure):
    assert figure in _readings(answer=_answer(kind, **facts))[0]


def test_every_reading_of_a_measure_has_the_figures_of_this_case():
    for reading in _readings(shared=[_shared("infrastructure", 1e-9)], uses=(_described("follow_up", -1.0),)):
        if reading.startswith(("Shared addresses", "Members return")):
            assert re.search(r"\d+%", reading), reading


@pytest.mark.parametrize(
    ("signal", "word"),
    [("collides_like_readers", "benchmark"), ("asks_the_same_few", "class"), ("repeats_like_strangers", "customers")],
)
def test_how_people_repeat_each_other_is_a_reading(signal, word):
    found = set(_readings(recurring=_recurring(signal))) - set(_readings())
    assert len(found) == 1
    assert word in found.pop()


def test_that_nothing_could_be_tested_is_told():
    assert any("could not be tested" in reading for reading in _readings(recurring=NOTHING))
    for recurring in (DEALT, _recurring("never_collides")):
        assert not any("could not be tested" in reading for reading in _readings(recurring=recurring))


@pytest.mark.parametrize(
    ("signal", "word"),
    [("follow_up", "conversation"), ("even_load", "differs"), ("long_answers", "longer"), ("training_subjects", "use")],
)
def test_only_what_speaks_for_ordinary_use_is_read_so(signal, word):
    plain = set(_readings())
    assert set(_readings(uses=(_described(signal, 1.0),))) == plain
    (found,) = set(_readings(uses=(_described(signal, -1.0),))) - plain
    assert word in found


def test_a_shared_value_is_read_by_family_where_it_tells():
    for family, word in (("identity", "household"), ("infrastructure", "office"), ("tempo", "event")):
        (found,) = set(_readings(shared=[_shared(family, 1e-9)])) - set(_readings())
        assert word in found
        assert _readings(shared=[_shared(family, 0.5)]) == _readings(), "what does not tell needs no explanation"


def test_ties_that_cross_are_told_how_people_come_to_them():
    identity = [_shared("identity", 1e-9)]
    crossed = _readings(shared=[*identity, _shared("identity", 1e-9, CROSSING)])
    (found,) = set(crossed) - set(_readings(shared=identity))
    assert "different members" in found


def test_no_reading_stands_twice():
    shared = [_shared("identity", 1e-9), _shared("identity", 1e-9, "shared_phone"), _shared("identity", 1e-9, CROSSING)]
    found = _readings(same=SAME, shared=shared, uses=(_described("follow_up", -1.0), _described("even_load", 0.0)))
    assert len(found) == len(set(found))
    assert any("One source of prompts" in reading for reading in found)
