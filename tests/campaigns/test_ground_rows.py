"""What a campaign stood on, as rows."""

import numpy as np
import pytest

from stillwatch.campaigns.candidates import Group
from stillwatch.campaigns.coordination import Sharing
from stillwatch.campaigns.distance import Tastes
from stillwatch.campaigns.ground_rows import bond_rows, everywhere, ground_rows
from stillwatch.campaigns.membership import Membership
from stillwatch.campaigns.sameness import sameness

TASTES = Tastes(0.2, 0.4, 0.125)


def _group(sharing, members):
    nothing = np.zeros(len(members))
    found = Membership(members, nothing + 1, nothing, np.zeros((len(members), 5)))
    same = sameness(sharing.population.whole, members, TASTES)
    return Group(0.01, found, same, sharing.evidence(members))


@pytest.fixture
def sharing(sample, bonds):
    population = sample(honest=60, prompts=10).population
    cards = {"card": [0, 1, 2, 40], "own": [3, 41], "other": [50, 51]}
    return Sharing(population, bonds(population, {"shared_payment": cards, "shared_device": {"d": [0, 1, 5]}}))


def test_a_row_says_who_pays_what_ties_the_account_and_what_it_asks(sharing):
    rows = ground_rows(sharing, TASTES, _group(sharing, np.arange(6)), "C-1")
    assert [row["account_id"] for row in rows] == sharing.population.accounts[:6]
    assert len({row["unit"] for row in rows}) == 6
    assert [row["is_tied"] for row in rows] == [True, True, True, True, False, True]
    assert [row["is_crossing"] for row in rows] == [True, True, False, False, False, False]
    assert [row["n_ties_alone"] for row in rows] == [0, 0, 0, 1, 0, 0]
    # a card with one stranger: one pair less among strangers, of one value
    assert rows[3]["alone"] == [{"signal": "shared_payment", "pairs": 1.0, "squares": 1.0, "n": 1}]
    assert all(row["alone"] == [] for row in rows[:3])
    content = sharing.population.whole
    assert [row["n"] for row in rows] == content.n[:6].tolist()
    mean = np.stack([np.frombuffer(row["mean"], "<f2") for row in rows])
    assert mean == pytest.approx(content.mean[:6], abs=1e-3)
    assert {row["honest_distance"] for row in rows} == {TASTES.median}
    assert {row["noise_factor"] for row in rows} == {TASTES.noise}


def test_a_bond_says_how_many_hold_the_value_in_the_whole_log(sharing):
    rows = bond_rows(sharing, _group(sharing, np.arange(6)), "C-1")
    assert {(row["hub"], row["n_holders"]) for row in rows} == {("shared_payment:card", 4), ("shared_device:d", 3)}
    assert len(rows) == 6


def test_strangers_are_said_in_plain_numbers(sharing):
    said = everywhere(sharing)
    assert said["n_units"] == 60
    assert said["n_tied"] == 9
    assert said["n_crossing"] == 2
    card = next(row for row in said["signals"] if row["signal"] == "shared_payment")
    assert card == {"signal": "shared_payment", "family": "identity", "pairs": 8.0, "squares": 38.0, "n_shared": 3}
