"""Defines the scores of a peer, and its threshold."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

__all__ = ["Scored", "draw_line"]


class Scored(NamedTuple):
    """One account with its score; larger is more unusual. Accounts that a peer cannot judge have no row."""

    account_id: str
    score: float
    flagged: bool


def draw_line(scores: Mapping[str, float], trusted: frozenset[str], *, rate: float) -> list[Scored]:
    """Return every account except the *trusted*, flagged if its score is above all but a share *rate* of theirs.

    The threshold comes only from honest accounts. These are left out of the result, so that a peer is not measured on
    its calibration data. Without trusted accounts nothing is flagged.
    """
    known = np.array([scores[account] for account in sorted(trusted) if account in scores])
    line = float(np.quantile(known, 1 - rate, method="higher")) if len(known) else np.inf
    return [Scored(a, float(scores[a]), bool(scores[a] > line)) for a in sorted(scores) if a not in trusted]
