"""Flags accounts with unusual totals: Isolation Forest.

Liu, Ting and Zhou, Isolation Forest (ICDM 2008), with scikit-learn. The features are those of an analyst's table:
volume, pace, hours, lengths, repetition, errors, and the number of addresses, clients and models of an account.
"""

import numpy as np
import pyarrow as pa
from sklearn.ensemble import IsolationForest

from peers.scores import Scored, draw_line
from peers.world import World

__all__ = ["FEATURES", "flag", "measure"]

FEATURES = {
    "volume": "ln(1 + count(*))",
    "days": "count(DISTINCT epoch_us(e.at) // 86400000000)",
    "per_day": "ln(1 + count(*) / count(DISTINCT epoch_us(e.at) // 86400000000))",
    "hours": "count(DISTINCT epoch_us(e.at) // 3600000000 % 24)",
    "night": "avg((epoch_us(e.at) // 3600000000 % 24 < 6)::INT)",
    "addresses": "ln(1 + count(DISTINCT client_ip))",
    "agents": "count(DISTINCT user_agent)",
    "fingerprints": "count(DISTINCT client_fingerprint)",
    "models": "count(DISTINCT model)",
    "turns": "count(*) / greatest(count(DISTINCT conversation_id), 1)",
    "prompt_length": "avg(ln(1 + length(prompt)))",
    "prompt_spread": "stddev_pop(ln(1 + length(prompt)))",
    "variety": "count(DISTINCT prompt) / count(*)",
    "input": "avg(ln(1 + input_tokens))",
    "output": "avg(ln(1 + output_tokens))",
    "output_spread": "stddev_pop(ln(1 + output_tokens))",
    "failed": "avg((status <> 'ok')::INT)",
    "gap": "ln(1 + (max(epoch_us(e.at)) - min(epoch_us(e.at))) / 1e6 / count(*))",
}


def measure(world: World) -> pa.Table:
    """Return account_id and ``FEATURES`` of every account, sorted by account; 0 for unknown values."""
    made = ", ".join(f"coalesce({sql}, 0)::DOUBLE AS {name}" for name, sql in FEATURES.items())
    return world.table(f"SELECT e.account_id, {made} FROM exchanges AS e GROUP BY ALL ORDER BY 1")


def flag(world: World, trusted: frozenset[str], *, rate: float, seed: int) -> list[Scored]:
    """Return all accounts, scored by how soon a random tree isolates them."""
    features = measure(world)
    values = np.column_stack([features[name].to_numpy() for name in FEATURES])
    forest = IsolationForest(n_estimators=200, random_state=seed, n_jobs=1).fit(values)
    odd = -forest.score_samples(values)
    return draw_line(dict(zip(features["account_id"].to_pylist(), odd.tolist(), strict=True)), trusted, rate=rate)
