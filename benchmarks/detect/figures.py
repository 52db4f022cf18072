"""Figures with their intervals, and how they stand to a bar."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from scipy.special import stdtrit

from stillwatch.lab.measurement import wilson

__all__ = ["NOT_RUN", "Share", "Target", "added", "mean_interval", "percent", "share", "spread", "tally"]

NOT_RUN = "not run"


@dataclass(frozen=True)
class Share:
    """*n* of *of*, with its 95% Wilson interval."""

    n: int
    of: int

    @property
    def rate(self) -> float:
        """Return the share itself, 0 of nothing."""
        return self.n / self.of if self.of else 0.0

    def interval(self) -> tuple[float, float]:
        """Return the 95% interval, everything where there is nothing."""
        found = wilson(self.n, self.of)
        return found.low, found.high

    def shown(self) -> str:
        """Return the counts and the interval."""
        if not self.of:
            return "–"
        low, high = self.interval()
        return f"{self.n:,} of {self.of:,} ({percent(low)}–{percent(high)})"


def share(pairs: Iterable[tuple[int, int]]) -> Share:
    """Return the sum of pairs of a count and what it is of."""
    rows = list(pairs)
    return Share(sum(n for n, _ in rows), sum(of for _, of in rows))


def added(rows: Iterable[Mapping[str, Any]], count: str = "above", of: str = "of") -> Share:
    """Return the sum over *rows* of what each has as *count* and as *of*."""
    return share((row[count], row[of]) for row in rows)


def tally(flags: Iterable[bool]) -> Share:
    """Return how many of *flags* are set."""
    return share((int(flag), 1) for flag in flags)


@dataclass(frozen=True)
class Target:
    """One bar of the table, what was measured against it, and how it stands."""

    world: str
    what: str
    measured: str = NOT_RUN
    interval: str = ""
    required: str = ""
    outcome: str = NOT_RUN
    false_positives: str = ""
    """False positives in the same scans: honest accounts above ``watch``, where nothing else is said."""

    @classmethod
    def at_least(cls, world: str, what: str, found: Share, required: float, false_positives: str = "") -> "Target":
        """Return how the share *found* stands to a least one."""
        short = required - found.rate
        return cls._of_share(world, what, found, f"≥ {percent(required)}", short, false_positives)

    @classmethod
    def at_most(cls, world: str, what: str, found: Share, required: float, false_positives: str = "") -> "Target":
        """Return how the share *found* stands to a greatest one."""
        return cls._of_share(
            world, what, found, f"≤ {percent(required)}" if required else "none", found.rate - required, false_positives
        )

    @classmethod
    def _of_share(
        cls, world: str, what: str, found: Share, required: str, short: float, false_positives: str
    ) -> "Target":
        if not found.of:
            # with honest accounts beside it the piece has run, and reported nothing that this bar could count
            ran = ("nothing to count", "", required, "–") if false_positives else (NOT_RUN, "", required, NOT_RUN)
            return cls(world, what, *ran, false_positives)
        low, high = found.interval()
        measured = f"{percent(found.rate)} ({found.n:,} of {found.of:,})"
        outcome = "met" if short <= 1e-12 else f"short by {100 * short:.3g} points"
        return cls(world, what, measured, f"{percent(low)}–{percent(high)}", required, outcome, false_positives)

    @classmethod
    def of_values(
        cls,
        world: str,
        what: str,
        values: Sequence[float],
        required: float,
        unit: str,
        *,
        of: int,
        false_positives: str = "",
    ) -> "Target":
        """Return how the greatest of *values*, one per seed, stands to *bar*; seeds that are missing are infinite.

        *unit* stands behind each figure as it is, with its space if it wants one.
        """
        sign = f"≤ {required:g}{unit}"
        if not of:
            return cls(world, what, required=sign, false_positives=false_positives)
        known = sorted(values)
        missing = of - len(known)
        worst = f"never in {missing} of {of} seeds" if missing else f"{known[-1]:.3g}{unit} at worst"
        seeds = f"{known[0]:.3g}–{known[-1]:.3g}{unit}, mean {np.mean(known):.3g}" if known else "–"
        if missing:
            outcome = f"short: {missing} of {of} seeds without"
        else:
            outcome = "met" if known[-1] <= required + 1e-12 else f"short by {known[-1] - required:.3g}{unit}"
        return cls(world, what, worst, seeds, sign, outcome, false_positives)


def mean_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean of *values*, one per seed, with its 95% interval (Student); one value has none."""
    middle = float(np.mean(values))
    if len(values) < 2:
        return middle, float("-inf"), float("inf")
    reach = float(stdtrit(len(values) - 1, 0.975)) * float(np.std(values, ddof=1)) / sqrt(len(values))
    return middle, middle - reach, middle + reach


def spread(values: Sequence[float]) -> str:
    """Return the mean of *values* with the least and the greatest, or the only one."""
    if len(values) == 1:
        return f"{values[0]:,.4g}"
    return f"{np.mean(values):,.4g} ({min(values):,.4g}–{max(values):,.4g})"


def percent(value: float) -> str:
    """Return a share in percent, exact where it is small."""
    return f"{100 * value:.4g}%"
