from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.cases.decisions.verdict import Standing, VerdictTally, of_account

tallies = st.builds(VerdictTally, *(st.integers(0, 3) for _ in range(4)))


@given(tallies, tallies, tallies)
def test_answers_add_up_in_any_order(a: VerdictTally, b: VerdictTally, c: VerdictTally) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + VerdictTally() == a


@pytest.mark.parametrize(
    ("tally", "expected"),
    [
        (VerdictTally(), Standing.OPEN),
        (VerdictTally(unsure=2), Standing.UNSURE),
        (VerdictTally(confirmed=1), Standing.CONFIRMED),
        (VerdictTally(confirmed=1, unsure=5), Standing.CONFIRMED),
        (VerdictTally(innocent=1, unsure=1), Standing.INNOCENT),
        (VerdictTally(confirmed=9, innocent=1), Standing.DISPUTED),
        (VerdictTally(confirmed=9, overturned=1), Standing.INNOCENT),
    ],
)
def test_what_answers_come_to(tally: VerdictTally, expected: Standing) -> None:
    assert tally.standing is expected


def test_an_account_is_confirmed_by_both_and_innocent_by_either() -> None:
    for case, account in product(Standing, Standing):
        found = of_account(case, account)
        assert found is of_account(account, case)
        assert (found is Standing.CONFIRMED) == (case is account is Standing.CONFIRMED)
        assert (found is Standing.INNOCENT) == (Standing.INNOCENT in (case, account))


@given(tallies, tallies)
def test_no_further_answer_makes_an_innocent_account_guilty(said: VerdictTally, more: VerdictTally) -> None:
    if said.standing is Standing.INNOCENT:
        assert (said + more).standing in (Standing.INNOCENT, Standing.DISPUTED)
    if said.overturned:
        assert (said + more).standing is Standing.INNOCENT
