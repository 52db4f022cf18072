"""Groups that mix one worklist with subjects of their own: found in one half, tested in the other, and refined."""

from dataclasses import replace

import numpy as np
import pytest

from stillwatch.campaigns import distance, part_contents
from stillwatch.campaigns.common_part import begin
from stillwatch.campaigns.coordination import LEAST_P
from stillwatch.campaigns.covered import Covered, CoveredSearch
from stillwatch.campaigns.grouping import Seed
from stillwatch.campaigns.sameness import Sameness
from stillwatch.campaigns.spread import spread_of
from stillwatch.engine import DuckDBEngine
from stillwatch.model import Family
from stillwatch.settings import CampaignsSettings

SETTINGS = CampaignsSettings()


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with DuckDBEngine(tmp_path_factory.mktemp("covered"), threads=1) as engine:
        yield engine


@pytest.fixture(scope="module")
def search(engine):
    """Return the search for a mixed population, and the selections that it read."""

    def begun(world, settings=SETTINGS):
        population, seen = world.population, []
        tastes = distance.fit(population.whole, distance.noise_factor(population))
        look = part_contents.Placed(world.vectors.to_batches(), population).read

        def read(selection):
            seen.append(selection)
            return look(selection)

        return CoveredSearch(spread_of(world.spreads, population), tastes, read, settings), seen

    return begun


def _passed(tested):
    return [group for group in tested if group.p_value < 0.01]


@pytest.fixture(scope="module")
def half(mixed, search):
    """A campaign at half cover, its search, and what was tested."""
    world = mixed()
    looked, seen = search(world)
    return world, looked, looked.tested([]), seen


def test_a_campaign_with_cover_is_found_in_one_half_and_passes_in_the_other(half):
    world, _, tested, _ = half
    passed = _passed(tested)
    found = np.unique(np.concatenate([group.members for group in passed]))
    assert np.isin(found, world.dealt).mean() > 0.8
    assert np.isin(world.dealt, found).mean() > 0.4
    best = min(passed, key=lambda group: group.p_value)
    assert best.p_value < 1e-5
    assert best.same.share > 0.8


@pytest.mark.parametrize("seed", [1, 2])
def test_most_of_it_cover_a_group_that_traces_formed_still_passes(mixed, search, seed):
    world = mixed(cover=0.8, prompts=250, seed=seed)
    group = world.dealt[:25]
    passed = _passed(search(world)[0].tested([Seed(Family.INFRASTRUCTURE, 0, group)]))
    best = min((g for g in passed if np.isin(group, g.members).mean() >= 0.7), key=lambda g: g.p_value)
    assert best.p_value < 1e-4
    assert best.same.share > 0.75


def test_the_half_that_tests_is_not_the_half_that_found(half):
    """What the test leaves out as somebody's own was chosen by the half that found, too."""
    world, looked, tested, seen = half
    assert {group.half for group in tested} <= {0, 1}
    for group in tested:
        assert looked._tested(group.half, group.part).p_value == group.p_value
        selection = seen[-1]
        cells = spread_of(world.spreads, world.population).halves[1 - group.half]
        there = set(zip(cells.account.tolist(), cells.topic.tolist(), strict=True))
        assert set(zip(*selection.left_out.tolist(), strict=True)) <= there
        lists = [
            begin(spread_of(world.spreads, world.population).halves[h], looked._everybody[h], group.members)
            for h in (1 - group.half, group.half)
        ]
        near, far = (np.abs(part.worklist.shares - group.part.worklist.shares).sum() for part in lists)
        assert near < far


def test_a_few_strangers_in_a_guess_are_left_out_before_it_is_tested(mixed, search):
    """An address that some neighbours go through, too: the half that formed the guess tells them from the workers."""
    world = mixed(cover=0.3, prompts=160, seed=4)
    guess = np.sort(np.concatenate((world.dealt[:28], np.setdiff1d(np.arange(200), world.dealt)[:7])))
    tested = search(world)[0].tested([Seed(Family.INFRASTRUCTURE, 0, guess)])
    kept = [g for g in tested if set(g.members.tolist()) <= set(guess.tolist()) and len(g.members) >= 25]
    assert kept
    assert all(np.isin(g.members, world.dealt).mean() > 0.9 for g in kept)
    assert min(g.p_value for g in kept) < 1e-4


def test_threads_say_nothing_of_what_is_found(half, search):
    world, _, tested, _ = half
    looked, _ = search(world)
    looked._threads = 3
    again = looked.tested([])
    assert [group.p_value for group in again] == [group.p_value for group in tested]
    assert [group.members.tolist() for group in again] == [group.members.tolist() for group in tested]


def test_what_is_read_is_bounded_by_the_groups(half):
    _, _, _, seen = half
    assert seen
    for selection in seen:
        assert len(selection.accounts) == len(set(selection.accounts.tolist())) <= 200 + 540 // 2


@pytest.mark.parametrize("seed", [1, 2])
def test_people_with_an_interest_in_common_do_not_pass(mixed, search, seed):
    """Given as a group that traces formed, too: they share the subject and differ within it."""
    world = mixed(dealt=0, crowd=40, prompts=120, seed=seed)
    tested = search(world)[0].tested([Seed(Family.INFRASTRUCTURE, 0, world.crowd)])
    assert _passed(tested) == []


