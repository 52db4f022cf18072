"""Lists that are dealt out among their readers: told by collisions that never happen."""

import numpy as np
import pytest

from stillwatch.campaigns.dealt_among_readers import dealt

LIST = 1_000


def _askings(readers: int, prompts: int, dealt_accounts: int, *, seed: int = 1, slices: bool = False):
    """Return askings of *readers*, who each ask different prompts of one list, and of accounts that share one out.

    With *slices* every account asks a part of the list of its own.
    """
    random = np.random.default_rng(seed)
    hashes = random.integers(1, 2**63, LIST, dtype=np.int64).astype(np.uint64)
    account, prompt = [], []
    order = random.permutation(LIST)
    for i in range(dealt_accounts):
        own = order[i * LIST // dealt_accounts : (i + 1) * LIST // dealt_accounts]
        account += [i] * len(own)
        prompt += hashes[own].tolist()
    for i in range(readers):
        part = LIST // readers
        own = np.arange(i * part, (i + 1) * part) if slices else random.choice(LIST, prompts, replace=False)
        account += [dealt_accounts + i] * len(own)
        prompt += hashes[own].tolist()
    members = np.arange(dealt_accounts + readers)
    return (np.array(account), np.array(prompt, np.uint64)), members


@pytest.mark.parametrize("seed", range(5))
def test_dealt_accounts_are_told_from_readers(seed):
    askings, members = _askings(60, 60, 20, seed=seed)
    found = dealt(askings, members, 5)
    assert found is not None
    assert np.array_equal(found.members, np.arange(20))
    assert found.observed == 0
    assert found.expected > 10


def test_readers_alone_hold_no_dealt_accounts():
    for seed in range(20):
        askings, members = _askings(80, 60, 1, seed=seed)
        assert dealt(askings, members[1:], 5) is None


def test_readers_of_other_lists_are_not_dealt_this_one():
    askings, members = _askings(60, 60, 20)
    account, prompt = askings
    # The same accounts, but what the twenty ask is of a list that nobody else reads.
    elsewhere = np.where(account < 20, prompt ^ np.uint64(1 << 40), prompt)
    assert dealt((account, elsewhere), members, 5) is None


def test_a_group_that_is_dealt_out_as_a_whole_has_no_readers():
    askings, members = _askings(1, 50, 20)
    assert dealt(askings, members[:20], 5) is None


def test_too_few_accounts_are_none():
    askings, members = _askings(60, 60, 20)
    assert dealt(askings, members, 21) is None
    nobody = np.empty(0, np.int64), np.empty(0, np.uint64)
    assert dealt(nobody, members, 5) is None


@pytest.mark.parametrize("sizes", [(20, 100), (5, 300)])
def test_readers_of_different_sizes_are_never_split(sizes):
    """Who asks little collides little; that is counted in."""
    random = np.random.default_rng(3)
    found = 0
    for _ in range(30):
        hashes = random.integers(0, 2**63, LIST).astype(np.uint64)
        own = [random.choice(LIST, int(n), replace=False) for n in random.integers(*sizes, 60)]
        askings = np.repeat(np.arange(60), [len(o) for o in own]), hashes[np.concatenate(own)]
        found += dealt(askings, np.arange(60), 5) is not None
    assert found <= 1


def _group(random, own):
    """Return askings of accounts that ask these places of a list, members, and the number of each account in them."""
    hashes = random.integers(1, 2**63, LIST, dtype=np.int64).astype(np.uint64)
    numbers = random.permutation(len(own))
    account = np.repeat(numbers, [len(o) for o in own])
    return (account, hashes[np.concatenate(own)]), np.arange(len(own)), numbers


def _at_random(random, readers, prompts):
    return [random.choice(LIST, prompts, replace=False) for _ in range(readers)]


def _chapters(random, readers, chapters, share=1.0):
    parts = [np.array_split(np.arange(LIST), chapters)[c] for c in random.integers(chapters, size=readers)]
    return [random.choice(part, int(share * len(part)), replace=False) for part in parts]


def _in_order(random, readers, least, most):
    return [(random.integers(LIST) + np.arange(int(LIST * random.uniform(least, most)))) % LIST for _ in range(readers)]


def _subjects(random, readers, subjects, each, share=1.0):
    parts = np.arange(LIST).reshape(subjects, -1)
    own = [parts[random.choice(subjects, each, replace=False)].ravel() for _ in range(readers)]
    return [random.choice(o, int(share * len(o)), replace=False) for o in own]


def _from_the_start(random, readers):
    return [np.arange(int(LIST * np.exp(random.uniform(-4, 0)))) for _ in range(readers)]


def _dealt(random, accounts, prompts=LIST):
    return np.array_split(random.permutation(LIST)[:prompts], accounts)


HONEST = {
    "five chapters": lambda r: _chapters(r, 60, 5),
    "twenty chapters": lambda r: _chapters(r, 60, 20),
    "as many chapters as readers": lambda r: _chapters(r, 30, 30),
    "half of a chapter": lambda r: _chapters(r, 60, 20, 0.5),
    "each chapter three times": lambda r: [part for part in np.array_split(np.arange(LIST), 10) for _ in range(3)],
    "in order": lambda r: _in_order(r, 60, 0.05, 0.5),
    "in order, a tenth each": lambda r: _in_order(r, 60, 0.1, 0.1),
    "in order, few of a tenth": lambda r: _in_order(r, 12, 0.1, 0.1),
    "from the start": lambda r: _from_the_start(r, 60),
    "subjects": lambda r: _subjects(r, 80, 100, 5),
    "subjects, some of each": lambda r: _subjects(r, 80, 20, 2, 0.4),
    "chapters among readers": lambda r: _at_random(r, 60, 60) + _chapters(r, 30, 15),
    "a few chapters among readers": lambda r: _at_random(r, 60, 60) + _chapters(r, 8, 20),
    "some of a chapter among many readers": lambda r: _at_random(r, 200, 60) + _chapters(r, 60, 30, 0.6),
    "chapters among readers of everything": lambda r: [np.arange(LIST)] * 5 + _chapters(r, 15, 15),
    "subjects among readers": lambda r: _at_random(r, 50, 300) + _subjects(r, 60, 100, 6, 0.4),
    "in order, some among readers": lambda r: _at_random(r, 60, 60) + _in_order(r, 12, 0.05, 0.05),
    "in order among those from the start": lambda r: _from_the_start(r, 30) + _in_order(r, 30, 0.05, 0.2),
}


@pytest.mark.parametrize("readers", HONEST.values(), ids=HONEST)
def test_readers_who_keep_to_a_part_are_not_dealt(readers):
    for seed in range(10):
        random = np.random.default_rng(seed)
        askings, members, _ = _group(random, readers(random))
        assert dealt(askings, members, 5) is None


DEALT = {
    "ten": ((10,), lambda r: _at_random(r, 60, 60)),
    "twenty": ((20,), lambda r: _at_random(r, 20, 30)),
    "a hundred": ((100,), lambda r: _at_random(r, 60, 60)),
    "twenty, among chapters": ((20,), lambda r: _chapters(r, 60, 10)),
    "twenty, among readers in order": ((20,), lambda r: _in_order(r, 60, 0.05, 0.5)),
    "twenty, among readers of both kinds": ((20,), lambda r: _at_random(r, 40, 60) + _in_order(r, 20, 0.05, 0.5)),
    "twenty, and ten of another dealer": ((20, 10), lambda r: _at_random(r, 60, 60)),
}


@pytest.mark.parametrize(("dealers", "readers"), DEALT.values(), ids=DEALT)
def test_dealt_accounts_are_found_among_readers_of_any_kind(dealers, readers):
    found = 0
    for seed in range(10):
        random = np.random.default_rng(seed)
        own = [part for accounts in dealers for part in _dealt(random, accounts)]
        askings, members, numbers = _group(random, own + readers(random))
        told = dealt(askings, members, 5)
        if told is not None:
            found += 1
            assert np.isin(told.members, numbers[: sum(dealers)]).all()
            assert len(told.members) >= 0.7 * min(dealers)
    assert found >= 9


def test_parts_that_somebody_assigned_are_dealt_whoever_it_was():
    random = np.random.default_rng(1)
    assigned = np.array_split(np.arange(LIST), 20)
    askings, members, numbers = _group(random, assigned + _at_random(random, 60, 60))
    found = dealt(askings, members, 5)
    assert np.array_equal(found.members, np.sort(numbers[:20]))


def test_few_readers_of_parts_can_differ_by_chance():
    """Ten accounts that share out a list are too many to differ by chance; five are not, nor ten with a third of it."""
    told = []
    for accounts, prompts in ((10, LIST), (5, LIST), (10, LIST // 3)):
        random = np.random.default_rng(1)
        askings, members, _ = _group(random, _dealt(random, accounts, prompts) + _at_random(random, 60, 60))
        told.append(dealt(askings, members, 5))
    assert 1e-5 < told[0].p_value < 0.01
    assert told[1:] == [None, None]


def _like_readers(accounts):
    """Return askings where so many of twenty dealt accounts collide like readers in the half that tests."""
    random = np.random.default_rng(1)
    (account, prompt), members = _askings(60, 60, 20)
    prompts = np.unique(prompt)
    tests = (prompts >> np.uint64(17)) & np.uint64(1) == 1
    for i in range(accounts):
        mine = (account == i) & np.isin(prompt, prompts[tests])
        prompt[mine] = random.choice(prompts[tests], mine.sum(), replace=False)
    return (account, prompt), members


def test_members_are_chosen_by_one_half_and_tested_by_the_other():
    assert dealt(*_like_readers(20), 5) is None
    five, none = dealt(*_like_readers(5), 5), dealt(*_like_readers(0), 5)
    # The five were chosen, so their collisions count in the test; both halves together do not name them.
    assert five.observed > 0.2 * five.expected
    assert (none.observed, none.expected) == (0, pytest.approx(five.expected, rel=0.1))
    assert np.array_equal(five.members, np.arange(5, 20))


def test_only_askings_of_members_count_and_members_keep_their_numbers():
    (account, prompts), members = _askings(60, 60, 20)
    found = dealt((account, prompts), members, 5)
    shifted = dealt((account + 1000, prompts), members + 1000, 5)
    assert shifted.members.tolist() == (found.members + 1000).tolist()
    strangers = np.concatenate((account, account + 5000)), np.concatenate((prompts, prompts))
    again = dealt(strangers, members, 5)
    assert (again.members.tolist(), again.observed) == (found.members.tolist(), found.observed)
