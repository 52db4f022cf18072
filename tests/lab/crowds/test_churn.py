import numpy as np
import pytest

from stillwatch.lab.crowds.churn import plan_churn, reassign_rows
from stillwatch.lab.crowds.crowd import NEVER
from stillwatch.lab.draws.arrival_rates import DAY_US

_BEGIN = 1_772_400_000_000_000
_END = _BEGIN + 40 * DAY_US


def _churn_plan(n: int = 300, churn: float = 0.05):
    return plan_churn(np.random.default_rng(3), n, begin=_BEGIN, end=_END, churn=churn)


def test_the_wanted_share_is_closed_per_day() -> None:
    plan = _churn_plan()
    closed = (plan.closed < NEVER).sum()
    assert closed / (300 * 40) == pytest.approx(0.05, rel=0.12)
    assert len(plan.slot) == 300 + closed - _vacant(plan)


def _vacant(plan) -> int:
    """Return the closures that were too late for a successor."""
    last = [plan.closed[plan.slot == p].max() for p in range(plan.n)]
    return int((np.asarray(last) < NEVER).sum())


def test_a_successor_opens_within_hours_and_one_at_a_time() -> None:
    plan = _churn_plan()
    for slot in range(plan.n):
        mine = np.flatnonzero(plan.slot == slot)
        mine = mine[np.argsort(plan.opened[mine])]
        waits = plan.opened[mine[1:]] - plan.closed[mine[:-1]]
        assert (waits > 0).all()
        assert (waits <= 20 * 3_600_000_000).all()
        assert mine[0] == slot


def test_rows_go_to_the_account_that_holds_the_slot() -> None:
    plan = _churn_plan(50, 0.1)
    rng = np.random.default_rng(1)
    owner = np.sort(rng.integers(0, 50, 40_000))
    at = rng.integers(_BEGIN, _END, 40_000)
    who, when = reassign_rows(plan, owner, at)
    assert (when >= plan.opened[who]).all()
    assert (when < plan.closed[who]).all()
    assert len(who) > 0.97 * len(owner)
    assert set(plan.slot[who]) == set(range(50))
    assert (np.bincount(plan.slot[who], minlength=50) > 600).all()
    order = np.lexsort((when, who))
    assert np.array_equal(order, np.arange(len(who)))


def test_without_churn_no_row_moves() -> None:
    plan = _churn_plan(20, 0.0)
    at = np.arange(_BEGIN, _BEGIN + 200)
    owner = np.repeat(np.arange(20), 10)
    who, when = reassign_rows(plan, owner, at)
    assert np.array_equal(who, owner)
    assert np.array_equal(when, at)
    assert (plan.closed == NEVER).all()


def test_many_slots_do_not_overflow() -> None:
    plan = _churn_plan(25_000, 0.02)
    owner = np.asarray([0, 12_000, 24_999])
    who, when = reassign_rows(plan, owner, np.full(3, _BEGIN))
    assert np.array_equal(who, owner)
    assert (when == _BEGIN).all()
