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


def test_only_askings_of_members_count_and_members_keep_their_numbers():
    (account, prompts), members = _askings(60, 60, 20)
    found = dealt((account, prompts), members, 5)
    shifted = dealt((account + 1000, prompts), members + 1000, 5)
    assert shifted.members.tolist() == (found.members + 1000).tolist()
    strangers = np.concatenate((account, account + 5000)), np.concatenate((prompts, prompts))
    again = dealt(strangers, members, 5)
    assert (again.members.tolist(), again.observed) == (found.members.tolist(), found.observed)
