"""The draw: reproducible from its seed, uniform over seeds, and without a say of the order of accounts."""

import hashlib
from collections import Counter

from stillwatch.cases.decisions.asking.draw import draw, new_seed

FORTY = [f"acct_{number}" for number in range(40)]


def test_the_same_seed_draws_the_same_people_in_the_same_order():
    assert draw(FORTY, 8, "ab") == draw(reversed(FORTY), 8, "ab") == draw(FORTY, 20, "ab")[:8]
    assert draw(FORTY, 8, "ab") != draw(FORTY, 8, "ac")


def test_a_small_group_is_drawn_whole_and_nobody_twice():
    assert sorted(draw(FORTY[:3], 8, "x")) == FORTY[:3]
    assert len(set(draw(FORTY, 40, "x"))) == 40


def test_the_draw_can_be_made_again_by_other_programs():
    by_hand = sorted(FORTY, key=lambda account: hashlib.sha256(b"s\n" + account.encode()).hexdigest())
    assert draw(FORTY, 8, "s") == by_hand[:8]


def test_every_account_has_the_same_chance_at_every_place():
    n = 4_000
    drawn = [draw(FORTY, 8, f"seed {number}") for number in range(n)]
    for counts, share in ((Counter(a for some in drawn for a in some), 8 / 40), (Counter(s[0] for s in drawn), 1 / 40)):
        expected = n * share
        spread = sum((counts[account] - expected) ** 2 / (expected * (1 - share)) for account in FORTY)
        assert spread < 39 + 5 * (2 * 39) ** 0.5, "chi-square with 39 degrees of freedom"


def test_seeds_differ():
    assert len({new_seed() for _ in range(100)}) == 100
    assert len(new_seed()) == 32
