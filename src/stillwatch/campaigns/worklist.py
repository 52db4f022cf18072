"""How often members of a group ask the same thing: people repeat each other by chance, a dealt worklist does not.

Payloads dealt out are drawn without replacement: they never collide, or, where a list is dealt several times, each
comes up equally often. Independent readers of one finite list collide by the birthday rule, and readers with
favourites more than that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from scipy.optimize import brentq
from scipy.special import gammaln

from stillwatch.campaigns.content import Floats
from stillwatch.engine import Engine, Frame

__all__ = ["Collisions", "askings", "count", "count_within"]

_LEAST_WORDS = 4
"""Shorter prompts are small talk, which everybody has in common."""

_SAID = """
    SELECT g.label, p.prompt_hash, p.account_id
    FROM prints AS p
    JOIN groups AS g ON g.account_id = p.account_id
    {within}
    WHERE p.n_words >= {least}{unless}
"""

_WITHIN = """
    JOIN (
        SELECT l.prompt_hash, MIN(l.topic) AS topic
        FROM places AS l
        JOIN (SELECT DISTINCT topic FROM topics) AS w ON w.topic = l.topic
        GROUP BY l.prompt_hash
    ) AS q ON q.prompt_hash = p.prompt_hash
    JOIN topics AS t ON t.label = g.label AND t.topic = q.topic
    LEFT JOIN left_out AS o ON o.label = g.label AND o.account_id = g.account_id AND o.topic = q.topic
"""

_STEPS = 5
"""Times that one account asks a prompt from which it is no task: agents and tools repeat their steps."""

_SHARED = f"""
    SELECT label, prompt_hash, COUNT(*) AS k
    FROM (
        SELECT label, prompt_hash, account_id
        FROM said
        GROUP BY label, prompt_hash, account_id
        HAVING COUNT(*) < {_STEPS}
    ) AS askings
    GROUP BY label, prompt_hash
    HAVING COUNT(*) > 1
"""

_READERS = f"""
    SELECT label, account_id, CAST(SUM(CASE WHEN c < {_STEPS} THEN 1 ELSE 0 END) AS BIGINT) AS m,
        CAST(SUM(c) AS BIGINT) AS c
    FROM (
        SELECT label, account_id, prompt_hash, COUNT(*) AS c FROM said GROUP BY label, account_id, prompt_hash
    ) AS askings
    GROUP BY label, account_id
"""

_TIMES = "SELECT label, k, COUNT(*) AS n_prompts FROM shared GROUP BY label, k ORDER BY label, k"

_SUMS = """
    SELECT label, COUNT(*) AS n_accounts, CAST(SUM(m) AS BIGINT) AS n_askings, CAST(SUM(m * m) AS BIGINT) AS n_squares,
        CAST(SUM(c) AS BIGINT) AS n_exchanges
    FROM readers
    GROUP BY label
    ORDER BY label
"""

_CUT = 1.5
"""Evenness looks at prompts that come up at most so many times the mean and once more, and never at fewer than three
above it: lists hold entries twice, but a law of two values would be even whatever made it."""


@dataclass(frozen=True)
class Collisions:
    """How often the prompts of a group came up: *times* maps a number of accounts to the prompts that so many asked."""

    times: Mapping[int, int] = field(default_factory=dict)
    exchanges: int = 0
    accounts: int = 0
    account_squares: int = 0
    """Sum over accounts of the squared number of different prompts they asked."""

    @property
    def prompts(self) -> int:
        """Return how many different prompts there are."""
        return sum(self.times.values())

    @property
    def askings(self) -> int:
        """Return how many pairs of a prompt and an account that asked it there are."""
        return sum(k * n for k, n in self.times.items())

    @property
    def pairs(self) -> float:
        """Return pairs of accounts that asked the same prompt, summed over prompts."""
        return sum(n * k * (k - 1) / 2 for k, n in self.times.items())

    @property
    def rate(self) -> float:
        """Return the chance that two askings are of the same prompt, one pair added so that it is never nothing."""
        return (self.pairs + 1) / max(1.0, self.askings * (self.askings - 1) / 2)

    def clump(self, share: float) -> float:
        """Return the pairs that come together among accounts that ask this *share* of the prompts, 1 or more.

        A prompt that everybody asks makes many pairs at once. Askers of a prompt are taken as Poisson: with a mean of m
        they make m²/2 pairs, of variance m²/2 + m³.
        """
        # A prompt of one asker is no pair, and would thin out the clumps.
        several = {k: n for k, n in self.times.items() if k > 1}
        k, n = np.array(list(several), np.float64) * share, np.array(list(several.values()), np.float64)
        pairs = float((n * k**2).sum()) / 2
        return 1 + float((n * k**3).sum()) / pairs if pairs > 0 else 1.0

    @property
    def overlap(self) -> float:
        """Return the share of an account's prompts that another account of the group asked too, on average."""
        couples = self.accounts * (self.accounts - 1) / 2
        return self.pairs / couples / (self.askings / self.accounts) if couples else 0.0

    def evenness(self, *, favourites: bool = False) -> tuple[float, float] | None:
        """Return how evenly prompts come up, from independent readers of one list (0) to dealing (1), with its error.

        The list's length is unknown, so prompts that nobody asked cannot be counted: the comparison is with readers
        who each take their number of prompts from one list without asking any twice, a binomial law without its nought.
        Prompts that come up far more often than most are left out, of the law too, whose mean is that of the others,
        unless *favourites* are to count, which push below 0. None where too few prompts come up twice to tell.
        """
        if self.prompts < 30 or self.askings <= self.prompts or self.account_squares <= 0:
            return None
        usual = self.askings / self.prompts
        most = int(max(_CUT * usual + 1, usual + 3)) if not favourites else max(self.times)
        kept = {k: n for k, n in self.times.items() if k <= most}
        prompts, askings = sum(kept.values()), sum(k * n for k, n in kept.items())
        law = _read_by(self.askings**2 / self.account_squares, askings / prompts, most if not favourites else None)
        if law is None:
            return None
        variance, expected = _variance(kept), _variance(dict(enumerate(law)))
        least = (askings / prompts % 1) * (1 - askings / prompts % 1)
        if expected <= least:
            return None
        error = expected * np.sqrt(2 / prompts + 1 / (askings - prompts)) / (expected - least)
        return float((expected - variance) / (expected - least)), float(error)


