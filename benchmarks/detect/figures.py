"""Figures with their intervals, and their comparison with a target."""

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
    """The share *n* of *of*, with its 95% Wilson interval."""

    n: int
    of: int

    @property
    def rate(self) -> float:
        """Return the share; 0 if *of* is 0."""
        return self.n / self.of if self.of else 0.0

    def interval(self) -> tuple[float, float]:
        """Return the 95% interval; 0 to 1 if *of* is 0."""
        found = wilson(self.n, self.of)
        return found.low, found.high

    def shown(self) -> str:
        """Return counts and interval as text."""
        if not self.of:
            return "–"
        low, high = self.interval()
        return f"{self.n:,} of {self.of:,} ({percent(low)}–{percent(high)})"


def share(pairs: Iterable[tuple[int, int]]) -> Share:
    """Return the sum of pairs (count, total)."""
    rows = list(pairs)
    return Share(sum(n for n, _ in rows), sum(of for _, of in rows))


def added(rows: Iterable[Mapping[str, Any]], count: str = "above", of: str = "of") -> Share:
    """Return the sum over *rows* of the columns *count* and *of*."""
    return share((row[count], row[of]) for row in rows)


def tally(flags: Iterable[bool]) -> Share:
    """Return how many of *flags* are true."""
    return share((int(flag), 1) for flag in flags)


@dataclass(frozen=True)
class Target:
    """One row of the targets table: the measured figure, the required value and the outcome."""

    world: str
    what: str
    measured: str = NOT_RUN
    interval: str = ""
    required: str = ""
    outcome: str = NOT_RUN
    false_positives: str = ""
    """Honest accounts above ``watch`` in the same scans, unless the text says otherwise."""

    @classmethod
    def at_least(cls, world: str, what: str, found: Share, required: float, false_positives: str = "") -> "Target":
        """Return the row for a share *found* that must be at least *required*."""
        short = required - found.rate
        return cls._of_share(world, what, found, f"≥ {percent(required)}", short, false_positives)

    @classmethod
    def at_most(cls, world: str, what: str, found: Share, required: float, false_positives: str = "") -> "Target":
        """Return the row for a share *found* that must be at most *required*."""
        return cls._of_share(
            world, what, found, f"≤ {percent(required)}" if required else "none", found.rate - required, false_positives
        )

    @classmethod
    def _of_share(
        cls, world: str, what: str, found: Share, required: str, short: float, false_positives: str
    ) -> "Target":
        if not found.of:
            # false positives exist, so the piece ran; it reported nothing that this target could count
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
        """Return the row for the greatest of *values*, one per seed, that must be at most *required*.

        A seed without a value counts as infinite. *unit* is appended to each figure unchanged, with its leading space
        if any.
        """
        sign = f"≤ {required:g}{unit}"
        if not of:
            return cls(world, what, required=sign, false_positives=false_positives)
        known = sorted(values)
        missing = of - len(known)
        worst = f"never in {missing} of {of} seeds" if missing else f"{known[-1]:.3g}{unit} at worst"
        seeds = f"{known[0]:.3g}–{known[-1]:.3g}{unit}, mean {np.mean(known):.3g}" if known else "–"
        if missing:
            outcome = f"short: missing in {missing} of {of} seeds"
        else:
            outcome = "met" if known[-1] <= required + 1e-12 else f"short by {known[-1] - required:.3g}{unit}"
        return cls(world, what, worst, seeds, sign, outcome, false_positives)


def mean_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean of *values*, one per seed, with its 95% interval (Student); infinite for one value."""
    middle = float(np.mean(values))
    if len(values) < 2:
        return middle, float("-inf"), float("inf")
    reach = float(stdtrit(len(values) - 1, 0.975)) * float(np.std(values, ddof=1)) / sqrt(len(values))
    return middle, middle - reach, middle + reach


def spread(values: Sequence[float]) -> str:
    """Return the mean of *values* with minimum and maximum, or the only value."""
    if len(values) == 1:
        return f"{values[0]:,.4g}"
    return f"{np.mean(values):,.4g} ({min(values):,.4g}–{max(values):,.4g})"


def percent(value: float) -> str:
    """Return a share in percent, with four significant digits."""
    return f"{100 * value:.4g}%"
