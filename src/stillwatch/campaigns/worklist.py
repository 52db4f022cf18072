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
    SELECT label,
        COUNT(*) AS n_prompts,
        CAST(SUM(k) AS BIGINT) AS n_askings,
        CAST(SUM(k * k) AS BIGINT) AS n_squares,
        CAST(SUM(c) AS BIGINT) AS n_exchanges
    FROM (
        SELECT g.label, p.prompt_hash, COUNT(DISTINCT p.account_id) AS k, COUNT(*) AS c
        FROM prints AS p
        JOIN groups AS g ON g.account_id = p.account_id
        WHERE p.n_words >= {least}
        GROUP BY g.label, p.prompt_hash
    ) AS prompts
    GROUP BY label
    ORDER BY label
"""


@dataclass(frozen=True)
class Collisions:
    """Counts over the prompts of a group: *prompts* different ones, asked by *askings* (prompt, account) pairs."""

    prompts: int = 0
    askings: int = 0
    squares: int = 0
    """Sum over prompts of the squared number of accounts that asked it."""
    exchanges: int = 0

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

    def readers(self) -> tuple[float, float] | None:
        """Return how unevenly prompts come up, against independent readers of one list (1), and its standard error.

        The list's length is unknown, so the comparison is with a Poisson law cut off at nought of the same mean:
        below 1 the prompts were dealt, at 1 read independently, above 1 some are favourites. None where too few
        prompts come up twice to tell.
        """
        if self.prompts < 30 or self.askings < 1.03 * self.prompts:
            return None
        mean = self.askings / self.prompts
        variance = self.squares / self.prompts - mean**2
        rate = brentq(lambda x: x / -np.expm1(-x) - mean, 1e-9, mean)
        expected = mean * (1 + rate - mean)
        return float(variance / expected), float(np.sqrt(2 / self.prompts) + 1 / np.sqrt(max(1.0, self.askings - self.prompts)))


def count(engine: Engine, prints: Frame, groups: pa.Table) -> dict[int, Collisions]:
    """Return the collisions of each label in *groups* (account_id, label); an account may have several labels."""
    rows = engine.arrow(engine.query(_SELECT.format(least=_LEAST_WORDS), prints=prints, groups=groups)).read_all()
    return {
        row["label"]: Collisions(row["n_prompts"], row["n_askings"], row["n_squares"], row["n_exchanges"])
        for row in rows.to_pylist()
    }
