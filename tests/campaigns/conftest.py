"""People and campaigns as vectors: simulated accounts whose tastes, distances and links are known exactly."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from stillwatch.campaigns.grouping import Bonds, bonds_of
from stillwatch.campaigns.population import Population, load
from stillwatch.model import CAPABILITIES
from stillwatch.tables import ACTIVITY, LINKS, PROFILES

Vectors = npt.NDArray[np.float64]
DIMENSIONS = 128
SPREAD = 0.9
START = 1_772_000_000_000_000
FAMILY_OF = {
    "shared_payment": "identity",
    "shared_email_domain": "identity",
    "shared_address": "infrastructure",
    "shared_user_agent": "client",
    "shared_frame": "content",
    "same_start": "tempo",
}


@dataclass(frozen=True)
class Sample:
    """A population, the tables it was loaded from, and the positions of the dealt group in it."""

    population: Population
    activity: pa.Table
    profiles: pa.Table
    dealt: npt.NDArray[np.int64]


def _tables(prompts: Sequence[Vectors], seed: int, columns: Mapping[str, Sequence[Any]]) -> tuple[pa.Table, pa.Table]:
    random = np.random.default_rng(seed)
    activity, profiles = [], []
    for i, vectors in enumerate(prompts):
        n = len(vectors)
        activity.append({
            "account_id": f"acct-{i}", "organization_id": None, "n_exchanges": n, "n_ok": n, "output_tokens": 100 * n,
            "n_measured": n, "n_threaded": 0, "n_conversations": 0, "n_days": min(n, 10), "n_prompts": n,
            "n_different": n, "n_asking": 0, "first_at": START + i, "last_at": START + 10**9 + i,
        } | {name: values[i] for name, values in columns.items()})  # fmt: skip
        scaled = np.rint(vectors * 127).astype(np.int64)
        half = random.permutation(n) % 2
        for h in (0, 1):
            own = scaled[half == h]
            if len(own):
                profiles.append({
                    "account_id": f"acct-{i}", "half": h, "n": len(own), "norm": int((own**2).sum()),
                    "total": own.sum(axis=0).astype("<i4").tobytes(),
                    "capabilities": np.bincount([0] * len(own), minlength=len(CAPABILITIES)).astype("<i4").tobytes(),
                })  # fmt: skip
    return (
        pa.Table.from_pylist(activity, schema=ACTIVITY.schema),
        pa.Table.from_pylist(profiles, schema=PROFILES.schema),
    )


@pytest.fixture(scope="session")
def sample() -> Callable[..., Sample]:
    """Return a population of *honest* accounts with tastes of variance *taste*, and *dealt* ones with *dealt_taste*.

    Two honest accounts are 2 × *taste* apart; columns of ``tables.ACTIVITY`` can be given by name.
    """

    def draw(
        *, honest: int = 60, dealt: int = 0, prompts: int = 20, dealt_prompts: int | None = None, taste: float = 0.1,
        dealt_taste: float = 0.0, cover: float = 0.0, seed: int = 1, **columns: Sequence[Any],
    ) -> Sample:  # fmt: skip
        random = np.random.default_rng(seed)
        base = random.normal(size=DIMENSIONS)
        base *= np.sqrt(0.1) / np.linalg.norm(base)

        def people(count: int, center: Vectors, variance: float) -> Vectors:
            return center + random.normal(0, np.sqrt(variance / DIMENSIONS), (count, DIMENSIONS))

        def ask(center: Vectors, count: int) -> Vectors:
            return center + random.normal(0, np.sqrt(SPREAD / DIMENSIONS), (count, DIMENSIONS))

        rows = [ask(center, prompts) for center in people(honest, base, taste)]
        worklist = people(1, base, taste)[0]
        for center, own in zip(people(dealt, worklist, dealt_taste), people(dealt, base, taste), strict=True):
            count = dealt_prompts or prompts
            hidden = round(cover * count)
            rows.append(np.vstack((ask(center, count - hidden), ask(own, hidden))))
        activity, profiles = _tables(rows, seed, columns)
        return Sample(load(activity, profiles), activity, profiles, np.arange(honest, honest + dealt))

    return draw


@pytest.fixture(scope="session")
def links_of() -> Callable[..., pa.Table]:
    """Return a table of links from {signal: {hub: positions of accounts}}, each of *bits*."""

    def links(shared: Mapping[str, Mapping[str, Sequence[int]]], bits: float = 6.0) -> pa.Table:
        rows = [
            {
                "signal": signal, "family": FAMILY_OF[signal], "hub": f"{signal}:{hub}", "account_id": f"acct-{i}",
                "n_accounts": len(accounts), "weight_micros": int(bits * 1e6),
            }
            for signal, hubs in shared.items() for hub, accounts in hubs.items() for i in accounts
        ]  # fmt: skip
        return pa.Table.from_pylist(rows, schema=LINKS.schema)

    return links


@pytest.fixture(scope="session")
def bonds(links_of: Callable[..., pa.Table]) -> Callable[..., Bonds]:
    """Return the bonds of a population from {signal: {hub: positions of accounts}}."""

    def bond(population: Population, shared: Mapping[str, Mapping[str, Sequence[int]]], bits: float = 6.0) -> Bonds:
        return bonds_of(links_of(shared, bits), population)

    return bond


@pytest.fixture(scope="session")
def households() -> Callable[..., dict[str, list[int]]]:
    """Return hubs of *size* accounts drawn at random, in which a *share* of *accounts* take part."""

    def draw(accounts: int, share: float, size: int, seed: int) -> dict[str, list[int]]:
        random = np.random.default_rng(seed)
        who = random.permutation(accounts)[: int(share * accounts)]
        return {str(h): who[h * size : (h + 1) * size].tolist() for h in range(len(who) // size)}

    return draw