def test_what_traces_formed_is_looked_at_and_what_content_formed_is_not(mixed, search):
    """A group too small or too scattered for the search by topics is found by an address that its workers share."""
    world = mixed(honest=300, dealt=12, prompts=100, seed=3)
    looked, _ = search(world)
    alone = {group.members.tobytes() for group in _passed(looked.tested([]))}
    by_content = looked.tested([Seed(Family.CONTENT, 0, world.dealt)])
    assert {group.members.tobytes() for group in _passed(by_content)} == alone
    passed = _passed(looked.tested([Seed(Family.IDENTITY, 0, world.dealt)]))
    assert world.dealt.tobytes() in {group.members.tobytes() for group in passed}


def test_small_groups_are_not_looked_at(mixed, search):
    world = mixed(honest=300, dealt=12, prompts=100, seed=3)
    looked, _ = search(world, CampaignsSettings(min_accounts=13))
    tested = looked.tested([Seed(Family.IDENTITY, 0, world.dealt)])
    assert all(len(group.members) >= 13 for group in tested)


def test_a_group_is_tested_once_per_half(half):
    for number in (0, 1):
        groups = [set(g.members.tolist()) for g in half[2] if g.half == number]
        for i, one in enumerate(groups):
            for other in groups[:i]:
                assert len(one & other) <= 0.7 * max(len(one), len(other))


def test_both_halves_say_who_belongs(half):
    """The nats of a list bring in the workers that half of the evidence missed, and nobody else."""
    world, looked, tested, _ = half
    best = min(_passed(tested), key=lambda group: (group.p_value, -len(group.members)))
    asks = looked.nats(best.part, np.arange(len(world.population)))
    members = best.members
    for _ in range(3):
        nats = asks(members)
        members = np.flatnonzero(nats + np.log(len(members) / len(world.population)) > 0)
    assert np.isin(members, world.dealt).mean() > 0.9
    assert np.isin(world.dealt, members).mean() > 0.9
    assert nats.min() >= -8
    assert nats.max() <= 40


def test_people_at_home_in_the_subjects_of_a_list_are_not_its_members(mixed, search):
    """Asked of the topics of a crowd that shares them: subjects fit each of it, what each asks within them does not."""
    world = mixed(honest=300, dealt=40, crowd=40, prompts=160, seed=2)
    looked, _ = search(world)
    workers, readers = (
        begin(looked._spread.whole, looked._everybody[2], group) for group in (world.dealt, world.crowd)
    )
    fits = looked.nats(workers, np.arange(len(world.population)))(world.dealt)
    assert (fits[world.dealt] > 5).mean() > 0.9
    assert (fits[world.crowd] < 0).mean() > 0.9
    strangers = looked.nats(readers, np.arange(len(world.population)))(world.crowd)
    assert (strangers[world.crowd] > 5).mean() < 0.1


def test_who_said_nothing_is_weighed_neither_way(mixed, search):
    world = mixed(honest=200, dealt=20, prompts=60)
    silent = world.population.index["acct-5"]
    spreads = world.spreads.filter([name != "acct-5" for name in world.spreads.column("account_id").to_pylist()])
    looked, _ = search(replace(world, spreads=spreads))
    part = begin(spread_of(spreads, world.population).whole, looked._everybody[2], world.dealt)
    nats = looked.nats(part, np.arange(len(world.population)))(world.dealt)
    assert nats[silent] == 0
    assert (np.delete(nats, silent) != 0).all()


def test_what_refined_members_have_in_common(half):
    world, looked, tested, _ = half
    best = min(_passed(tested), key=lambda group: group.p_value)
    common = looked.common(best.part, world.dealt)
    assert common.part.members.tolist() == world.dealt.tolist()
    assert common.part.worklist is best.part.worklist
    assert common.same.tells
    assert common.same.share > 0.8
    assert np.isin(common.own_cells[0], world.dealt).all()
    assert np.isin(common.own_cells[1], common.part.topics).all()
    assert common.tells
    assert common.inside < 0.7, "half of what they ask is cover"
    assert not replace(common, inside=0.95).tells, "who asks of nothing else is judged by all it asks"
    strangers = looked.common(best.part, np.setdiff1d(np.arange(540), world.dealt)[:40])
    assert strangers.same is None or not strangers.same.tells


def test_nobody_to_look_at(nothing_covered, sample):
    population = sample(honest=5, prompts=2).population
    tastes = distance.fit(population.whole, 0.1)
    looked = nothing_covered(population, tastes, SETTINGS)
    assert looked.tested([]) == []
    assert looked.tested([Seed(Family.IDENTITY, 0, np.arange(5))]) == []


@pytest.mark.parametrize(
    ("same", "expected"), [(None, 1.0), (Sameness(1.0, 0.0, 0.0), LEAST_P), (Sameness(1.0, 0.1, 0.02), 0.02)]
)
def test_evidence_is_capped_and_none_convicts_nobody(half, same, expected):
    assert Covered(half[2][0].part, 1, same).p_value == expected
