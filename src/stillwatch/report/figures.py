"""Computes the geometry of the figures: the log scale of expected and observed values, and lines over time.

The functions return numbers and paths. The templates draw them, so that all text on the page is escaped.
"""

import math
from dataclasses import dataclass

import numpy as np

from stillwatch.report import wording
from stillwatch.report.timeline import Counts, Timeline

__all__ = ["LogScale", "Panel", "Tick", "glyph", "log_scale", "panel", "time_ticks"]

_PANEL_WIDTH, _PANEL_HEIGHT = 1000.0, 100.0
_ZERO_AT, _LEAST_AT, _MOST_AT = 3.0, 16.0, 96.0  # per cent of a strip's width
_MOST_TICKS = 5


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on a horizontal axis; ``at`` is in per cent of its width."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class LogScale:
    """A log scale over the width of a strip, in per cent. Zero and negative values have a place at the left end."""

    least: int
    most: int
    has_zero: bool
    is_share: bool = False

    def place(self, value: float) -> float:
        """Return the position of *value* in per cent."""
        if not value > 0:
            return _ZERO_AT
        left = _LEAST_AT if self.has_zero else _ZERO_AT
        part = (math.log10(value) - self.least) / (self.most - self.least)
        return round(left + (_MOST_AT - left) * min(max(part, 0.0), 1.0), 2)

    @property
    def ticks(self) -> list[Tick]:
        """Return the tick of zero, if the scale has one, and at most five powers of ten."""
        step = math.ceil((self.most - self.least + 1) / _MOST_TICKS)
        powers = range(self.least, self.most + 1, step)
        write = wording.rate if self.is_share else _power_of
        marks = [Tick(self.place(10.0**power), write(10.0**power)) for power in powers]
        return [Tick(_ZERO_AT, "0%" if self.is_share else "0"), *marks] if self.has_zero else marks


@dataclass(frozen=True, slots=True)
class Panel:
    """One line over time in a box of 1,000 by 100: the paths of line and area, the largest value, and the sum."""

    line: str
    area: str
    peak: int
    total: int


def log_scale(values: list[float], *, is_share: bool = False) -> LogScale:
    """Return a scale between whole powers of ten that includes every finite value. Shares have ticks in per cent."""
    finite = [value for value in values if math.isfinite(value)]
    logs = [math.log10(value) for value in finite if value > 0] or [0.0]
    least, most = math.floor(min(logs)), math.ceil(max(logs))
    return LogScale(least, max(most, least + 1), has_zero=any(value <= 0 for value in finite), is_share=is_share)


def _power_of(value: float) -> str:
    return _power(round(math.log10(value)))


def _power(power: int) -> str:
    if power > 6:
        return wording.amount(10.0**power)
    return wording.count(10**power) if power >= 0 else f"{10.0**power:.{-power}f}"


def panel(counts: Counts) -> Panel:
    """Return the line of *counts*: each bucket is drawn at its middle, and the largest count fills the height."""
    peak = int(counts.max()) if counts.size else 0
    x = (np.arange(counts.size) + 0.5) * (_PANEL_WIDTH / max(counts.size, 1))
    y = _PANEL_HEIGHT - counts * ((_PANEL_HEIGHT - 4) / max(peak, 1))
    points = [f"{a:.1f} {b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    line = "M" + "L".join(points) if points else ""
    floor = f"{_PANEL_HEIGHT:g}"
    area = f"{line}L{x[-1]:.1f} {floor}L{x[0]:.1f} {floor}Z" if points else ""
    return Panel(line, area, peak, int(counts.sum()))


def time_ticks(timeline: Timeline) -> list[Tick]:
    """Return at most five evenly spaced days on the time axis, without repeated labels."""
    ticks: list[Tick] = []
    for part in range(_MOST_TICKS):
        bucket = (timeline.n_buckets - 1) * part // (_MOST_TICKS - 1)
        text = wording.tick(timeline.at(bucket))
        if not ticks or ticks[-1].text != text:
            ticks.append(Tick(round((bucket + 0.5) * 100 / timeline.n_buckets, 2), text))
    return ticks


def glyph(family: str, x: float, y: float, radius: float) -> str:
    """Return the path of the shape of a family. The shape makes families distinguishable without colour."""
    corners = {"identity": (4, 45.0), "infrastructure": (4, 0.0), "client": (3, -90.0), "tempo": (3, 90.0)}
    if family not in corners:
        r = round(radius, 1)  # rounded first, so that the two half circles meet
        return f"M{x - r:.1f} {y:.1f}a{r} {r} 0 1 0 {2 * r:.1f} 0a{r} {r} 0 1 0 {-2 * r:.1f} 0Z"
    n, turn = corners[family]
    reach = radius * {3: 1.4, 4: 1.22}[n]  # so that all shapes have about the same area
    points = []
    for corner in range(n):
        angle = math.radians(turn + 360 * corner / n)
        points.append(f"{x + reach * math.cos(angle):.1f} {y + reach * math.sin(angle):.1f}")
    return "M" + "L".join(points) + "Z"
