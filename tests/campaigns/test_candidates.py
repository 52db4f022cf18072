"""Candidates: tested on what did not form them, kept once each, refined; noise makes none."""

from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.campaigns import candidates, distance, grouping, membership, part_contents, twins, vicinity
from stillwatch.campaigns.coordination import MAX_BITS, Sharing
from stillwatch.campaigns.covered import CoveredSearch
from stillwatch.campaigns.ground_rows import everywhere, ground_rows
from stillwatch.campaigns.population import load
from stillwatch.campaigns.retest import prepare_retest
from stillwatch.campaigns.spread import spread_of
from stillwatch.engine import DuckDBEngine
from stillwatch.settings import CampaignsSettings
from stillwatch.tables import BONDS, GROUNDS

SETTINGS = CampaignsSettings()


@pytest.fixture(scope="module")
def tested(nothing_covered):
    """Return the groups of a population, and how many were tested, without a look for common parts."""

    def test(population, bonds, settings=SETTINGS):
        return _tested(population, bonds, nothing_covered, settings)

    return test


def _tested(population, bonds, search, settings=SETTINGS):
    tastes = distance.fit(population.whole, distance.noise_factor(population))
    edges = tuple(twins.find(half, tastes) for half in population.halves)
    seeds = grouping.seeds(population, bonds, edges, min_accounts=settings.min_accounts, seed=1)
    covered = search(population, tastes, settings)
    return candidates.tested(Sharing(population, bonds), tastes, seeds, covered, settings, threads=2)


def test_a_worklist_is_found_whole_once_and_alone(tested, sample, bonds):
    drawn = sample(honest=400, dealt=40, prompts=40)
    groups, n_tested = tested(drawn.population, bonds(drawn.population, {}))
    assert len(groups) == 1
    assert set(groups[0].found.members.tolist()) == set(drawn.dealt.tolist())
    assert groups[0].q_value < 0.01
    assert groups[0].same.share > 0.8
    assert n_tested >= 1


def test_a_first_look_at_some_finds_the_same_groups(tested, sample, bonds, monkeypatch):
    monkeypatch.setattr("stillwatch.campaigns.content.SOME", 100)
    drawn = sample(honest=400, dealt=40, prompts=40)
    assert len(drawn.population.some) == 100
    groups, _ = tested(drawn.population, bonds(drawn.population, {}))
    assert [set(group.found.members.tolist()) for group in groups] == [set(drawn.dealt.tolist())]


def test_of_many_accounts_few_are_weighed_for_a_group(tested, sample, bonds, monkeypatch):
    """Those who stand for everybody, and whom what they ask leaves a chance: hardly anybody but its members."""
    monkeypatch.setattr("stillwatch.campaigns.content.SOME", 100)
    drawn = sample(honest=2000, dealt=40, prompts=40)
    seen, refine = [], candidates.refine
    monkeypatch.setattr(candidates, "refine", lambda *a, **k: seen.append(k["among"]) or refine(*a, **k))
    groups, _ = tested(drawn.population, bonds(drawn.population, {}))
    assert [set(group.found.members.tolist()) for group in groups] == [set(drawn.dealt.tolist())]
    assert max(len(among) for among in seen) < 200


def test_what_only_traces_hold_together_may_be_new_beside_what_it_overlaps(sample, bonds, monkeypatch):
    """Of ten who share cards and an address six are known; fifteen more share them, which a look at some cannot know."""
    monkeypatch.setattr("stillwatch.campaigns.content.SOME", 60)
    population = sample(honest=400, prompts=20).population
    shared = {"shared_payment": {f"c{h}": range(h, 25, 5) for h in range(5)}, "shared_address": {"ip": range(25)}}
    sharing = Sharing(population, bonds(population, shared))
    tastes = distance.fit(population.whole, distance.noise_factor(population))
    before = np.concatenate((np.arange(6), np.arange(100, 124)))
    found = candidates.Membership(before, np.full(30, 0.99), np.zeros(30), np.zeros((30, 5)))
    groups = [candidates.Group(1e-9, found, None, [])]
    outcome = candidates._Outcome(candidates._Candidate(np.arange(10), 1, "identity"), None, 1e-6)
    among = vicinity.around(sharing, outcome.members, outcome.members)
    assert len(among) < 100
    standing = candidates._Standing(outcome, among)
    _, found = candidates._refined(sharing, tastes, None, SETTINGS, standing)
    candidates._place(groups, standing, found, sharing, tastes, None, SETTINGS)
    assert [len(group.found.members) for group in groups] == [30, 25]


