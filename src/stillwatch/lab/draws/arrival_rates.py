"""Draws the times of exchanges from arrival rates that vary over the days of a world.

Gaps between exchanges follow a Gamma renewal process on the scale of the cumulated rate.
"""

from dataclasses import dataclass

import numpy as np

from stillwatch.lab.draws.random_draws import Floats, Ints, segment_cumsum

__all__ = ["DAY_US", "WINDOW_US", "ArrivalRates", "build_arrival_rates", "embedded_arrival_rates"]

WINDOW_US = 600_000_000
DAY_US = 86_400_000_000
_WINDOWS = DAY_US // WINDOW_US


@dataclass(frozen=True, slots=True)
class ArrivalRates:
    """A set of arrival-rate curves.

    ``cumulative`` has the shape (curve, window + 1): the cumulated rate from 0 to 1 over ten-minute windows. ``shapes``
    is the typical Gamma shape of the gaps per curve; a shape below 1 means bursts.
    """

    cumulative: Floats
    shapes: Floats
    origin: str

    @property
    def period_us(self) -> int:
        """Return the length of the world in microseconds."""
        return int(self.cumulative.shape[1] - 1) * WINDOW_US

    def share_before(self, rate_curve: Ints, moment: Ints) -> Floats:
        """Return the share of each curve's total rate before *moment* (microseconds from the start)."""
        window = np.clip(moment // WINDOW_US, 0, self.cumulative.shape[1] - 2)
        low, high = self.cumulative[rate_curve, window], self.cumulative[rate_curve, window + 1]
        return np.asarray(low + (high - low) * ((moment - window * WINDOW_US) / WINDOW_US))

    def moment_of(self, rate_curve: Ints, share: Floats) -> Ints:
        """Return the inverse of ``share_before``: the moment before which *share* of the total rate lies."""
        out = np.empty(len(rate_curve), dtype=np.int64)
        order = np.argsort(rate_curve, kind="stable")
        edges = np.flatnonzero(np.diff(rate_curve[order], prepend=-1))
        grid = np.arange(self.cumulative.shape[1], dtype=np.float64) * WINDOW_US
        for begin, end in zip(edges, np.append(edges[1:], len(order)), strict=True):
            rows = order[begin:end]
            out[rows] = np.interp(share[rows], self.cumulative[rate_curve[rows[0]]], grid).astype(np.int64)
        return out

    def arrivals(
        self, rng: np.random.Generator, counts: Ints, *, rate_curve: Ints, shift: Ints, shape: Floats, since: Ints
    ) -> Ints:
        """Return *counts* sorted moments per account, account after account, none before *since*.

        *shift* moves a curve to the time zone of the account. *shape* is the Gamma shape of the gaps on the scale of
        the cumulated rate. All times are microseconds from the start of the world.
        """
        owner = np.repeat(np.arange(len(counts)), counts)
        if not len(owner):
            return np.zeros(0, dtype=np.int64)
        starts = np.diff(owner, prepend=-1) != 0
        gaps = rng.gamma(shape[owner]) + 1e-12
        ends = rng.gamma(shape) + 1e-12
        passed = segment_cumsum(gaps, starts)
        total = np.bincount(owner, weights=gaps, minlength=len(counts)) + ends
        period = self.period_us
        since = np.clip(since, 0, period - WINDOW_US)
        first = self.share_before(rate_curve, (since - shift) % period)
        last = self.share_before(rate_curve, (-shift) % period)
        mass = (last - first) % 1.0
        mass = np.where((mass < 1e-9) & (since < period // 2), 1.0, mass)
        share = (first[owner] + (passed / total[owner]) * mass[owner]) % 1.0
        local = self.moment_of(rate_curve[owner], share)
        return np.asarray((local + shift[owner]) % period)


def build_arrival_rates(rates: Floats, shapes: Floats, origin: str, *, floor: float = 0.02) -> ArrivalRates:
    """Return arrival rates from rates per window (curve, window).

    *floor* is added to every window, as a share of the curve's mean rate, so that no window has rate 0.
    """
    mean = rates.mean(axis=1, keepdims=True)
    cumulative = np.cumsum(rates + floor * mean, axis=1)
    cumulative = np.concatenate([np.zeros((len(rates), 1)), cumulative / cumulative[:, -1:]], axis=1)
    return ArrivalRates(cumulative, shapes, origin)


def embedded_arrival_rates(rng: np.random.Generator, days: int, n: int = 160) -> ArrivalRates:
    """Return *n* curves with daily and weekly patterns, busier and quieter days, and bursts."""
    hour = (np.arange(days * _WINDOWS) % _WINDOWS) / (_WINDOWS / 24)
    day = np.arange(days * _WINDOWS) // _WINDOWS
    peak = rng.normal(14.5, 3.0, (n, 1))
    width = rng.uniform(2.5, 6.0, (n, 1))
    distance = np.abs((hour - peak + 12) % 24 - 12)
    daily = np.exp(-0.5 * (distance / width) ** 2) + rng.uniform(0.01, 0.08, (n, 1))
    weekend = np.where(day % 7 >= 5, rng.uniform(0.2, 1.4, (n, 1)), 1.0)
    mood = rng.gamma(rng.uniform(0.6, 3.0, (n, 1)), 1.0, (n, days))[:, day]
    burst = rng.gamma(0.5, 2.0, (n, days * 24))[:, (np.arange(days * _WINDOWS) * 24) // _WINDOWS]
    shapes = np.exp(rng.normal(-0.9, 0.5, n))
    return build_arrival_rates(daily * weekend * mood * burst, shapes, "embedded generator")
