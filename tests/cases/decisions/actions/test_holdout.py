from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from stillwatch.cases.decisions.actions.holdout import draw_moment, n_held_out, split

START = datetime(2026, 4, 1, tzinfo=UTC)


@given(st.sets(st.text(max_size=5), min_size=1, max_size=40), st.floats(0, 0.9), st.text(max_size=8))
def test_each_account_has_one_arm_and_somebody_is_treated(accounts: set[str], holdout: float, salt: str) -> None:
    arms = split(accounts, holdout, salt)
    assert arms.treated | arms.held_out == accounts
    assert not arms.treated & arms.held_out
    assert arms.treated
    assert len(arms.held_out) == min(round(holdout * len(accounts)), len(accounts) - 1)
    assert split(sorted(accounts, reverse=True), holdout, salt) == arms


def test_another_salt_holds_out_others() -> None:
    accounts = [f"a{n}" for n in range(100)]
    first, second = (split(accounts, 0.2, salt).held_out for salt in ("one", "two"))
    assert len(first) == len(second) == 20
    assert first != second


def test_the_moment_lies_between_the_two_and_varies() -> None:
    end = START + timedelta(hours=6)
    drawn = [draw_moment(START, end, Random(seed)) for seed in range(200)]
    assert all(START <= at <= end for at in drawn)
    assert max(drawn) - min(drawn) > timedelta(hours=5)
    assert draw_moment(START, START, Random(1)) == START


def test_how_many_are_held_out_is_known_before_who():
    for n in range(1, 40):
        for share in (0.0, 0.1, 0.5, 0.99):
            accounts = [str(number) for number in range(n)]
            assert len(split(accounts, share, "salt").held_out) == n_held_out(n, share)
