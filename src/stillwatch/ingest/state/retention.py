"""How long days are kept, told by the days there are and not by a clock."""

import itertools
from collections.abc import Collection
from datetime import date, timedelta

__all__ = ["ahead", "horizon"]


def horizon(days: Collection[date], keep_days: int) -> date | None:
    """Return the first day to keep where *keep_days* days before the newest one are kept; None where all are (0).

    A day counts as the newest only where another one lies within *keep_days* before it: one row with a date of next
    year must not cost all the others. More days never move it back.
    """
    newest = _newest(days, keep_days)
    return None if newest is None or not keep_days else newest - timedelta(days=keep_days)


def ahead(days: Collection[date], keep_days: int) -> date | None:
    """Return the last of *days* where it lies so far ahead of the others that :func:`horizon` leaves it out."""
    last = max(days, default=None)
    return last if keep_days and len(days) > 1 and last != _newest(days, keep_days) else None


def _newest(days: Collection[date], keep_days: int) -> date | None:
    near = timedelta(days=keep_days)
    following = itertools.pairwise(sorted(set(days)))
    return max((day for before, day in following if day - before <= near), default=None)
