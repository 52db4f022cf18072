"""A list that accounts have in common beside subjects of their own: what a few of them lead to."""

import numpy as np
import pytest

from stillwatch.campaigns.common_part import begin, nearest, weigh
from stillwatch.campaigns.spread import Everybody

TOPICS = 300


def _world(*, honest=400, workers=40, prompts=120, cover=0.5, seed=1):
    """Return counts (accounts, TOPICS) of honest people, then of workers with *cover*, and the shares of their list."""
    random = np.random.default_rng(seed)
    base = np.arange(1, TOPICS + 1) ** -0.5
    base /= base.sum()
    listed = random.dirichlet(20 * base)
    tastes = random.dirichlet(25 * base, size=honest + workers)
    draws = round((1 - cover) * prompts)
    own = [random.multinomial(prompts - (draws if i >= honest else 0), taste) for i, taste in enumerate(tastes)]
    own = np.stack(own)
    own[honest:] += random.multinomial(draws, listed, size=workers)
    return own, listed


def _begun(cells, seed):
    return begin(cells, Everybody(cells), np.asarray(seed))


def _weighed(cells, seed, rounds=3):
    """Return the list that *seed* leads to, and nats per account; -inf where an account is too far off to be weighed.

    As refinement does: who is likelier than not to draw from the list is its next group.
    """
    everybody, part = Everybody(cells), _begun(cells, seed)
    members, nats = part.members, np.empty(0)
    for _ in range(rounds):
        weighed, own = weigh(cells, everybody, members, part)
        nats = np.full(len(cells), -np.inf)
        nats[weighed] = own
        members = np.flatnonzero(nats + np.log(len(members) / len(cells)) > 0)
    return part, nats, members


@pytest.fixture(scope="module")
def half_covered(cells_of):
    counts, listed = _world()
    return cells_of(counts), listed


@pytest.mark.parametrize(("cover", "prompts", "start"), [(0.0, 60, 10), (0.5, 120, 12), (0.8, 400, 15)])
def test_a_few_workers_lead_to_the_others_and_to_few_else(cells_of, cover, prompts, start):
    counts, _ = _world(cover=cover, prompts=prompts, seed=3)
    part, nats, members = _weighed(cells_of(counts), np.arange(400, 400 + start))
    assert part.members.tolist() == list(range(400, 400 + start))
    assert part.part == pytest.approx(1 - cover, abs=0.3)
    assert (members >= 400).sum() >= 35
    assert (members < 400).sum() <= 2
    assert np.median(nats[400 + start :]) == pytest.approx(np.log(50))
    assert np.median(nats[:400][np.isfinite(nats[:400])]) < -2


def test_a_beginning_is_what_its_accounts_have_in_common(half_covered):
    cells, listed = half_covered
    part = _begun(cells, np.arange(400, 415))
    base = np.arange(1, TOPICS + 1) ** -0.5
    assert np.corrcoef(part.worklist.shares, listed)[0, 1] > 0.8
    assert listed[part.topics].sum() > 0.5
    assert (listed[part.topics] > base[part.topics] / base.sum()).mean() > 0.8
    assert len(part.parts) == 15
    again = Everybody(cells).without(np.arange(400, 415))
    assert part.habits.base.tolist() == again.base.tolist()


def test_strangers_in_the_seed_are_left_behind(half_covered):
    cells, _ = half_covered
    _, nats, members = _weighed(cells, [1, 50, 300, *range(400, 415)])
    assert not np.isin([1, 50, 300], members).any()
    assert (members >= 400).sum() >= 30
    assert nats[[1, 50, 300]].max() < 0


def test_honest_people_have_no_list_in_common(cells_of):
    """A few of them teach a list that most others do not draw from; no spread says more than that few are at home."""
    counts, _ = _world(honest=400, workers=0, seed=4)
    cells = cells_of(counts)
    for seed in (np.arange(30), np.arange(100, 112)):
        part = _begun(cells, seed)
        weighed, nats = weigh(cells, Everybody(cells), part.members, part)
        assert len(weighed) > 200
        assert (nats > 0).mean() < 0.3
        assert nats.max() <= np.log(50) + 1e-9


