"""A list that is dealt to some and read by others: found where it is so, and never made of readers."""

import numpy as np
import pytest

from stillwatch.campaigns.coordination import LEAST_P
from stillwatch.campaigns.dealt_among_readers import dealt

LIST, EACH = 1500, 60


def _hashes(random, items):
    return random.integers(0, 2**63, items).astype(np.uint64)


def _asked(random, n_dealt, n_readers, items=LIST, each=EACH, weights=None):
    """Return askings of accounts that are dealt a list, the first *n_dealt*, and of its independent readers."""
    names = _hashes(random, items)
    own = list(np.split(random.permutation(items)[: n_dealt * each], n_dealt)) if n_dealt else []
    own += [random.choice(items, each, replace=False, p=weights) for _ in range(n_readers)]
    account = np.repeat(np.arange(len(own)), each)
    return (account, names[np.concatenate(own)]), np.arange(len(own))


def test_those_to_whom_a_public_list_is_dealt_are_told_from_its_readers():
    random = np.random.default_rng(1)
    for _ in range(5):
        askings, members = _asked(random, 20, 40)
        found = dealt(askings, members, 5)
        assert np.isin(np.arange(20), found.members).mean() > 0.8
        assert (found.members < 20).mean() > 0.9
        assert found.observed < 0.3 * found.expected
        assert LEAST_P <= found.p_value <= 1e-4


def test_readers_alone_are_never_split():
    """Whoever collided least by chance in one half does so no more in the other."""
    random = np.random.default_rng(2)
    found = [dealt(*_asked(random, 0, 60), 5) for _ in range(60)]
    assert sum(one is not None for one in found) <= 1


@pytest.mark.parametrize("sizes", [(20, 100), (5, 300)])
def test_readers_of_different_sizes_are_never_split(sizes):
    """Who asks little collides little; that is counted in."""
    random = np.random.default_rng(3)
    found = 0
    for _ in range(30):
        names = _hashes(random, LIST)
        own = [random.choice(LIST, int(n), replace=False) for n in random.integers(*sizes, 60)]
        askings = np.repeat(np.arange(60), [len(o) for o in own]), names[np.concatenate(own)]
        found += dealt(askings, np.arange(60), 5) is not None
    assert found <= 1


def test_readers_of_two_lists_are_not_those_of_one():
    """Who reads another list collides with nobody here: that is no dealing."""
    random = np.random.default_rng(4)
    one, members = _asked(random, 0, 40)
    names = _hashes(random, 10**6)
    other = np.repeat(np.arange(40, 60), EACH), names[random.choice(10**6, 20 * EACH, replace=False)]
    both = tuple(np.concatenate(columns) for columns in zip(one, other, strict=True))
    assert dealt(both, np.arange(60), 5) is None
    assert len(members) == 40


def test_all_that_are_dealt_a_list_are_no_part_of_readers():
    random = np.random.default_rng(5)
    assert dealt(*_asked(random, 25, 0), 5) is None


def test_fewer_than_asked_for_are_none():
    random = np.random.default_rng(6)
    askings, members = _asked(random, 20, 40)
    assert dealt(askings, members, 21) is None


def test_only_askings_of_members_count_and_members_keep_their_numbers():
    random = np.random.default_rng(7)
    (account, prompts), members = _asked(random, 20, 40)
    found = dealt((account, prompts), members, 5)
    shifted = dealt((account + 1000, prompts), members + 1000, 5)
    assert shifted.members.tolist() == (found.members + 1000).tolist()
    strangers = np.concatenate((account, account + 5000)), np.concatenate((prompts, prompts))
    again = dealt(strangers, members, 5)
    assert (again.members.tolist(), again.observed) == (found.members.tolist(), found.observed)


def test_nobody_and_nothing_asked_are_no_error():
    nothing = np.empty(0, np.int64), np.empty(0, np.uint64)
    assert dealt(nothing, np.arange(10), 5) is None
    random = np.random.default_rng(8)
    assert dealt(_asked(random, 0, 1)[0], np.arange(1), 5) is None
