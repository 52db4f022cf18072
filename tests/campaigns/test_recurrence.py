"""How prompts recur: dealt, several times over, as readers, the same few, as strangers, or too little to tell."""

import numpy as np
import pytest

from stillwatch.campaigns.dealt_among_readers import Dealt
from stillwatch.campaigns.recurrence import SENTENCES, Pattern, Recurrence, among_readers, recurrence, repeat_more
from stillwatch.campaigns.worklist import Collisions
from stillwatch.model import Family, ReasonKind

NOBODY = Collisions()
QUIET = Collisions({1: 100_000}, 100_000, 1000, 10**7)
"""Strangers who hardly ever ask the same."""
ALIKE = Collisions({1: 30_000, 3: 3_000}, 39_000, 500, 4 * 10**6)
"""Strangers who repeat each other now and then."""


def _collisions(draws):
    """Return the collisions of accounts, given as arrays of the prompts that each asked."""
    own = [np.unique(draw) for draw in draws]
    _, k = np.unique(np.concatenate(own), return_counts=True)
    times = dict(zip(*(x.tolist() for x in np.unique(k, return_counts=True)), strict=True))
    return Collisions(times, sum(map(len, draws)), len(draws), sum(len(o) ** 2 for o in own))


def _dealt(random, accounts=30, each=40, passes=3):
    """Return the collisions of a list that is dealt out *passes* times, in an order of its own each time."""
    items = accounts * each // passes
    return _collisions(np.split(np.concatenate([random.permutation(items) for _ in range(passes)]), accounts))


def _read(random, accounts=30, each=40, items=400, weights=None):
    return _collisions([random.choice(items, each, replace=False, p=weights) for _ in range(accounts)])


def _told(inside, outside=QUIET, covered=False):
    return recurrence(inside, outside, covered=covered)


def _patterns(draw, runs=40, outside=QUIET, **options):
    found = [_told(draw(np.random.default_rng(seed)), outside, **options).pattern for seed in range(runs)]
    return {pattern: found.count(pattern) for pattern in set(found)}


@pytest.mark.parametrize("passes", [2, 3, 5])
def test_a_list_that_is_dealt_several_times_over_is_dealt(passes):
    assert _patterns(lambda random: _dealt(random, passes=passes)) == {Pattern.DEALT: 40}
    found = _told(_dealt(np.random.default_rng(1), passes=passes))
    assert (found.reason.signal, found.reason.kind) == ("dealt_evenly", ReasonKind.LOG2_LR)
    assert found.reason.observed == pytest.approx(1, abs=0.3)
    assert 2 <= found.reason.value <= found.reason.cap


def test_evidence_of_dealing_is_capped_however_much_there_is():
    much = _told(_dealt(np.random.default_rng(1), accounts=400, each=400, passes=4))
    assert much.reason.value == much.reason.cap == 5


def test_a_list_that_is_dealt_once_gives_no_prompt_to_two():
    """Where strangers of as many prompts repeat each other; where they hardly do, nothing is known."""
    once = _dealt(np.random.default_rng(1), passes=1)
    found = _told(once, ALIKE)
    assert found.pattern is Pattern.RARE
    assert found.reason.signal == "never_collides"
    assert found.reason.observed == 0
    assert found.reason.expected == pytest.approx(ALIKE.rate * 1200 * 1199 / 2)
    assert _told(once, QUIET) == Recurrence(Pattern.UNKNOWN)
    assert _told(once, NOBODY) == Recurrence(Pattern.UNKNOWN), "nobody outside to compare with"


@pytest.mark.parametrize(
    ("accounts", "each", "items"), [(30, 40, 400), (50, 60, 1319), (14, 300, 1319), (100, 30, 800)]
)
def test_independent_readers_of_one_list_collide_as_readers(accounts, each, items):
    found = _patterns(lambda random: _read(random, accounts, each, items))
    assert found.get(Pattern.DEALT, 0) == found.get(Pattern.RARE, 0) == 0
    assert found.get(Pattern.READERS, 0) >= 36


def test_who_reads_little_of_a_long_list_is_never_taken_for_dealt():
    """Fifty who run 300 items each of a public benchmark of 6,500: the crowd that stood wrongly at review."""
    found = _patterns(lambda random: _read(random, 50, 300, 6500), runs=30)
    assert set(found) <= {Pattern.READERS, Pattern.COMMON}
    few = _patterns(lambda random: _read(random, 12, 100, 6500), runs=60)
    assert few.get(Pattern.DEALT, 0) + few.get(Pattern.RARE, 0) <= 3


def test_a_class_that_asks_the_same_few_is_one_of_people():
    weights = 1 / np.arange(1, 61)
    found = _told(_read(np.random.default_rng(1), 30, 15, 60, weights / weights.sum()))
    assert found.pattern is Pattern.COMMON
    assert (found.reason.signal, found.reason.kind, found.reason.value) == (
        "asks_the_same_few",
        ReasonKind.DESCRIPTION,
        0,
    )
    assert found.reason.observed > found.reason.expected == 0.2


