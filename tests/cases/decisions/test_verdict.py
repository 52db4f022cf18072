from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.cases.decisions.verdict import Standing, Tally, of_account

tallies = st.builds(Tally, *(st.integers(0, 3) for _ in range(4)))


@given(tallies, tallies, tallies)
def test_answers_add_up_in_any_order(a: Tally, b: Tally, c: Tally) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + Tally() == a


@pytest.mark.parametrize(
    ("tally", "expected"),
    [
        (Tally(), Standing.OPEN),
        (Tally(unsure=2), Standing.UNSURE),
        (Tally(confirmed=1), Standing.CONFIRMED),
        (Tally(confirmed=1, unsure=5), Standing.CONFIRMED),
        (Tally(innocent=1, unsure=1), Standing.INNOCENT),
        (Tally(confirmed=9, innocent=1), Standing.DISPUTED),
        (Tally(confirmed=9, overturned=1), Standing.INNOCENT),
    ],
)
def test_what_answers_come_to(tally: Tally, expected: Standing) -> None:
    assert tally.standing is expected


def test_an_account_is_confirmed_by_both_and_innocent_by_either() -> None:
    for case, account in product(Standing, Standing):
        found = of_account(case, account)
        assert found is of_account(account, case)
        assert (found is Standing.CONFIRMED) == (case is account is Standing.CONFIRMED)
        assert (found is Standing.INNOCENT) == (Standing.INNOCENT in (case, account))


@given(tallies, tallies)
def test_no_further_answer_makes_an_innocent_account_guilty(said: Tally, more: Tally) -> None:
    if said.standing is Standing.INNOCENT:
        assert (said + more).standing in (Standing.INNOCENT, Standing.DISPUTED)
    if said.overturned:
        assert (said + more).standing is Standing.INNOCENT
