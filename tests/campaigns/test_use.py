"""Use: figures against busy others, points that are clipped, and silence where nothing is known."""

import numpy as np
import pytest

from stillwatch.campaigns.recurrence import Pattern, Recurrence
from stillwatch.campaigns.use import FAMILY, SENTENCES, describe, points
from stillwatch.model import CAPABILITIES, Reason, ReasonKind

MEMBERS, OUTSIDE = np.arange(100, 130), np.arange(100)


def _described(sample, *, kinds=None, **columns):
    population = sample(honest=130, prompts=10, **columns).population
    if kinds is not None:
        population.capabilities[:] = 0
        population.capabilities[OUTSIDE, _kind("chat")] = 10
        population.capabilities[MEMBERS, _kind(kinds)] = 10
    return {reason.signal: reason for reason in describe(population, MEMBERS, OUTSIDE)}


def _kind(name):
    return [c.name for c in CAPABILITIES].index(name)


def _columns(outside, members):
    return [outside] * 100 + [members] * 30


EXTREMES = [
    {"n_asking": _columns(0, 10), "kinds": "grading", "output_tokens": _columns(10, 10**6)},
    {"n_asking": _columns(10, 0), "kinds": "search", "output_tokens": _columns(10**6, 10)},
    {"n_threaded": _columns(10, 10), "n_conversations": _columns(1, 10)},
    {"n_threaded": _columns(10, 10), "n_conversations": _columns(9, 1)},
    {"n_exchanges": _columns(10, 10**6), "n_prompts": _columns(60, 60), "n_different": _columns(6, 60)},
]


@pytest.mark.parametrize("columns", EXTREMES)
def test_descriptions_are_no_evidence_and_never_more_than_their_cap(sample, columns):
    found = _described(sample, **columns)
    assert len(found) >= 4
    assert set(found) <= set(SENTENCES)
    for reason in found.values():
        assert (reason.family, reason.kind) == (FAMILY, ReasonKind.DESCRIPTION)
        assert abs(reason.value) <= reason.cap <= 3
        assert np.isfinite([reason.expected, reason.observed, reason.value]).all()
        assert str(reason.value) != "-0.0"


def test_most_points_come_first(sample):
    population = sample(honest=130, prompts=10, n_asking=_columns(0, 10)).population
    values = [reason.value for reason in describe(population, MEMBERS, OUTSIDE)]
    assert values == sorted(values, reverse=True)


def test_points_are_the_sum_and_dealing_adds_to_them():
    reasons = tuple(
        Reason(name, FAMILY, ReasonKind.DESCRIPTION, 0.0, 0.0, v, 3.0) for name, v in (("a", 1.5), ("b", -1))
    )
    found = {pattern: points(reasons, Recurrence(pattern)) for pattern in Pattern}
    assert found[Pattern.UNKNOWN] == found[Pattern.READERS] == found[Pattern.COMMON] == 0.5
    assert found[Pattern.DEALT] == found[Pattern.RARE] > 0.5
    assert points((), Recurrence(Pattern.UNKNOWN)) == 0


def test_asking_for_training_data_and_its_subjects_and_length(sample):
    asking = _described(sample, n_asking=_columns(0, 6), kinds="grading", output_tokens=_columns(500, 4000))
    assert asking["asks_for_training_data"].value > 1
    assert asking["asks_for_training_data"].observed == pytest.approx(0.6)
    assert asking["training_subjects"].value > 0
    assert asking["long_answers"].value > 1
    assert (asking["long_answers"].expected, asking["long_answers"].observed) == (50, 400)
    ordinary = _described(sample, kinds="search", output_tokens=_columns(4000, 500))
    assert ordinary["asks_for_training_data"].value == 0
    assert ordinary["training_subjects"].value < 0
    assert ordinary["long_answers"].value < 0


@pytest.mark.parametrize("kind", ["data analysis", "rewriting"])
def test_office_work_speaks_for_neither(sample, kind):
    """Firms extract, sort and translate records all night."""
    assert "training_subjects" not in _described(sample, kinds=kind)


@pytest.mark.parametrize(("n_office", "is_said"), [(5, True), (95, False)])
def test_of_subjects_that_are_hardly_asked_nothing_is_said(sample, n_office, is_said):
    population = sample(honest=130, prompts=10).population
    population.capabilities[:] = 0
    population.capabilities[:, _kind("rewriting")] = n_office
    population.capabilities[OUTSIDE, _kind("chat")] = population.capabilities[MEMBERS, _kind("grading")] = 5
    found = {reason.signal for reason in describe(population, MEMBERS, OUTSIDE)}
    assert ("training_subjects" in found) == is_said


def test_even_loads_speak_for_a_quota(sample):
    random = np.random.default_rng(1)
    uneven = np.exp(random.normal(4, 1.2, 130)).astype(int) + 1
    even = uneven.copy()
    even[MEMBERS] = 50
    quota = _described(sample, n_exchanges=even.tolist(), n_days=[1] * 130)
    people = _described(sample, n_exchanges=uneven.tolist(), n_days=[1] * 130)
    assert quota["even_load"].value > 1
    assert people["even_load"].value <= 0