def test_a_few_favourites_among_prompts_of_ones_own_are_no_class():
    """Overlap counts, not how uneven it is: a greeting that all use says nothing of the rest."""
    greeting = Collisions({1: 4000, 30: 2}, 4060, 30, 30 * 135**2)
    assert _told(greeting).pattern is not Pattern.COMMON
    assert greeting.evenness(favourites=True)[0] < -1


def test_who_repeats_each_other_more_than_strangers_are_people():
    """Too few to tell how evenly, but far more than chance: a handful of colleagues."""
    handful = Collisions({1: 484, 2: 87, 3: 18, 4: 1}, 716, 5, 5 * 143**2)
    found = _told(handful)
    assert found.pattern is Pattern.COMMON
    assert (found.reason.signal, found.reason.kind) == ("repeats_like_strangers", ReasonKind.DESCRIPTION)
    assert found.reason.observed == handful.pairs
    assert found.reason.expected == pytest.approx(QUIET.rate * 716 * 715 / 2)


@pytest.mark.parametrize(("twice", "is_cleared"), [(20, False), (58, False), (64, True), (100, True)])
def test_recurrence_that_costs_nothing_clears_nobody(twice, is_cleared):
    """A twentieth of what a group asks must be asked twice: an operator can repeat a few prompts to look like people."""
    inside = Collisions({1: 1200 - 2 * twice, 2: twice}, 1200, 30, 30 * 40**2)
    waste = 1 - inside.prompts / inside.askings
    assert (waste >= 0.05) == is_cleared
    assert _told(inside).pattern.is_of_people == is_cleared


def test_a_twentieth_of_waste_is_what_it_takes_for_readers_too():
    """So few of a long list collide that it is cheap to look like its readers."""
    patterns = _patterns(lambda random: _read(random, 30, 40, 40_000))
    assert not any(pattern.is_of_people for pattern in patterns)


def test_as_often_as_strangers_is_neither_rare_nor_people():
    """Fewer by chance only: half of the honest groups repeat each other a little less than others."""
    expected = ALIKE.rate * 1200 * 1199 / 2
    found = {}
    for share in (0.0, 0.5, 0.7, 0.8, 0.99):
        pairs = round(share * expected)
        found[share] = _told(Collisions({1: 1200 - 2 * pairs, 2: pairs}, 1200, 30, 30 * 40**2), ALIKE).pattern
    assert found == {
        0.0: Pattern.RARE, 0.5: Pattern.UNKNOWN, 0.7: Pattern.UNKNOWN, 0.8: Pattern.UNKNOWN, 0.99: Pattern.UNKNOWN
    }  # fmt: skip


@pytest.mark.parametrize(("pairs", "pattern"), [(300, Pattern.RARE), (600, Pattern.RARE), (700, Pattern.UNKNOWN)])
def test_in_a_large_group_it_takes_a_quarter_fewer_pairs_than_strangers(pairs, pattern):
    """However sure it is that there are fewer."""
    inside = Collisions({1: 12_000 - 2 * pairs, 2: pairs}, 12_000, 30, 30 * 400**2)
    found = _told(inside, ALIKE)
    assert found.reason.expected == pytest.approx(852, abs=1)
    assert found.pattern is pattern


def test_strangers_who_ask_as_much_fall_on_neither_side():
    """Groups drawn from the very strangers they are compared with: hardly ever rare."""
    random = np.random.default_rng(1)
    weights = 1 / np.arange(1, 20_001) ** 0.7
    everybody = [random.choice(20_000, 40, replace=False, p=weights / weights.sum()) for _ in range(600)]
    outside = _collisions(everybody[300:])
    found = []
    for _ in range(40):
        some = [everybody[i] for i in random.choice(300, 30, replace=False)]
        found.append(_told(_collisions(some), outside).pattern)
    assert found.count(Pattern.RARE) == found.count(Pattern.DEALT) == 0


@pytest.mark.parametrize("accounts", [30, 80, 200])
@pytest.mark.parametrize("share", [0.05, 0.15])
def test_who_missed_a_prompt_that_went_round_is_not_dealt_a_list(accounts, share):
    """A viral template makes most pairs of a log; those of any few come all at once or not at all."""
    random = np.random.default_rng(5)

    def strangers(count):
        own = random.integers(10**9, size=(count, 40))
        return _collisions([np.r_[o, 7] if random.random() < share else o for o in own])

    outside = strangers(2000)
    found = [_told(strangers(accounts), outside).pattern for _ in range(200)]
    assert found.count(Pattern.RARE) <= 2


@pytest.mark.parametrize("inside", [NOBODY, Collisions({1: 20}, 20, 5, 80), Collisions({1: 15, 2: 2}, 19, 5, 73)])
def test_too_few_to_tell_is_unknown_and_no_error(inside):
    for outside in (NOBODY, QUIET):
        assert _told(inside, outside) == Recurrence(Pattern.UNKNOWN)


