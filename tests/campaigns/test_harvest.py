"""Second key: entries that speak for and against, and silence where nothing is known."""

import inspect
import re

import numpy as np
import pytest

from stillwatch.campaigns import SENTENCES, harvest
from stillwatch.campaigns.distance import center_of
from stillwatch.campaigns.harvest import FAMILY, Card, among_groups, card
from stillwatch.campaigns.rhythm import Core
from stillwatch.campaigns.sameness import Sameness
from stillwatch.campaigns.worklist import Collisions
from stillwatch.model import CAPABILITIES, Reason

MEMBERS, OUTSIDE = np.arange(100, 130), np.arange(100)
LIKE_A_LIST = Sameness(0.1, 0.0, 1e-9)


def _entries(
    sample, *, same=LIKE_A_LIST, inside=None, outside=None, bound=False, tied=0.0, kinds=None, covered=False, core=None,
    **columns,
):  # fmt: skip
    population = sample(honest=130, prompts=10, **columns).population
    if kinds is not None:
        population.capabilities[:] = 0
        population.capabilities[OUTSIDE, _kind("chat")] = 10
        population.capabilities[MEMBERS, _kind(kinds)] = 10
    both = inside or Collisions(), outside or Collisions()
    found = card(population, MEMBERS, OUTSIDE, both, same, bound=bound, tied=tied, covered=covered, core=core)
    return {entry.signal: entry for entry in found.entries}, found


def _kind(name):
    return [c.name for c in CAPABILITIES].index(name)


def _columns(outside, members):
    return [outside] * 100 + [members] * 30


def _dealt(accounts=30, each=40, passes=3):
    items = accounts * each // passes
    return Collisions({passes: items}, accounts * each, accounts, accounts * each**2)


def _read(accounts=30, each=40, items=400, seed=1, weights=None):
    random = np.random.default_rng(seed)
    draws = [random.choice(items, each, replace=False, p=weights) for _ in range(accounts)]
    _, k = np.unique(np.concatenate(draws), return_counts=True)
    times = dict(zip(*(x.tolist() for x in np.unique(k, return_counts=True)), strict=True))
    return Collisions(times, accounts * each, accounts, accounts * each**2)


def test_the_dial_is_a_chance_that_grows_with_the_bits():
    dials = [Card((Reason("x", FAMILY, 0.0, 0.0, float(b)),)).harvest for b in (-100, -2, 0, 2, 5, 100)]
    assert dials == sorted(dials)
    assert dials[0] >= 0
    assert dials[-1] <= 1
    assert Card(()).harvest < 0.5
    assert dials[3] == pytest.approx(0.5)


def _cards(*bits, prior=-2.0):
    return [Card((Reason("x", FAMILY, 0.0, 0.0, float(b)),), prior) for b in bits]


def test_among_many_groups_that_are_no_harvests_it_takes_more_to_be_one():
    """What half of the groups of a small log would need convicts few of many."""
    one = _cards(3.0)
    assert [card.harvest for card in among_groups(one)] == [one[0].harvest] != [0.5]
    many = among_groups(_cards(3.0, *[-6.0] * 130))
    assert many[0].harvest < 0.5 < one[0].harvest
    (entry,) = (e for e in many[0].entries if e.signal == "few_are_harvests")
    assert entry.bits == -3
    assert entry.observed < 0.05 < entry.expected == 0.2
    few = among_groups(_cards(3.0, *[-6.0] * 10))
    assert many[0].harvest < few[0].harvest < one[0].harvest
    decoys = among_groups(_cards(9.0, *[-6.0] * 100_000))
    assert decoys[0].harvest > 0.9, "harmless groups beside a harvest do not hide it, however many"


def test_a_log_full_of_harvests_convicts_nobody_else():
    """The prior is the most that is learnt, and what starts as a part is no measure for what does not."""
    half = among_groups(_cards(*[12.0] * 50, 1.0))
    assert {len(card.entries) for card in half} == {1}
    both = among_groups([*_cards(3.0), *_cards(*[-6.0] * 130, prior=-5.0)])
    assert len(both[0].entries) == 1
    assert len(both[1].entries) == 2
    assert among_groups([]) == []