def _read_by(readers: float, mean: float, most: int | None) -> Floats | None:
    """Return the chances that a prompt comes up 0, 1, 2 … times among *readers*, of those that do and at most *most*
    times; they have the *mean* that is given. None where no law has it.
    """
    counts = np.arange(1 + (int(np.ceil(mean + 12 * np.sqrt(mean) + 12)) if most is None else most))
    possible = (counts > 0) & (counts <= readers)
    if not possible.any() or not 1 < mean < counts[possible].max():
        return None
    # A binomial law whose number of trials need not be whole: beta function in place of the binomial coefficient.
    trials = np.maximum(readers - counts, -0.999)
    ways = np.where(possible, -gammaln(counts + 1) - gammaln(trials + 1), -np.inf)

    def law(odds: float) -> Floats:
        log = ways + counts * odds
        weights = np.exp(log - log.max())
        return np.asarray(weights / weights.sum())

    return law(brentq(lambda odds: float(law(odds) @ counts - mean), -60, 60))


def _variance(weights: Mapping[int, float]) -> float:
    """Return the variance of a law that gives numbers *weights*."""
    counts, chances = np.array(list(weights)), np.array(list(weights.values()), np.float64)
    chances /= chances.sum()
    return float(chances @ (counts - chances @ counts) ** 2)


def askings(engine: Engine, prints: Frame, groups: pa.Table) -> pa.Table:
    """Return the different prompts of each account in *groups* (account_id, label), as account_id and prompt_hash.

    As in :func:`count`, a step that an account repeats is no task and does not count.
    """
    sql = f"""
        SELECT account_id, prompt_hash
        FROM said
        GROUP BY account_id, prompt_hash
        HAVING COUNT(*) < {_STEPS}
        ORDER BY account_id, prompt_hash
    """
    said = engine.query(_SAID.format(least=_LEAST_WORDS, within="", unless=""), prints=prints, groups=groups)
    return engine.arrow(engine.query(sql, said=said)).read_all()


def count(engine: Engine, prints: Frame, groups: pa.Table) -> dict[int, Collisions]:
    """Return the collisions of each label in *groups* (account_id, label); an account may have several labels."""
    sql = _SAID.format(least=_LEAST_WORDS, within="", unless="")
    return _counted(engine, engine.query(sql, prints=prints, groups=groups))


def count_within(
    engine: Engine, prints: Frame, groups: pa.Table, *, places: Frame, topics: pa.Table, left_out: pa.Table
) -> dict[int, Collisions]:
    """Return what :func:`count` does, of the prompts that fall into the *topics* (label, topic) of a label alone.

    *left_out* (label, account_id, topic) are cells that do not count.
    """
    sql = _SAID.format(least=_LEAST_WORDS, within=_WITHIN, unless=" AND o.label IS NULL")
    said = engine.partitioned(
        sql, "prompt_hash", prints=prints, groups=groups, places=places, topics=topics, left_out=left_out
    )
    return _counted(engine, said)


def _counted(engine: Engine, said: Frame) -> dict[int, Collisions]:
    """Return the collisions in *said*, a row per label and exchange.

    Those outside every group said most of the log: a row for each of their prompts would be as large, so only what two
    said is held, and the rest is what is left of their sum.
    """
    shared = engine.partitioned(_SHARED, "prompt_hash", said=said)
    readers = engine.partitioned(_READERS, "account_id", said=said)
    times: dict[int, dict[int, int]] = {}
    for row in engine.arrow(engine.query(_TIMES, shared=shared)).read_all().to_pylist():
        times.setdefault(row["label"], {})[row["k"]] = row["n_prompts"]
    found = {}
    for row in engine.arrow(engine.query(_SUMS, readers=readers)).read_all().to_pylist():
        several = times.get(row["label"], {})
        alone = row["n_askings"] - sum(k * n for k, n in several.items())
        counts = ({1: alone} if alone else {}) | several
        found[row["label"]] = Collisions(counts, row["n_exchanges"], row["n_accounts"], row["n_squares"])
    return found