def test_within_topics_that_members_share_evenness_counts_where_they_hardly_ask_the_same():
    thin = Collisions({1: 40, 2: 920, 3: 40}, 2000, 400, 10_000)
    dealt = _dealt(np.random.default_rng(1))
    assert thin.overlap < 0.02 < dealt.overlap, "the two cases this test is about"
    assert _told(dealt).pattern is Pattern.DEALT
    assert _told(dealt, covered=True).pattern is not Pattern.DEALT
    assert _told(thin, covered=True).pattern is Pattern.DEALT
    assert _told(_read(np.random.default_rng(1)), covered=True).pattern is Pattern.READERS


def test_several_dealers_of_one_list_are_neither_one_dealer_nor_readers():
    mixed = Collisions({1: 600, 2: 330, 3: 60, 4: 10}, 1480, 30, 73_000)
    assert 0.2 < mixed.evenness()[0] < 0.6, "the case this test is about"
    assert _told(mixed, NOBODY) == Recurrence(Pattern.UNKNOWN)
    assert _told(mixed).reason.signal == "repeats_like_strangers"


def test_steps_that_come_up_now_and_then_are_no_favourites_of_readers():
    """Who walks an agent through its tasks repeats small steps: less than strangers repeat each other."""
    steps = Collisions({1: 14_700, 2: 1_260, 3: 170, 4: 30}, 17_900, 100, 100 * 179**2)
    share, error = steps.evenness()
    assert share < -2 * error, "more uneven than any one list that is read"
    often = _told(steps, Collisions({1: 30_000, 3: 6_000}, 48_000, 100, 10**8))
    assert (often.pattern, often.reason.signal) == (Pattern.UNKNOWN, "never_collides")
    seldom = _told(steps, Collisions({1: 48_000, 2: 10}, 48_020, 100, 10**8))
    assert seldom.pattern is Pattern.READERS


def test_a_list_dealt_among_readers_is_dealt():
    found = among_readers(Dealt(np.arange(14), 60.0, 1.0, 1e-6))
    assert found.pattern is Pattern.DEALT
    reason = found.reason
    assert (reason.signal, reason.kind, reason.family) == ("dealt_among_readers", ReasonKind.NEG_LOG2_P, Family.CONTENT)
    assert (reason.expected, reason.observed) == (60.0, 1.0)
    assert reason.value == pytest.approx(reason.cap) == pytest.approx(-np.log2(1e-6))


def test_every_pattern_is_of_one_dealer_or_of_people_or_of_neither():
    assert {p for p in Pattern if p.is_of_one_dealer} == {Pattern.DEALT, Pattern.RARE}
    assert {p for p in Pattern if p.is_of_people} == {Pattern.READERS, Pattern.COMMON}


def test_every_reason_has_a_sentence_and_is_of_content():
    random = np.random.default_rng(1)
    cases = [
        _told(_dealt(random)), _told(_read(random)), _told(_dealt(random, passes=1), ALIKE),
        _told(Collisions({1: 484, 2: 87, 3: 18, 4: 1}, 716, 5, 5 * 143**2)),
        _told(_read(random, 30, 15, 60, np.arange(60, 0, -1) ** 2 / (np.arange(60, 0, -1) ** 2).sum())),
    ]  # fmt: skip
    for found in cases:
        assert found.reason.family == Family.CONTENT
        assert found.reason.signal in SENTENCES
        assert found.reason.value <= found.reason.cap


def _interests(n, pairs, askings=400):
    """Return *n* interests, in each of which strangers made so many *pairs*."""
    return [Collisions({1: askings - 2 * pairs, 2: pairs}, askings, 25, 25 * (askings // 25) ** 2) for _ in range(n)]


@pytest.mark.parametrize(
    ("often", "rarely", "shown"), [(48, 0, True), (41, 7, True), (38, 10, False), (24, 24, False), (0, 48, False)]
)
def test_to_repeat_each_other_rarely_says_something_where_few_interests_do(often, rarely, shown):
    assert repeat_more(_interests(often, 40) + _interests(rarely, 0), Collisions({1: 2000})) is shown


@pytest.mark.parametrize(("interests", "shown"), [(0, False), (1, False), (29, False), (30, True)])
def test_few_interests_never_say_enough(interests, shown):
    assert repeat_more(_interests(interests, 40), Collisions({1: 2000})) is shown


def test_interests_without_prompts_enough_to_collide_do_not_count():
    assert not repeat_more(_interests(20, 40) + _interests(40, 0, askings=30), Collisions({1: 2000}))


def test_as_rarely_is_judged_by_the_rate_and_not_by_the_pairs():
    like_minded = _interests(48, 40)
    assert repeat_more(like_minded, Collisions({1: 3800, 2: 100}))
    assert not repeat_more(like_minded, Collisions({1: 320, 2: 40}))