def test_entries_come_strongest_first_and_name_their_family(sample):
    _, found = _entries(sample, kinds="grading", n_asking=_columns(0, 10))
    sizes = [abs(e.bits) for e in found.entries]
    assert sizes == sorted(sizes, reverse=True)
    assert {e.family for e in found.entries} == {FAMILY}


def test_dealing_speaks_for_and_reading_against(sample):
    dealt, _ = _entries(sample, inside=_dealt())
    read, _ = _entries(sample, inside=_read())
    assert dealt["dealt_evenly"].bits > 3
    assert "dealt_evenly" not in read
    assert read["collides_like_readers"].bits < -3


def test_within_topics_that_members_share_evenness_counts_where_they_hardly_ask_the_same(sample):
    thin = Collisions({1: 40, 2: 920, 3: 40}, 2000, 400, 10_000)
    assert thin.overlap < 0.02 < _dealt().overlap, "the two cases this test is about"
    dealt, _ = _entries(sample, inside=_dealt(), covered=True)
    spread, _ = _entries(sample, inside=thin, covered=True)
    read, _ = _entries(sample, inside=_read(), covered=True)
    assert "dealt_evenly" not in dealt
    assert spread["dealt_evenly"].bits > 2
    assert read["collides_like_readers"].bits < -3


def test_a_part_in_common_takes_more_to_convict(sample):
    _, whole = _entries(sample, kinds="grading", n_asking=_columns(0, 10))
    _, part = _entries(sample, kinds="grading", n_asking=_columns(0, 10), covered=True)
    assert part.entries == whole.entries
    assert part.harvest < whole.harvest


def test_who_was_chosen_for_being_run_alike_is_not_convicted_by_it(sample):
    loads = {"n_exchanges": [*np.rint(np.exp(np.random.default_rng(1).normal(3, 1, 100))).tolist(), *[40] * 30]}
    entries, whole = _entries(sample, inside=_dealt(), n_days=[10] * 130, **loads)
    assert entries["even_load"].bits > 1
    chosen, core = _entries(sample, inside=_dealt(), n_days=[10] * 130, core=Core(MEMBERS, 0.2, 0.9), **loads)
    assert "even_load" not in chosen
    told = chosen["run_alike"]
    assert (told.expected, told.observed, told.bits) == (0.9, 0.2, 0.0)
    assert "run_alike" not in entries
    assert core.prior < whole.prior
    assert core.harvest < whole.harvest


def test_few_accounts_are_even_by_chance(sample):
    """As even a load of five accounts says less than that of thirty."""
    random = np.random.default_rng(2)
    loads = [*np.rint(np.exp(random.normal(3, 1, 100))).tolist(), *np.rint(np.exp(random.normal(4, 0.2, 30))).tolist()]
    population = sample(honest=130, prompts=10, n_exchanges=loads, n_days=[10] * 130).population
    bits = []
    for members in (MEMBERS[:5], MEMBERS):
        found = card(population, members, OUTSIDE, (Collisions(), Collisions()), None)
        bits.append(next(e.bits for e in found.entries if e.signal == "even_load"))
    assert bits[0] < bits[1] - 0.5


def test_several_dealers_of_one_list_are_neither_one_dealer_nor_readers(sample):
    mixed = Collisions({1: 600, 2: 330, 3: 60, 4: 10}, 1480, 30, 73_000)
    between, _ = mixed.evenness()
    assert 0.2 < between < 0.6, "the case this test is about"
    found, _ = _entries(sample, inside=mixed)
    assert not {"dealt_evenly", "collides_like_readers"} & set(found)


def test_a_hidden_tie_leaves_less_room_for_independent_readers(sample):
    def bits(**ties):
        return _entries(sample, inside=_read(), **ties)[0]["collides_like_readers"].bits

    assert bits() < bits(bound=True) < 0
    assert bits(tied=0.2) == pytest.approx(0.8 * bits()), "that a few have two accounts clears the others little"
    assert bits(bound=True, tied=0.5) == pytest.approx(0.5 * bits(bound=True))
    assert bits(tied=1.0) == 0, "who all pay with a few cards are not independent"


