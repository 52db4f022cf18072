"""How often members of a group ask the same thing: people repeat each other by chance, a dealt worklist does not.

Payloads dealt out are drawn without replacement: they never collide, or, where a list is dealt several times, each
comes up equally often. Independent readers of one finite list collide by the birthday rule, and readers with
favourites more than that.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.optimize import brentq

from stillwatch.engine import Engine, Frame

__all__ = ["Collisions", "count"]

_LEAST_WORDS = 4
"""Shorter prompts are small talk, which everybody has in common."""

_SELECT = """
    SELECT p.label, p.n_prompts, p.n_askings, p.n_squares, p.n_exchanges, a.n_account_squares
    FROM (
        SELECT label,
            COUNT(*) AS n_prompts,
            CAST(SUM(k) AS BIGINT) AS n_askings,
            CAST(SUM(k * k) AS BIGINT) AS n_squares,
            CAST(SUM(c) AS BIGINT) AS n_exchanges
        FROM (
            SELECT label, prompt_hash, COUNT(*) AS k, SUM(c) AS c FROM askings GROUP BY label, prompt_hash
        ) AS prompts
        GROUP BY label
    ) AS p
    JOIN (
        SELECT label, CAST(SUM(m * m) AS BIGINT) AS n_account_squares
        FROM (SELECT label, account_id, COUNT(*) AS m FROM askings GROUP BY label, account_id) AS accounts
        GROUP BY label
    ) AS a ON a.label = p.label
    ORDER BY p.label
"""

_ASKINGS = """
    SELECT g.label, p.prompt_hash, p.account_id, COUNT(*) AS c
    FROM prints AS p
    JOIN groups AS g ON g.account_id = p.account_id
    WHERE p.n_words >= {least}
    GROUP BY g.label, p.prompt_hash, p.account_id
"""


@dataclass(frozen=True)
class Collisions:
    """Counts over the prompts of a group: *prompts* different ones, asked by *askings* (prompt, account) pairs."""

    prompts: int = 0
    askings: int = 0
    squares: int = 0
    """Sum over prompts of the squared number of accounts that asked it."""
    exchanges: int = 0
    account_squares: int = 0
    """Sum over accounts of the squared number of different prompts they asked."""

    @property
    def pairs(self) -> float:
        """Return pairs of accounts that asked the same prompt, summed over prompts."""
        return (self.squares - self.askings) / 2

    @property
    def rate(self) -> float:
        """Return the chance that two askings are of the same prompt, one pair added so that it is never nothing."""
        return (self.pairs + 1) / max(1.0, self.askings * (self.askings - 1) / 2)

    @property
    def repeats(self) -> float:
        """Return the share of exchanges that repeat a prompt of the same account."""
        return 1 - self.askings / self.exchanges if self.exchanges else 0.0

    def evenness(self) -> tuple[float, float] | None:
        """Return how evenly prompts come up, from independent readers of one list (0) to dealing (1), with its error.

        The list's length is unknown, so prompts that nobody asked cannot be counted: the comparison is with readers
        who each take their number of prompts from one list without asking any twice, a binomial law cut off at
        nought. Favourites push below 0. None where too few prompts come up twice to tell.
        """
        if self.prompts < 30 or self.askings <= self.prompts:
            return None
        mean = self.askings / self.prompts
        variance = self.squares / self.prompts - mean**2
        share = self.account_squares / self.askings**2

        def missed(rate: float) -> float:
            return float(np.exp(np.log1p(-min(rate * share, 1 - 1e-12)) / share))

        if mean * share >= 1:
            return None
        rate = brentq(lambda x: x / (1 - missed(x)) - mean, 1e-9, min(mean, (1 - 1e-9) / share))
        expected = (rate * (1 - rate * share) + rate**2) / (1 - missed(rate)) - mean**2
        least = (mean % 1) * (1 - mean % 1)
        if expected - least <= 0:
            return None
        error = expected * np.sqrt(2 / self.prompts + 1 / (self.askings - self.prompts)) / (expected - least)
        return (expected - variance) / (expected - least), float(error)


def count(engine: Engine, prints: Frame, groups: pa.Table) -> dict[int, Collisions]:
    """Return the collisions of each label in *groups* (account_id, label); an account may have several labels."""
    askings = engine.query(_ASKINGS.format(least=_LEAST_WORDS), prints=prints, groups=groups)
    rows = engine.arrow(engine.query(_SELECT, askings=askings)).read_all()
    return {
        row["label"]: Collisions(
            row["n_prompts"], row["n_askings"], row["n_squares"], row["n_exchanges"], row["n_account_squares"]
        )
        for row in rows.to_pylist()
    }
