"""What a peer says of accounts, and where the line is drawn."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

__all__ = ["Scored", "draw_line"]


class Scored(NamedTuple):
    """One account a peer could score; larger is odder. Accounts that it cannot judge have no row."""

    account_id: str
    score: float
    flagged: bool


def draw_line(scores: Mapping[str, float], trusted: frozenset[str], *, rate: float) -> list[Scored]:
    """Return every account but the *trusted*, flagged where it scores above all but a share *rate* of those.

    The line is drawn from honest accounts alone, and they are left out of the result: a peer is not measured on what it
    was calibrated with. Without a trusted account nothing is flagged.
    """
    known = np.array([scores[account] for account in sorted(trusted) if account in scores])
    line = float(np.quantile(known, 1 - rate, method="higher")) if len(known) else np.inf
    return [Scored(a, float(scores[a]), bool(scores[a] > line)) for a in sorted(scores) if a not in trusted]
