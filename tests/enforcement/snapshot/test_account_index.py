"""Accounts are found by the digest of their id, with every rule that applies to them."""

import random

import numpy as np
import pytest

from stillwatch.enforcement.snapshot.account_index import ENTRY, AccountIndex, account_digest


def test_the_digest_of_an_id_stays_the_same_over_releases():
    assert account_digest("acct-7").hex() == "8bd90d06853216a6ebf937ccabc2a89f"


def test_every_account_is_found_under_its_rules_and_no_other():
    drawn = random.Random(3)
    ids = [f"acct-{number}" for number in range(3_000)]
    chosen = {rule: set(drawn.sample(ids, 700)) for rule in range(5)}
    index = AccountIndex.build(chosen.items())
    assert len(index) == 3_500
    assert index.n_accounts == len(set().union(*chosen.values()))
    assert index.is_sorted()
    for one in ids:
        assert index.rules_of(one) == [rule for rule in range(5) if one in chosen[rule]]
    assert index.rules_of("acct-3000") == []


@pytest.mark.parametrize("accounts", [[], [(0, [])], [(0, iter(()))]])
def test_an_index_of_nobody_finds_nobody(accounts):
    index = AccountIndex.build(accounts)
    assert (len(index), index.n_accounts, index.rules_of("acct-7")) == (0, 0, [])
    assert index.is_sorted()


def test_accounts_whose_first_half_is_the_same_are_told_apart():
    """Nobody can make two such ids, so the entries are made here."""
    digest = account_digest("acct-7")
    high, low = int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")
    entries = np.array([(high, 0, 4), (high, low, 1), (high, low, 2), (high, low + 1, 3)], ENTRY)
    index = AccountIndex.over(entries)
    assert index.rules_of("acct-7") == [1, 2]
    assert index.n_accounts == 3


def test_some_rules_alone():
    index = AccountIndex.build([(0, ["a", "b"]), (1, ["b"]), (2, ["c"])])
    some = index.of_rules([1, 2])
    assert [some.rules_of(one) for one in "abc"] == [[], [1], [2]]
    assert len(index.of_rules([])) == 0


def test_rules_are_moved_and_entries_in_both_are_kept():
    index = AccountIndex.build([(0, ["a", "b"]), (1, ["b"]), (2, ["c"])])
    moved = index.moved([2, -1, 0])
    assert moved.is_sorted()
    assert [moved.rules_of(one) for one in "abc"] == [[2], [2], [0]]
    shared = index.shared_with(AccountIndex.build([(0, ["b", "c"]), (1, ["b"]), (2, ["a"])]))
    assert [shared.rules_of(one) for one in "abc"] == [[], [0, 1], []]
    nobody = AccountIndex.build([])
    assert len(nobody.moved([])) == len(index.shared_with(nobody)) == len(nobody.shared_with(index)) == 0


def test_entries_out_of_order_are_told():
    entries = AccountIndex.build([(0, ["a", "b", "c"])]).entries
    assert not AccountIndex.over(entries[::-1]).is_sorted()


def test_any_text_is_an_id():
    odd = ["", "acct 7", "zoë", "\ud800", "x" * 10_000]
    index = AccountIndex.build([(0, odd)])
    assert [index.rules_of(one) for one in odd] == [[0]] * 5
