"""Decides which days a state keeps, from the days in the log and not from the clock."""

import itertools
from collections.abc import Collection
from datetime import date, timedelta

__all__ = ["first_kept_day", "outlier"]


def first_kept_day(days: Collection[date], keep_days: int) -> date | None:
    """Return the first day to keep: *keep_days* days before the newest day. None where all days are kept (0).

    A day counts as the newest only where another day lies within *keep_days* days before it. So one row with a wrong
    date in the future does not delete all other days. Adding days never moves the result back.
    """
    newest = _newest(days, keep_days)
    return None if newest is None or not keep_days else newest - timedelta(days=keep_days)


def outlier(days: Collection[date], keep_days: int) -> date | None:
    """Return the last of *days* where it is more than *keep_days* after the others, else None."""
    last = max(days, default=None)
    return last if keep_days and len(days) > 1 and last != _newest(days, keep_days) else None


def _newest(days: Collection[date], keep_days: int) -> date | None:
    near = timedelta(days=keep_days)
    following = itertools.pairwise(sorted(set(days)))
    return max((day for before, day in following if day - before <= near), default=None)
