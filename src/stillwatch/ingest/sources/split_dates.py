"""Mends rows of CSV whose dates hold a comma and were written without quotes, such as ``Feb 1, 2026``."""

import re
from collections.abc import Sequence

__all__ = ["rejoined"]

_START = re.compile(r"(?:[A-Z][a-z]{2,8}, ?)?[A-Z][a-z]{2,8}\.? \d{1,2}$")
_REST = re.compile(r" ?\d{4}(?!\d)")


def rejoined(row: Sequence[str], n_fields: int) -> list[str]:
    """Return *row* with the parts of split dates put together where that gives *n_fields* fields, else unchanged."""
    whole: list[str] = []
    for part in row:
        if whole and _START.match(whole[-1]) and _REST.match(part):
            whole[-1] += f",{part}"
        else:
            whole.append(part)
    return whole if len(whole) == n_fields else list(row)