def test_payloads_that_never_collide_speak_for_a_list_where_others_do_collide(sample):
    inside = Collisions({1: 1200}, 1200, 30, 48_000)
    outside = Collisions({1: 3000, 3: 300}, 4200, 100, 200_000)
    found, _ = _entries(sample, inside=inside, outside=outside)
    assert found["never_collides"].bits > 1
    quiet, _ = _entries(sample, inside=inside, outside=Collisions({1: 4000}, 4000, 100, 160_000))
    assert "never_collides" not in quiet
    nobody, _ = _entries(sample, inside=inside, outside=Collisions())
    assert "never_collides" not in nobody, "without anybody outside there is nothing to compare with"


def test_records_of_ones_own_never_collide_whoever_asks(sample):
    """However many pairs strangers would make: one honest group in four is of jobs that never repeat each other."""
    inside = Collisions({1: 12_000}, 12_000, 30, 30 * 400**2)
    outside = Collisions({1: 30_000, 3: 3_000}, 60_000, 100, 10**8)
    for covered in (False, True):
        found, _ = _entries(sample, inside=inside, outside=outside, covered=covered)
        assert found["never_collides"].expected > 500
        assert found["never_collides"].bits == pytest.approx(2, abs=0.01)
        assert 0.8 < found["never_repeats_itself"].bits < 1


def test_who_asks_what_everybody_asks_is_taken_for_a_gateway(sample):
    """The mean of many people's traffic is the same mean for everybody who carries as much of it."""
    drawn = sample(honest=100, dealt=30, prompts=40)
    population, same = drawn.population, Sameness(0.1, 0.0, 1e-9)
    usual = center_of(population.whole, OUTSIDE[50:])

    def entry(members, tied=0.0):
        nothing = Collisions(), Collisions()
        found = card(population, members, OUTSIDE[50:], nothing, same, usual=usual, tied=tied)
        return next((e for e in found.entries if e.signal == "asks_what_all_ask"), None)

    crowd = entry(OUTSIDE[:50])
    assert crowd.observed < 0.1 * crowd.expected
    assert crowd.bits < -3
    assert entry(drawn.dealt) is None
    strangers_cards = entry(OUTSIDE[:50], tied=1.0)
    assert str(strangers_cards.bits) == "0.0", "nobody carries the traffic of many on strangers' cards"
    few_have_two = entry(OUTSIDE[:50], tied=0.2)
    assert few_have_two.bits == pytest.approx(0.8 * crowd.bits, abs=0.01), "that some have two accounts says little"
    unasked = card(population, OUTSIDE[:50], OUTSIDE[50:], (Collisions(), Collisions()), same)
    assert "asks_what_all_ask" not in {e.signal for e in unasked.entries}


def test_steps_that_come_up_now_and_then_are_no_favourites_of_readers(sample):
    """Who walks an agent through its tasks repeats small steps: less than strangers repeat each other."""
    steps = Collisions({1: 14_700, 2: 1_260, 3: 170, 4: 30}, 17_900, 100, 100 * 179**2)
    share, error = steps.evenness()
    assert share < -2 * error, "more uneven than any one list that is read"
    often, _ = _entries(sample, inside=steps, outside=Collisions({1: 30_000, 3: 6_000}, 48_000, 100, 10**8))
    assert "collides_like_readers" not in often
    assert often["never_collides"].bits > 0
    seldom, _ = _entries(sample, inside=steps, outside=Collisions({1: 48_000, 2: 10}, 48_020, 100, 10**8))
    assert seldom["collides_like_readers"].bits < -5


