"""Builds a world: every crowd of a specification, written as a log with its truth beside it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from stillwatch.errors import SettingsError
from stillwatch.lab.crowds.campaign import build_campaign
from stillwatch.lab.crowds.crowd import Crowd, join
from stillwatch.lab.crowds.honest_users import build_honest_users
from stillwatch.lab.crowds.lookalikes import build_lookalike
from stillwatch.lab.crowds.world_context import WorldContext, build_context
from stillwatch.lab.draws.random_draws import choose
from stillwatch.lab.real_parts import read_parts
from stillwatch.lab.spec import WorldSpec
from stillwatch.lab.worlds.world_folder import require_vacant, write_card, write_table, writing_exchanges
from stillwatch.lab.worlds.world_writer import account_table, day_tables, truth_table

__all__ = ["Progress", "WorldSummary", "build"]

_WITHOUT_DICTIONARY = ("exchange_id", "at", "conversation_id", "prompt")
Progress = Callable[[str, int, int], None]
"""Receives (current step name, steps done, steps in total)."""


@dataclass(frozen=True, slots=True)
class WorldSummary:
    """What was built: counts, and the origin of each part (a real data set or the embedded generator)."""

    name: str
    seed: int
    days: int
    n_accounts: int
    n_honest: int
    n_exchanges: int
    campaigns: dict[str, int]
    lookalikes: dict[str, int]
    parts: dict[str, str]


def build(
    out: Path,
    spec: WorldSpec,
    *,
    parts: Path | None = None,
    seed: int = 1,
    shared_seed: int | None = None,
    shard: tuple[int, int] = (0, 1),
    progress: Progress | None = None,
) -> WorldSummary:
    """Write the world *spec* into the folder *out* and return a summary; the same arguments give the same bytes.

    The folder gets ``exchanges/day=YYYY-MM-DD.parquet``, ``accounts.parquet``, ``truth.parquet`` and ``world.json``.
    *parts* is a folder of real parts; the embedded generator makes missing parts. *shared_seed* is the seed of arrival
    rates, lengths and network, if several worlds share them. *shard* is (number, total) if this is a shard of a larger
    world.

    Raises ``InputError`` if *parts* cannot be read or *out* already holds a world, ``SettingsError`` if the world has
    no accounts, and ``EngineError`` if *out* cannot be written. An unfinished build does not block a second attempt.
    """
    require_vacant(out)
    report = progress or (lambda _what, _done, _all: None)
    real = read_parts(parts) if parts is not None else None
    context = build_context(spec, seed, real, shared_seed, shard)
    steps = len(spec.kinds) + len(spec.lookalikes) + len(spec.campaigns)
    crowds: list[Crowd] = []
    for done, crowd in enumerate(_crowds(context)):
        report("composing", done + 1, steps)
        crowds.append(crowd)
    if not crowds:
        raise SettingsError(
            "the world has no accounts", where=spec.name, remedy="Add honest accounts, look-alikes or campaigns."
        )
    world = _shuffled(context, join(crowds))
    origins = real.origins if real is not None else {}
    summary = _summary(context, world, origins)
    _write(out, context, world, summary, report)
    return summary


def _crowds(context: WorldContext) -> Iterator[Crowd]:
    spec = context.spec
    total = sum(spec.kinds.values())
    kinds = choose(context.named("kinds").rng, list(spec.kinds.values()), spec.accounts) if total else np.zeros(0)
    for number, kind in enumerate(spec.kinds):
        if n := int((kinds == number).sum()):
            yield build_honest_users(context.named("honest", kind), n, kind)
    for like in spec.lookalikes:
        yield build_lookalike(context.named("lookalike", WorldSpec.group_name(like)), like)
    for hidden in spec.campaigns:
        yield build_campaign(context.named("campaign", WorldSpec.group_name(hidden)), hidden)


def _shuffled(context: WorldContext, world: Crowd) -> Crowd:
    """Return *world* with its accounts in random order, so that order and identifiers do not show the truth."""
    order = context.named("order").rng.permutation(len(world.accounts))
    inverse = np.empty(len(order), dtype=np.int64)
    inverse[order] = np.arange(len(order))
    for name in world.accounts.__slots__:
        setattr(world.accounts, name, getattr(world.accounts, name)[order])
    world.rows.account = inverse[world.rows.account]
    return world


def _summary(context: WorldContext, world: Crowd, origins: dict[str, str]) -> WorldSummary:
    groups = context.strings.array().take(pa.array(world.accounts.group)).to_pylist()
    campaigns: dict[str, int] = {}
    lookalikes: dict[str, int] = {}
    for group, hidden in zip(groups, world.accounts.is_campaign.tolist(), strict=True):
        if group:
            counts = campaigns if hidden else lookalikes
            counts[group] = counts.get(group, 0) + 1
    made = {"texts": "embedded generator", "arrivals": "embedded generator", "lengths": "embedded generator"}
    return WorldSummary(
        context.spec.name,
        context.seed,
        context.spec.days,
        len(world.accounts),
        int((~world.accounts.is_campaign).sum()),
        len(world.rows),
        dict(sorted(campaigns.items())),
        dict(sorted(lookalikes.items())),
        {**made, **origins},
    )


def _write(out: Path, context: WorldContext, world: Crowd, summary: WorldSummary, report: Progress) -> None:
    wide = context.spec.variety == "wide"
    with writing_exchanges(out) as folder:
        for done, (day, table) in enumerate(day_tables(context, world)):
            write_table(table, folder / f"day={day}.parquet", without_dictionary=_WITHOUT_DICTIONARY if wide else ())
            report("writing", done + 1, context.spec.days)
        write_table(account_table(context, world), out / "accounts.parquet")
        write_table(truth_table(context, world), out / "truth.parquet")
    write_card(out, summary, context.spec)
