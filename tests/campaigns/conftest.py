"""People and campaigns as vectors: simulated accounts whose tastes, distances, topics and links are known exactly."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from stillwatch.campaigns import account_facts
from stillwatch.campaigns.account_facts import AccountFacts
from stillwatch.campaigns.covered import CoveredSearch
from stillwatch.campaigns.distance import Tastes
from stillwatch.campaigns.grouping import Bonds, bonds_of
from stillwatch.campaigns.population import Population, load
from stillwatch.campaigns.spread import Cells, spread_of
from stillwatch.engine import DuckDBEngine
from stillwatch.model import CAPABILITIES
from stillwatch.settings import CampaignsSettings
from stillwatch.tables import ACTIVITY, ATTRIBUTES, LINKS, PLACES, PRINTS, PROFILES, SPREADS

Vectors = npt.NDArray[np.float64]
DIMENSIONS = 128
SPREAD = 0.9
START = 1_772_000_000_000_000
FAMILY_OF = {
    "shared_payment": "identity",
    "shared_device": "identity",
    "shared_email_domain": "identity",
    "shared_address": "infrastructure",
    "shared_subnet": "infrastructure",
    "shared_user_agent": "client",
    "shared_frame": "content",
    "shared_prompt": "content",
    "shared_referrer": "identity",
    "model_move": "tempo",
    "same_start": "tempo",
}


@dataclass(frozen=True)
class Sample:
    """A population, the tables it was loaded from, and the positions of the dealt group in it."""

    population: Population
    activity: pa.Table
    profiles: pa.Table
    dealt: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Mixed:
    """A sample whose accounts spread over topics, with the tables of the second look, and who was dealt a part."""

    population: Population
    activity: pa.Table
    profiles: pa.Table
    prints: pa.Table
    places: pa.Table
    vectors: pa.Table
    spreads: pa.Table
    dealt: npt.NDArray[np.int64]
    """Positions of the dealt in *population*."""
    crowd: npt.NDArray[np.int64]
    """Positions of the people with an interest in common."""


def _tables(
    prompts: Sequence[Vectors],
    seed: int,
    columns: Mapping[str, Sequence[Any]],
    halves: Sequence[npt.NDArray[np.int64]] | None = None,
) -> tuple[pa.Table, pa.Table]:
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
        half = random.permutation(n) % 2 if halves is None else halves[i]
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


TOPICS = 300


def _subjects(random: np.random.Generator, width: float, count: int) -> npt.NDArray[np.float64]:
    """Return shares of topics (*count*, TOPICS) of tastes of concentration *width* around what everybody asks."""
    base = np.arange(1, TOPICS + 1) ** -0.5
    return random.dirichlet(width * base / base.sum(), size=count)


def _asked(
    random: np.random.Generator, shares: Vectors, n: int, centers: Vectors, offsets: Vectors
) -> tuple[npt.NDArray[np.int64], Vectors]:
    """Return topics and vectors of *n* prompts; *offsets* (TOPICS, 128) is what the asker dwells on in each topic."""
    topics = random.choice(TOPICS, n, p=shares)
    noise = random.normal(0, np.sqrt(0.4 / DIMENSIONS), (n, DIMENSIONS))
    return topics, centers[topics] + offsets[topics] + noise


@pytest.fixture(scope="session")
def mixed() -> Callable[..., Mixed]:
    """Return a population whose *dealt* accounts mix draws from one worklist with a share of *cover* of their own.

    Of the *crowd*, half of what each asks is of subjects in common, in which each has a taste of its own.
    """

    def draw(
        *, honest: int = 500, dealt: int = 40, crowd: int = 0, prompts: int = 100, cover: float = 0.5, seed: int = 1
    ) -> Mixed:
        random = np.random.default_rng(seed)
        centers = random.normal(0, np.sqrt(0.35 / DIMENSIONS), (TOPICS, DIMENSIONS))

        def taste() -> Vectors:
            ways = random.normal(0, np.sqrt(0.06 / DIMENSIONS), DIMENSIONS)
            return ways + random.normal(0, np.sqrt(0.2 / DIMENSIONS), (TOPICS, DIMENSIONS))

        worklist, listed = _subjects(random, 20.0, 1)[0], taste()
        interest = _subjects(random, 20.0, 1)[0]
        topics, vectors = [], []
        for i, own in enumerate(_subjects(random, 25.0, honest + crowd + dealt)):
            common = round((1 - cover) * prompts) if i >= honest + crowd else prompts // 2 if i >= honest else 0
            mine = taste()
            shares, dwells = (
                (worklist, listed) if i >= honest + crowd else (random.dirichlet(20 * interest + 1e-3), mine)
            )
            parts = (
                _asked(random, shares, common, centers, dwells),
                _asked(random, own, prompts - common, centers, mine),
            )
            topics.append(np.concatenate([p[0] for p in parts]))
            vectors.append(np.concatenate([p[1] for p in parts]))
        halves = [random.permutation(prompts) % 2 for _ in topics]
        activity, profiles = _tables(vectors, seed, {}, halves)
        population = load(activity, profiles)
        rows = _rows(topics, vectors, halves)
        places = [population.index[f"acct-{i}"] for i in range(len(topics))]
        return Mixed(
            population, activity, profiles, *rows,
            dealt=np.sort(places[honest + crowd :]), crowd=np.sort(np.array(places[honest : honest + crowd], np.int64)),
        )  # fmt: skip

    return draw


def _rows(
    topics: Sequence[npt.NDArray[np.int64]], vectors: Sequence[Vectors], halves: Sequence[npt.NDArray[np.int64]]
) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table]:
    """Return prints, places, vectors in topics and spreads; every prompt is asked once."""
    size = [len(t) for t in topics]
    names = pa.array(np.repeat([f"acct-{i}" for i in range(len(topics))], size))
    topic, half = np.concatenate(topics), np.concatenate(halves)
    n = len(topic)
    scaled = np.clip(np.rint(np.concatenate(vectors) * 127), -127, 127).astype(np.int8)
    hashes = np.arange(1, n + 1).astype(np.uint64)
    blank: dict[str, Any] = {
        field.name: pa.nulls(n, field.type) if field.nullable else pa.array(np.zeros(n, np.int64)).cast(field.type)
        for field in PRINTS.schema if field.name not in {"account_id", "prompt_hash", "n_words", "vector"}
    }  # fmt: skip
    said = {"account_id": names, "prompt_hash": hashes, "n_words": np.full(n, 12, np.int32)}
    prints = pa.table(blank | said | {"vector": [row.tobytes() for row in scaled]}).select(PRINTS.names)
    placed = {"account_id": names, "half": half.astype(np.int8), "prompt_hash": hashes, "topic": topic.astype(np.int16)}
    places = pa.table(placed, schema=PLACES.schema)
    spreads = places.group_by(["account_id", "half", "topic"]).aggregate([("prompt_hash", "count")])
    spreads = spreads.rename_columns(["account_id", "half", "topic", "n"]).select(SPREADS.names).cast(SPREADS.schema)
    placed_vectors = places.drop_columns("prompt_hash").append_column("vector", prints.column("vector"))
    return prints.cast(PRINTS.schema), places, placed_vectors, spreads


@pytest.fixture(scope="session")
def nothing_covered() -> Callable[[Population, Tastes, CampaignsSettings], CoveredSearch]:
    """Return a search for common parts that has nothing to look at: no account is known to spread over topics."""

    def search(population: Population, tastes: Tastes, settings: CampaignsSettings) -> CoveredSearch:
        spread = spread_of(SPREADS.schema.empty_table(), population)
        return CoveredSearch(spread, tastes, lambda selections: [None] * len(selections), settings)

    return search


@pytest.fixture(scope="session")
def cells_of() -> Callable[..., Cells]:
    """Return cells from counts (accounts, topics)."""

    def cells(counts: npt.ArrayLike) -> Cells:
        table = np.asarray(counts, np.int64)
        account, topic = np.nonzero(table)
        return Cells(np.searchsorted(account, np.arange(len(table) + 1)), topic, table[account, topic], table.shape[1])

    return cells


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


@pytest.fixture(scope="session")
def attributes_of() -> Callable[..., pa.Table]:
    """Return attributes from {name: {value: positions of accounts}}, and times of openings and closures by position.

    Times are seconds since 1970, or text as it is. *business* are the accounts that were verified as businesses.
    """

    def attributes(
        held: Mapping[str, Mapping[str, Iterable[int]]] | None = None,
        *,
        business: Iterable[int] = (),
        opened: Mapping[int, float | str] | None = None,
        closed: Mapping[int, float | str] | None = None,
    ) -> pa.Table:
        told = [(i, name, value) for name, values in (held or {}).items() for value, who in values.items() for i in who]
        told += [(i, "verification", "business") for i in business]
        for name, times in (("created_at", opened), ("closed_at", closed)):
            told += [(i, name, _written(at)) for i, at in (times or {}).items()]
        rows = [{"account_id": f"acct-{i}", "name": name, "value": value} for i, name, value in told]
        return pa.Table.from_pylist(rows, schema=ATTRIBUTES.schema)

    return attributes


def _written(at: float | str) -> str:
    return at if isinstance(at, str) else datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


@pytest.fixture(scope="session")
def facts_of(
    tmp_path_factory: pytest.TempPathFactory, attributes_of: Callable[..., pa.Table]
) -> Iterator[Callable[..., AccountFacts]]:
    """Return the facts of a sample from what ``attributes_of`` takes."""
    with DuckDBEngine(tmp_path_factory.mktemp("facts"), threads=1) as engine:

        def facts(sample: Sample, *held: Any, **known: Any) -> AccountFacts:
            attributes = attributes_of(*held, **known)
            return account_facts.read(
                engine, attributes=attributes, activity=sample.activity, population=sample.population
            )

        yield facts
