"""Holds what all crowds of a world share: random generator, texts, arrival rates, lengths, network, calendar."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

import numpy as np

from stillwatch.lab.crowds.crowd import Strings
from stillwatch.lab.crowds.network import Clients, Network, build_clients, build_network
from stillwatch.lab.draws.arrival_rates import DAY_US, ArrivalRates, embedded_arrival_rates
from stillwatch.lab.draws.lengths import Lengths, embedded_lengths
from stillwatch.lab.draws.random_draws import named_seed
from stillwatch.lab.long_texts.wide_made_texts import WideMadeTexts
from stillwatch.lab.long_texts.wide_real_texts import WideRealTexts
from stillwatch.lab.real_parts import RealParts
from stillwatch.lab.spec import WorldSpec
from stillwatch.lab.texts.text_source import EmbeddedTexts, TextSource

__all__ = ["MODELS", "WorldContext", "build_context"]

MODELS = ("m-large-3", "m-small-3", "m-large-4")
"""The models of a world; the last one is released during the world."""


@dataclass(frozen=True, slots=True)
class WorldContext:
    """The shared context of all crowds of a world."""

    spec: WorldSpec
    seed: int
    rng: np.random.Generator
    texts: TextSource
    arrival_rates: ArrivalRates
    lengths: Lengths
    network: Network
    clients: Clients
    strings: Strings
    disposable: tuple[str, ...]

    @property
    def start_us(self) -> int:
        """Return the first moment of the world, in microseconds since 1970."""
        return int(datetime.combine(self.spec.start, time(), UTC).timestamp()) * 1_000_000

    @property
    def end_us(self) -> int:
        """Return the first moment after the world, in microseconds since 1970."""
        return self.start_us + self.spec.days * DAY_US

    @property
    def release_us(self) -> int:
        """Return the release time of the new model, in microseconds since 1970."""
        return self.start_us + int(self.spec.days * self.spec.model_release * DAY_US)

    def named(self, *names: object) -> "WorldContext":
        """Return the same context with a random generator that depends only on the seed and *names*."""
        return replace(self, rng=_generator(self.seed, *names))


def _generator(seed: int, *names: object) -> np.random.Generator:
    return np.random.default_rng(named_seed("world", seed, *names))


def build_context(
    spec: WorldSpec,
    seed: int,
    parts: RealParts | None = None,
    shared_seed: int | None = None,
    shard: tuple[int, int] = (0, 1),
) -> WorldContext:
    """Return the context of the world *spec*, from real *parts* where given.

    Arrival rates, lengths and network are drawn with *shared_seed* (default *seed*). *shard* (number, total) selects
    worklists of wide variety that no other shard deals.
    """
    shared = seed if shared_seed is None else shared_seed
    strings = Strings()
    texts: TextSource = EmbeddedTexts() if spec.variety == "usual" else WideMadeTexts(*shard)
    arrival_rates = embedded_arrival_rates(_generator(shared, "rhythms"), spec.days)
    lengths = embedded_lengths(_generator(shared, "lengths"))
    if parts is not None:
        if parts.texts is not None:
            texts = parts.texts if spec.variety == "usual" else WideRealTexts(parts.texts, *shard)
        arrival_rates = parts.arrival_rates(spec.days) or arrival_rates
        lengths = parts.lengths or lengths
    exits = build_network(_generator(shared, "network"), spec.proxy_addresses, parts.vpn_prefixes if parts else None)
    disposable = parts.disposable if parts else ("inbox-once.example", "tempmail.example", "tenminutes.example")
    return WorldContext(
        spec, seed, _generator(seed), texts, arrival_rates, lengths, exits, build_clients(strings), strings, disposable
    )