def test_few_accounts_are_even_by_chance(sample):
    """As even a load of five accounts says less than that of thirty."""
    random = np.random.default_rng(2)
    loads = [*np.rint(np.exp(random.normal(3, 1, 100))).tolist(), *np.rint(np.exp(random.normal(4, 0.2, 30))).tolist()]
    population = sample(honest=130, prompts=10, n_exchanges=loads, n_days=[10] * 130).population
    few, all_of_them = (
        next(r.value for r in describe(population, members, OUTSIDE) if r.signal == "even_load")
        for members in (MEMBERS[:5], MEMBERS)
    )
    assert few < all_of_them - 0.5


def test_conversation_speaks_against(sample):
    threads = {"n_threaded": _columns(10, 10)}
    alone = _described(sample, n_conversations=_columns(4, 10), **threads)
    talking = _described(sample, n_conversations=_columns(8, 2), **threads)
    assert alone["follow_up"].value > 0.5
    assert talking["follow_up"].value < 0
    assert "follow_up" not in _described(sample), "where no exchange names its conversation"


@pytest.mark.parametrize("n_conversations", [2, 10])
def test_agents_get_no_credit_and_no_blame_for_following_up(sample, n_conversations):
    """An agent continues what it began: the task is dealt, and the steps recur."""
    columns = {"n_threaded": _columns(10, 10), "n_conversations": _columns(4, n_conversations)}
    agents = _described(sample, kinds="agentic reasoning", **columns)
    assert agents["follow_up"].value == 0
    assert agents["follow_up"].observed == pytest.approx(1 - n_conversations / 10)
    assert _described(sample, kinds="chat", **columns)["follow_up"].value != 0


def test_people_ask_again_and_a_list_is_worked_through_once(sample):
    again = {"n_prompts": [60] * 130}
    once = _described(sample, n_different=_columns(45, 60), **again)
    people = _described(sample, n_different=_columns(45, 45), **again)
    assert once["never_repeats_itself"].value > 0.8
    assert once["never_repeats_itself"].observed == 0
    assert people["never_repeats_itself"].value == 0
    assert "never_repeats_itself" not in _described(sample, n_different=[60] * 130, **again), "where nobody does"


def test_a_list_is_broader_than_a_person(sample):
    """Two prompts of one person are alike; two of a list of everybody's are not."""
    drawn = sample(honest=130, prompts=40)
    likeness = drawn.population.whole.likeness
    likeness[MEMBERS] = likeness[OUTSIDE].min() / 2
    broad = {r.signal: r for r in describe(drawn.population, MEMBERS, OUTSIDE)}["breadth"]
    assert broad.value == broad.cap
    assert broad.observed < broad.expected
    likeness[MEMBERS] = likeness[OUTSIDE].max() * 2
    assert {r.signal: r for r in describe(drawn.population, MEMBERS, OUTSIDE)}["breadth"].value == 0


def test_members_are_compared_with_others_as_busy(sample):
    """Of a thousand accounts, the quiet ones do not say how long answers are that busy ones ask for."""
    busy, quiet, members = 300, 700, 30
    counts = [200] * busy + [2] * quiet + [200] * members
    tokens = [200 * 100] * busy + [2] * quiet + [200 * 100] * members
    population = sample(
        honest=1030, prompts=2, n_exchanges=counts, n_measured=counts, output_tokens=tokens
    ).population  # fmt: skip
    found = {r.signal: r for r in describe(population, np.arange(1000, 1030), np.arange(1000))}
    assert found["long_answers"].expected == 100
    assert found["exchanges_per_account"].expected == 2, "how much is asked is compared with everybody"
    assert found["exchanges_per_account"].value == found["exchanges_per_account"].cap


def test_one_other_crowd_is_never_all_whom_a_group_is_compared_with(sample):
    """Fifty others are as busy; two hundred are compared, so that the fifty do not say what is usual."""
    counts = [200] * 50 + [20] * 950 + [200] * 30
    population = sample(honest=1030, prompts=2, n_exchanges=counts, n_days=[1] * 1030, n_measured=counts).population
    tokens = population.activity["output_tokens"]
    tokens[:50], tokens[50:1000], tokens[1000:] = 200 * 400, 20 * 100, 200 * 400
    found = {r.signal: r for r in describe(population, np.arange(1000, 1030), np.arange(1000))}
    assert found["long_answers"].expected == pytest.approx((50 * 200 * 400 + 150 * 20 * 100) / (50 * 200 + 150 * 20))


def test_where_nothing_is_known_only_the_amount_is_told(sample):
    zero = [0] * 130
    population = sample(
        honest=130, prompts=1, n_measured=zero, n_prompts=zero, output_tokens=zero, n_exchanges=[1] * 130
    ).population
    population.capabilities[:] = 0
    assert [reason.signal for reason in describe(population, MEMBERS, OUTSIDE)] == ["exchanges_per_account"]


def test_nobody_outside_is_no_comparison_and_no_error(sample):
    population = sample(honest=30).population
    found = describe(population, np.arange(30), np.arange(0))
    assert {reason.signal for reason in found} <= {"exchanges_per_account", "never_repeats_itself"}
    assert all(np.isfinite(reason.value) for reason in found)