def test_parts_of_one_campaign_that_grow_to_the_same_are_tested_once(sample, bonds, monkeypatch):
    """More certain tests would let weaker ones pass beside them."""
    drawn = sample(honest=600, dealt=120, prompts=40)
    sharing = Sharing(drawn.population, bonds(drawn.population, {}))
    tastes = distance.fit(drawn.population.whole, distance.noise_factor(drawn.population))
    parts = np.array_split(np.random.default_rng(2).permutation(drawn.dealt), 8)
    seeds = [grouping.Seed("content", half, np.sort(part)) for half in (0, 1) for part in parts]

    def n_candidates():
        return len(candidates._candidates(sharing, tastes, seeds, SETTINGS, 1))

    among_all = n_candidates()
    monkeypatch.setattr("stillwatch.campaigns.content.SOME", 120)
    del drawn.population.__dict__["some"]
    seen, refine = [], candidates.refine
    monkeypatch.setattr(candidates, "refine", lambda *a, **k: seen.append(k["among"]) or refine(*a, **k))
    assert among_all <= n_candidates() <= among_all + 2
    assert {len(among) for among in seen} == {120}


def test_the_half_that_forms_a_candidate_screens_it_and_the_other_tests_it(sample, bonds, monkeypatch):
    """Evidence that let a candidate through must not convict it."""
    drawn = sample(honest=400, dealt=40, prompts=40)
    population = drawn.population
    sharing = Sharing(population, bonds(population, {}))
    tastes = distance.fit(population.whole, distance.noise_factor(population))
    seen, sameness = [], candidates.sameness
    monkeypatch.setattr(candidates, "sameness", lambda content, *a: seen.append(content) or sameness(content, *a))
    monkeypatch.setattr(
        candidates, "asking", lambda content, *a: seen.append(content) or membership.asking(content, *a)
    )
    for half in (0, 1):
        seed = grouping.Seed("content", half, np.sort(drawn.dealt[:20]))
        seen.clear()
        (candidate,) = candidates._candidates(sharing, tastes, [seed], SETTINGS, 1)
        assert seen
        assert all(content is population.halves[half] for content in seen)
        assert np.isin(drawn.dealt, candidate.members).all(), "grown by all who ask alike"
        seen.clear()
        outcome = candidates._outcome(sharing, tastes, candidate)
        assert [content is population.halves[1 - half] for content in seen] == [True]
        assert outcome.p_value < 1e-3


@pytest.mark.parametrize(("family", "n_tested"), [("content", 0), ("tempo", 0), ("identity", 1), ("infrastructure", 1)])
def test_who_visibly_asks_for_different_things_is_tested_only_by_what_is_shared(sample, bonds, family, n_tested):
    """A group that content or tempo formed has nothing else to be tested on."""
    population = sample(honest=400, prompts=40).population
    sharing = Sharing(population, bonds(population, {}))
    tastes = distance.fit(population.whole, distance.noise_factor(population))
    seed = grouping.Seed(family, 0, np.arange(20))
    found = candidates._candidates(sharing, tastes, [seed], SETTINGS, 1)
    assert [candidate.found_by for candidate in found] == [family] * n_tested


def _group(p_value, members=range(20), tie=None, common=None, share=1.0):
    members = np.asarray(members)
    nothing = np.zeros(len(members))
    found = candidates.Membership(members, nothing + 1, nothing, np.zeros((len(members), 5)))
    shared = [SimpleNamespace(p_value=tie)] if tie is not None else []
    same = SimpleNamespace(share=share)
    part = SimpleNamespace(part=SimpleNamespace(topics=common)) if common is not None else None
    return candidates.Group(p_value, found, same, shared, part)


def _drawn(random, accounts, concentration=None):
    """Return counts per topic of draws from one list, or of people with tastes around it."""
    base = np.arange(1, 61) ** -0.5 / (np.arange(1, 61) ** -0.5).sum()
    shares = [base if concentration is None else random.dirichlet(concentration * base) for _ in range(accounts)]
    return np.array([random.multinomial(60, p) for p in shares])


