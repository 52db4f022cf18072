import numpy as np
import pytest

from stillwatch.lab.draws.arrival_rates import DAY_US, WINDOW_US, build_arrival_rates, embedded_arrival_rates


def _arrivals(counts, since, shift=0, shape=1.0, days=7):
    arrival_rates = embedded_arrival_rates(np.random.default_rng(1), days, 5)
    n = len(counts)
    return arrival_rates, arrival_rates.arrivals(
        np.random.default_rng(2), np.asarray(counts, dtype=np.int64), rate_curve=np.arange(n) % 5, shift=np.full(n, shift),
        shape=np.full(n, shape), since=np.asarray(since),
    )  # fmt: skip


def test_arrivals_have_the_requested_counts_and_are_sorted() -> None:
    arrival_rates, at = _arrivals([400, 0, 300], [0, 0, 3 * DAY_US], shift=5 * 3_600_000_000)
    assert len(at) == 700
    assert (np.diff(at[:400]) >= 0).all()
    assert (np.diff(at[400:]) >= 0).all()
    assert at.min() >= 0
    assert at.max() < arrival_rates.period_us
    assert at[400:].min() >= 3 * DAY_US - WINDOW_US


def test_moment_of_inverts_share_before() -> None:
    arrival_rates = embedded_arrival_rates(np.random.default_rng(1), 7, 3)
    share = np.linspace(0.01, 0.99, 50)
    rate_curve = np.arange(50) % 3
    assert arrival_rates.share_before(rate_curve, arrival_rates.moment_of(rate_curve, share)) == pytest.approx(
        share, abs=1e-6
    )


def test_a_small_shape_makes_bursts() -> None:
    def variation(shape: float) -> float:
        flat = build_arrival_rates(np.ones((1, 7 * 144)), np.ones(1), "flat")
        one = np.zeros(1, dtype=np.int64)
        at = flat.arrivals(
            np.random.default_rng(3),
            np.array([3_000]),
            rate_curve=one,
            shift=one,
            shape=np.array([shape]),
            since=one,
        )
        gaps = np.diff(at)
        return float(gaps.std() / gaps.mean())

    assert variation(0.1) > 2.5 > 1.2 > variation(1.0) > 0.8


def test_no_accounts_give_no_arrivals() -> None:
    empty = np.zeros(0, dtype=np.int64)
    _, at = _arrivals([], empty)
    assert len(at) == 0


def test_arrivals_follow_day_and_night() -> None:
    arrival_rates = embedded_arrival_rates(np.random.default_rng(1), 28, 40)
    hourly = np.diff(arrival_rates.cumulative, axis=1).reshape(40, 28, 24, 6).sum(axis=(1, 3))
    assert (hourly.max(axis=1) > 3 * hourly.min(axis=1)).all()