def test_the_silent_have_nothing_in_common_and_are_left_out_of_a_seed(cells_of):
    counts = np.zeros((20, 30), int)
    counts[10:, :10] = 1
    counts[15:, 10:20] = 1
    cells = cells_of(counts)
    assert _begun(cells, np.arange(10)) is None
    assert _begun(cells, np.empty(0, np.int64)) is None
    assert _begun(cells, [2, 15, 16, 17]).members.tolist() == [15, 16, 17]


def test_whom_to_weigh_is_known_before_anybody_is_weighed(half_covered):
    cells, _ = half_covered
    part = _begun(cells, np.arange(400, 412))
    weighed, _ = weigh(cells, Everybody(cells), part.members, part)
    assert nearest(cells, Everybody(cells), part).tolist() == weighed.tolist()


def test_members_who_drew_nothing_leave_nothing_to_weigh(half_covered):
    cells, _ = half_covered
    part = _begun(cells, np.arange(400, 412))
    assert [len(x) for x in weigh(cells, Everybody(cells), np.empty(0, np.int64), part)] == [0, 0]


def test_the_order_of_accounts_is_of_no_account(cells_of):
    counts, _ = _world(seed=5)
    order = np.random.default_rng(6).permutation(len(counts))
    place = np.argsort(order)
    seed = np.arange(400, 412)
    (one, nats, members), (other, mixed, found) = (
        _weighed(cells_of(counts), seed), _weighed(cells_of(counts[order]), np.sort(place[seed])),
    )  # fmt: skip
    assert other.worklist.drawn == pytest.approx(one.worklist.drawn)
    assert np.sort(order[found]).tolist() == members.tolist()
    both = np.isfinite(nats) & np.isfinite(mixed[place])
    assert both.sum() >= 200
    assert mixed[place][both] == pytest.approx(nats[both])


def test_a_seed_in_any_order_and_twice_is_one_seed(half_covered):
    cells, _ = half_covered
    one, other = _begun(cells, np.arange(400, 412)), _begun(cells, [*range(411, 399, -1), 405, 400])
    assert other.members.tolist() == one.members.tolist()
    assert other.parts.tolist() == one.parts.tolist()
    assert other.worklist.drawn.tolist() == one.worklist.drawn.tolist()


def test_other_members_of_the_same_list(half_covered):
    cells, _ = half_covered
    found = _begun(cells, np.arange(400, 415))
    others = np.array([3, 401, 403, 430])
    part = found.of(others)
    assert part.members.tolist() == others.tolist()
    assert part.parts.tolist() == [found.part, found.parts[1], found.parts[3], found.part]
    assert part.worklist is found.worklist


def test_cells_of_an_account_s_own_are_those_it_did_not_draw(cells_of):
    counts, listed = _world(prompts=300, seed=7)
    cells = cells_of(counts)
    part = _begun(cells, np.arange(400, 425))
    own = part.own_cells(cells, np.arange(400, 440))
    inside = cells.rows(np.arange(400, 440))
    assert np.isin(own, inside).all()
    chosen, here = np.isin(inside, own), listed[cells.topic[inside]]
    assert chosen[here < 1e-4].mean() > 0.8
    assert chosen[(here > 0.01) & (150 * here > 0.7 * cells.count[inside])].mean() < 0.2


def test_who_works_on_the_subjects_of_a_list_looks_like_a_worker_as_far_as_subjects_go(cells_of):
    """Honest people at home in the very topics, each with shares of its own, against workers of one list: either way
    subjects say what their rarity allows, and no more, however many prompts there are.
    """
    counts, listed = _world(seed=8, prompts=200, cover=0.2)
    random = np.random.default_rng(9)
    readers = np.stack([random.multinomial(200, random.dirichlet(8 * listed + 1e-9)) for _ in range(20)])
    cells = cells_of(np.vstack((counts, readers)))
    _, nats, members = _weighed(cells, np.arange(400, 420), rounds=1)
    assert np.isin(np.arange(400, 440), members).mean() > 0.9
    assert nats[400:440] == pytest.approx(np.log(50), abs=0.01)
    assert nats.max() <= np.log(50) + 1e-9
    assert np.median(nats[:400][np.isfinite(nats[:400])]) < -5
