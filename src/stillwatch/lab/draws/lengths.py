"""Draws the lengths of answers and of the context sent with a request, in tokens."""

from dataclasses import dataclass

import numpy as np

from stillwatch.lab.draws.random_draws import Floats, Ints

__all__ = ["Lengths", "embedded_lengths"]

_WORKLOAD = {"coder": "code", "agent": "code", "batch": "code"}


@dataclass(frozen=True, slots=True)
class Lengths:
    """Observed lengths in tokens per workload (``conv`` and ``code``): answers (``written``) and ``context``."""

    written: dict[str, Floats]
    context: dict[str, Floats]
    origin: str

    def outputs(self, rng: np.random.Generator, n: int, kind: str, scale: float = 1.0) -> Ints:
        """Return *n* answer lengths of at least one token."""
        seen = self.written[_WORKLOAD.get(kind, "conv")]
        spread = np.exp(rng.normal(0.0, 0.15, n))
        return np.maximum(1, np.rint(seen[rng.integers(0, len(seen), n)] * spread * scale)).astype(np.int64)

    def contexts(self, rng: np.random.Generator, n: int, kind: str) -> Ints:
        """Return *n* context lengths: documents, files and instructions sent with a request. Many are 0."""
        seen = self.context[_WORKLOAD.get(kind, "conv")]
        share = {"coder": 0.6, "agent": 0.9, "chat": 0.1, "bot": 0.2}.get(kind, 0.02)
        drawn = seen[rng.integers(0, len(seen), n)]
        return np.where(rng.random(n) < share, drawn, 0.0).astype(np.int64)


def embedded_lengths(rng: np.random.Generator) -> Lengths:
    """Return log-normal lengths: long answers in conversation, short answers and long contexts in code."""
    return Lengths(
        {"conv": np.exp(rng.normal(5.0, 0.9, 20_000)), "code": np.exp(rng.normal(3.6, 1.2, 20_000))},
        {"conv": np.exp(rng.normal(6.6, 0.9, 20_000)), "code": np.exp(rng.normal(7.2, 0.7, 20_000))},
        "embedded generator",
    )