def test_every_candidate_counts_in_the_error_rate_also_those_that_were_dropped(cells_of):
    """Groups that turned out to be one, or to keep tastes, were tested: what is left must bear them."""
    covered = SimpleNamespace(cells=cells_of(_drawn(np.random.default_rng(1), 20)))
    for n_tested, is_reported in ((10, True), (99, True), (101, False), (10_000, False)):
        found = candidates._reported([_group(1e-4)], n_tested, covered, SETTINGS)
        assert len(found) == is_reported, n_tested
        assert all(group.q_value == pytest.approx(1e-4 * n_tested) for group in found)
    several = candidates._reported([_group(1e-4), _group(2e-4), _group(0.5)], 60, covered, SETTINGS)
    assert [group.q_value for group in several] == pytest.approx([0.006, 0.006])
    assert candidates._reported([], 60, covered, SETTINGS) == []


def test_a_dropped_group_lends_no_strength_to_another(cells_of):
    """Ninety strong groups of people with tastes must not raise the rate at which a weak one passes."""
    random = np.random.default_rng(2)
    covered = SimpleNamespace(cells=cells_of(np.vstack((_drawn(random, 20), _drawn(random, 20, 5.0)))))
    people = [_group(1e-6, np.arange(20, 40)) for _ in range(90)]
    assert len(candidates._reported([_group(5e-4)], 100, covered, SETTINGS)) == 0
    assert len(candidates._reported([_group(5e-4), *people], 100, covered, SETTINGS)) == 0


def test_who_keeps_tastes_works_through_no_list_unless_something_else_ties_them(cells_of):
    random = np.random.default_rng(3)
    counts = np.vstack((_drawn(random, 20), _drawn(random, 20, 5.0)))
    covered = SimpleNamespace(cells=cells_of(counts))
    workers, people = np.arange(20), np.arange(20, 40)
    assert not candidates._keeps_tastes(_group(1e-6, workers), covered)
    assert candidates._keeps_tastes(_group(1e-6, people), covered)
    assert candidates._keeps_tastes(_group(1e-6, people, tie=1e-3), covered), "one signal in a hundred tells by chance"
    assert not candidates._keeps_tastes(_group(1e-6, people, tie=1e-5), covered)
    silent = SimpleNamespace(cells=cells_of(np.zeros((40, 60), int)))
    assert not candidates._keeps_tastes(_group(1e-6, people), silent), "where nothing is known, nothing is shown"


def test_of_a_part_in_common_only_its_topics_say_what_members_keep(cells_of):
    """Outside the list each has subjects of its own; that says nothing of the list."""
    random = np.random.default_rng(4)
    own = np.zeros((20, 20), np.int64)
    own[np.arange(20), np.arange(20)] = 60
    covered = SimpleNamespace(cells=cells_of(np.hstack((_drawn(random, 20), own))))
    assert candidates._keeps_tastes(_group(1e-6), covered)
    assert not candidates._keeps_tastes(_group(1e-6, common=np.arange(60)), covered)
    assert candidates._keeps_tastes(_group(1e-6, common=np.arange(60, 80)), covered)
    assert candidates._keeps_tastes(_group(1e-6, common=np.arange(60), share=0.85), covered), (
        "not of one list within it"
    )


def test_people_make_no_group(tested, sample, bonds, households):
    reported = 0
    for seed in range(4):
        population = sample(honest=400, prompts=30, seed=seed).population
        graph = bonds(
            population,
            {"shared_payment": households(400, 0.2, 3, seed), "shared_address": households(400, 0.5, 4, seed + 50)},
        )
        reported += len(tested(population, graph)[0])
    assert reported == 0


@pytest.mark.parametrize(("share", "size"), [(0.2, 3), (0.3, 3), (0.6, 4)])
def test_links_drawn_at_random_in_four_families_make_no_group(tested, sample, bonds, households, share, size):
    """A group picked out of the graph must not be convicted by the links it was picked for."""
    reported = 0
    for seed in range(4):
        population = sample(honest=1500, prompts=1).population
        families = ("shared_payment", "shared_address", "shared_user_agent", "same_start")
        graph = bonds(
            population, {name: households(1500, share, size, 10 * seed + i) for i, name in enumerate(families)}
        )
        reported += len(tested(population, graph)[0])
    assert reported == 0