def test_few_who_ask_the_same_where_strangers_would_not_are_readers_of_something(sample):
    """Too few to tell how evenly, but far more than chance: what a handful of colleagues looks like."""
    handful = Collisions({1: 484, 2: 87, 3: 18, 4: 1}, 716, 5, 5 * 143**2)
    outside = Collisions({1: 9_900, 2: 50}, 10_000, 100, 10**6)
    assert outside.rate * 716 * 715 / 2 < 3
    found, _ = _entries(sample, inside=handful, outside=outside)
    assert found["never_collides"].bits == -3


def test_conversation_speaks_against(sample):
    threads = {"n_threaded": _columns(10, 10)}
    alone, _ = _entries(sample, n_conversations=_columns(4, 10), **threads)
    talking, _ = _entries(sample, n_conversations=_columns(8, 2), **threads)
    assert alone["follow_up"].bits > 0.5
    assert talking["follow_up"].bits < 0
    unknown, _ = _entries(sample)
    assert "follow_up" not in unknown


def test_even_loads_speak_for_a_quota(sample):
    random = np.random.default_rng(1)
    uneven = np.exp(random.normal(4, 1.2, 130)).astype(int) + 1
    even = uneven.copy()
    even[MEMBERS] = 50
    days = [1] * 130
    quota, _ = _entries(sample, n_exchanges=even.tolist(), n_days=days)
    people, _ = _entries(sample, n_exchanges=uneven.tolist(), n_days=days)
    assert quota["even_load"].bits > 1
    assert people["even_load"].bits <= 0


def test_asking_for_training_data_and_its_subjects_and_length(sample):
    asking, _ = _entries(sample, n_asking=_columns(0, 6), kinds="grading", output_tokens=_columns(500, 4000))
    assert asking["asks_for_training_data"].bits > 1
    assert asking["training_subjects"].bits > 0
    assert asking["long_answers"].bits > 1
    for kind in ("data analysis", "rewriting"):
        office, _ = _entries(sample, kinds=kind)
        assert "training_subjects" not in office, "firms extract, sort and translate records all night"
    mostly = sample(honest=130, prompts=10).population
    for n_office, is_said in ((5, True), (95, False)):
        mostly.capabilities[:] = 0
        mostly.capabilities[:, _kind("rewriting")] = n_office
        mostly.capabilities[OUTSIDE, _kind("chat")] = mostly.capabilities[MEMBERS, _kind("grading")] = 5
        found = card(mostly, MEMBERS, OUTSIDE, (Collisions(), Collisions()), LIKE_A_LIST)
        assert ("training_subjects" in {e.signal for e in found.entries}) == is_said
    ordinary, _ = _entries(sample, kinds="search", output_tokens=_columns(4000, 500))
    assert ordinary["asks_for_training_data"].bits == 0
    assert ordinary["training_subjects"].bits < 0
    assert ordinary["long_answers"].bits < 0


def test_tastes_of_their_own_speak_against(sample):
    apart, _ = _entries(sample, same=Sameness(0.1, 0.09, 0.9))
    assert apart["own_tastes"].bits < -4
    assert "own_tastes" not in _entries(sample)[0]
    assert "own_tastes" not in _entries(sample, same=None)[0]


def test_where_nothing_is_known_nothing_is_said(sample):
    zero = [0] * 130
    population = sample(
        honest=130, prompts=1, n_measured=zero, n_prompts=zero, output_tokens=zero, n_exchanges=[1] * 130
    ).population
    population.capabilities[:] = 0
    found = card(population, MEMBERS, OUTSIDE, (Collisions(), Collisions()), None)
    assert found.entries == ()
    assert found.harvest < 0.5


def test_nobody_outside_is_no_comparison_and_no_error(sample):
    population = sample(honest=30).population
    found = card(population, np.arange(30), np.arange(0), (_dealt(), Collisions()), LIKE_A_LIST)
    assert {e.signal for e in found.entries} <= {"dealt_evenly", "never_repeats_itself"}


def test_every_entry_has_a_sentence_for_people():
    """The report shows a reason by its sentence; an entry without one would be a bare name."""
    named = set(re.findall(r'_entry\(\s*"(\w+)"', inspect.getsource(harvest)))
    assert len(named) >= 12
    assert named <= set(SENTENCES)