@pytest.mark.parametrize(("share", "size"), [(0.2, 3), (0.3, 3)])
def test_overlapping_hubs_drawn_at_random_make_no_group(tested, sample, bonds, share, size):
    """As above with hubs that overlap, so that communities of many hubs form in every family."""
    reported = formed = 0
    for seed in range(4):
        random = np.random.default_rng(seed)
        population = sample(honest=1500, prompts=1).population
        shared = {}
        for name in ("shared_payment", "shared_address", "shared_user_agent", "same_start"):
            hubs = {}
            for _ in range(2):
                for account in np.flatnonzero(random.random(1500) < share).tolist():
                    hubs.setdefault(str(random.integers(int(1500 * share / size))), []).append(account)
            shared[name] = {hub: sorted(set(accounts)) for hub, accounts in hubs.items() if len(set(accounts)) > 1}
        groups, n_tested = tested(population, bonds(population, shared))
        reported += len(groups)
        formed += n_tested
    assert formed > 20
    assert reported == 0


def _campaign(households, families, members):
    """Noise in every family, and hubs of five members each in the *families* named."""
    shared = {
        name: households(600, 0.3, 3, i) for i, name in enumerate(("shared_payment", "shared_address", "same_start"))
    }
    for number, name in enumerate(families):
        order = np.random.default_rng(number).permutation(members).tolist()
        # Hubs that overlap, or the ring falls into pieces too small to report.
        shared[name] |= {
            f"ring-{h}": sorted({*order[5 * h : 5 * h + 6], order[5 * h - 1]}) for h in range(len(order) // 5)
        }
    return shared


def test_one_family_alone_never_convicts_by_metadata_and_two_do(tested, sample, bonds, households):
    population = sample(honest=600, prompts=1).population
    members = np.arange(30)
    one = bonds(population, _campaign(households, ["shared_payment"], members))
    assert tested(population, one)[0] == []
    two = bonds(population, _campaign(households, ["shared_payment", "shared_address"], members))
    groups, _ = tested(population, two)
    assert len(groups) >= 1
    assert np.isin(members, groups[0].found.members).mean() > 0.8
    assert np.isin(groups[0].found.members, members).mean() > 0.8


def test_two_campaigns_are_two_groups(tested, sample, bonds):
    first, second = sample(honest=300, dealt=30, prompts=40, seed=1), sample(honest=1, dealt=30, prompts=40, seed=2)
    later = {name: f"other-{name}" for name in second.activity.column("account_id").to_pylist()}
    tables = []
    for left, right in ((first.activity, second.activity), (first.profiles, second.profiles)):
        names = pa.array([later[a] for a in right.column("account_id").to_pylist()])
        tables.append(pa.concat_tables([left, right.set_column(0, right.schema.field(0), names)]))
    population = load(*tables)
    groups, _ = tested(population, bonds(population, {}))
    found = [{population.accounts[m] for m in g.found.members} for g in groups]
    expected = [{f"acct-{i}" for i in range(300, 330)}, {f"other-acct-{i}" for i in range(1, 31)}]
    assert sorted(map(sorted, found)) == sorted(map(sorted, expected))


def test_small_groups_are_not_reported(tested, sample, bonds):
    drawn = sample(honest=300, dealt=12, prompts=60)
    nothing = bonds(drawn.population, {})
    assert len(tested(drawn.population, nothing)[0]) == 1
    assert tested(drawn.population, nothing, CampaignsSettings(min_accounts=13))[0] == []


def test_nobody_to_test(tested, sample, bonds):
    population = sample(honest=3, prompts=1).population
    assert tested(population, bonds(population, {})) == ([], 0)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with DuckDBEngine(tmp_path_factory.mktemp("candidates"), threads=1) as engine:
        yield engine


def _search(engine, world):
    def search(population, tastes, settings):
        read = part_contents.Placed(world.vectors.to_batches(), population).read
        return CoveredSearch(spread_of(world.spreads, population), tastes, read, settings)

    return search


def test_a_worklist_behind_cover_is_found_with_what_its_members_have_in_common(engine, mixed, bonds):
    world = mixed()
    nothing = bonds(world.population, {})
    groups, n_tested = _tested(world.population, nothing, _search(engine, world))
    found = [group for group in groups if group.common is not None]
    assert n_tested >= len(found) >= 1
    members = np.concatenate([group.found.members for group in found])
    assert len(np.unique(members)) == len(members)
    assert np.isin(members, world.dealt).mean() > 0.95
    assert np.isin(world.dealt, members).mean() > 0.9
    for group in found:
        assert group.q_value <= SETTINGS.false_discovery_rate
        assert group.same == group.common.same
        assert group.same.tells
        assert group.common.part.members.tolist() == group.found.members.tolist()
        assert (group.found.content > 0).all()


def test_a_group_behind_cover_can_be_tested_again_without_some_of_it(engine, mixed, bonds):
    """By what members ask within the list, of those whose prompts were looked at."""
    world = mixed()
    nothing = bonds(world.population, {})
    groups, _ = _tested(world.population, nothing, _search(engine, world))
    group = next(group for group in groups if group.common is not None)
    sharing = Sharing(world.population, nothing)
    tastes = distance.fit(world.population.whole, distance.noise_factor(world.population))
    rows = ground_rows(sharing, tastes, group, "C")
    test_without = prepare_retest(
        pa.Table.from_pylist(rows, schema=GROUNDS.schema), BONDS.schema.empty_table(), everywhere(sharing)
    )
    (line,) = test_without((), SETTINGS).lines
    assert line.before == pytest.approx(group.same.observed, abs=1e-3)
    assert line.expected == pytest.approx(group.same.expected, rel=1e-3)
    assert line.bits_before == pytest.approx(min(MAX_BITS, -np.log2(group.same.p_value)), rel=0.05)
    names = [world.population.accounts[m] for m in group.found.members]
    assert test_without(names[: len(names) // 2], SETTINGS).n_accounts == len(names) - len(names) // 2


def test_those_who_hide_least_do_not_keep_the_others_out(engine, mixed, bonds):
    """Half of the accounts are found by all they ask; the list that all have in common is found after it, and wins."""
    world = mixed(dealt=60, cover=0.4, seed=2)
    (group,), _ = _tested(world.population, bonds(world.population, {}), _search(engine, world))
    assert group.common is not None
    assert np.isin(group.found.members, world.dealt).all()
    assert len(group.found.members) >= len(world.dealt) - 1


def test_a_group_by_all_that_is_asked_stays_where_a_part_adds_little(engine, mixed, bonds):
    world = mixed(dealt=60, cover=0.2, seed=2)
    groups, _ = _tested(world.population, bonds(world.population, {}), _search(engine, world))
    assert [group.found.members.tolist() for group in groups] == [world.dealt.tolist()]
    assert groups[0].common is None


@pytest.mark.parametrize("alike", [True, False], ids=["workers", "strangers"])
def test_who_joins_those_found_by_all_they_ask_must_ask_alike_without_them(sample, bonds, monkeypatch, alike):
    """Thirty who ask alike make any thirty beside them seem to: a test of all sixty speaks of the thirty."""
    population = sample(honest=100).population
    plain, joined = np.arange(30), np.arange(58)
    found = candidates.Membership(joined, np.full(58, 0.99), np.zeros(58), np.zeros((58, 5)))
    known = candidates.Group(1e-9, found.of(joined < 30), None, [])
    covered = SimpleNamespace(
        common=lambda _, members: SimpleNamespace(tells=alike or bool(np.isin(members, plain).any()), same=None)
    )
    groups, sharing = [known], Sharing(population, bonds(population, {}))
    candidates._place_part(groups, found, None, 1e-6, sharing, covered, SETTINGS)
    assert [group.found.members.tolist() for group in groups] == [joined.tolist() if alike else plain.tolist()]


def test_interests_in_common_make_no_group(engine, mixed, bonds):
    world = mixed(dealt=0, crowd=40, seed=2)
    shared = {"shared_address": {"office": world.crowd.tolist()}}
    assert _tested(world.population, bonds(world.population, shared), _search(engine, world))[0] == []
