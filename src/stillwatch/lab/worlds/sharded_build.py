"""Builds worlds that are too large for one build: in shards, several at a time, combined into one log.

A shard is a world of its own with a part of the honest users and of every large campaign. Each look-alike and each
small campaign is in one shard. All shards share the arrival rates and the proxy network.
"""

import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.errors import SettingsError
from stillwatch.lab.draws.random_draws import named_seed
from stillwatch.lab.spec import CampaignSpec, LookalikeSpec, WorldSpec
from stillwatch.lab.worlds.world import Progress, WorldSummary, build
from stillwatch.lab.worlds.world_folder import require_vacant, write_card, write_table, writing_exchanges

__all__ = ["build_in_shards", "shard_specs"]

_SPLIT = 1_000
"""Accounts from which a campaign is split over the shards; each shard deals its own worklist from one common pool."""


@dataclass(frozen=True, slots=True)
class _Shard:
    number: int
    folder: Path
    spec: WorldSpec
    seed: int
    shared_seed: int
    parts: Path | None
    of: int


def build_in_shards(
    out: Path,
    spec: WorldSpec,
    *,
    shards: int,
    jobs: int = 1,
    parts: Path | None = None,
    seed: int = 1,
    progress: Progress | None = None,
) -> WorldSummary:
    """Write the world *spec* as *shards* worlds, *jobs* at a time, into the folder *out*; return a summary.

    The same arguments give the same bytes, whatever *jobs* is. The folder is like that of :func:`world.build`, but each
    day has one file per shard, ``exchanges/day=YYYY-MM-DD.NNNN.parquet``, sorted by time. Memory is that of *jobs*
    shards. Raises the errors of ``build``, and ``SettingsError`` if *shards* or *jobs* is less than 1.
    """
    if shards < 1 or jobs < 1:
        raise SettingsError("shards and jobs must be at least 1", where="lab build")
    require_vacant(out)
    report = progress or (lambda _what, _done, _all: None)
    with writing_exchanges(out) as folder:
        made = [
            _Shard(number, folder / f"shard-{number:04}", part, named_seed("shard", seed, number), seed, parts, shards)
            for number, part in enumerate(shard_specs(spec, shards))
        ]
        summaries: dict[int, WorldSummary] = {}
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            running = {pool.submit(_compose, shard): shard for shard in made}
            for done, future in enumerate(as_completed(running), start=1):
                summaries[running[future].number] = future.result()
                report("composing", done, shards)
        for name in ("accounts", "truth"):
            _gather([shard.folder / f"{name}.parquet" for shard in made], out / f"{name}.parquet")
        for shard in made:
            for day in sorted((shard.folder / "exchanges").iterdir()):
                day.rename(folder / f"{day.stem}.{shard.number:04}.parquet")
            shutil.rmtree(shard.folder)
    summary = _sum(spec, seed, [summaries[shard.number] for shard in made])
    write_card(out, summary, spec)
    return summary


def shard_specs(spec: WorldSpec, shards: int) -> Iterator[WorldSpec]:
    """Yield the specification of each of *shards* shards of *spec*; their accounts add up to those of *spec*."""
    for number in range(shards):
        yield spec.model_copy(
            update={
                "accounts": _part(spec.accounts, number, shards),
                "lookalikes": tuple(_alone(spec.lookalikes, number, shards)),
                "campaigns": tuple(_campaigns(spec.campaigns, number, shards)),
            }
        )


def _alone(lookalikes: tuple[LookalikeSpec, ...], number: int, shards: int) -> Iterator[LookalikeSpec]:
    return (look for at, look in enumerate(lookalikes) if at % shards == number)


def _campaigns(campaigns: tuple[CampaignSpec, ...], number: int, shards: int) -> Iterator[CampaignSpec]:
    for at, campaign in enumerate(campaigns):
        if campaign.accounts < max(_SPLIT, 2 * shards):
            if at % shards == number:
                yield campaign
            continue
        share = {"accounts": _part(campaign.accounts, number, shards)}
        if campaign.worklist:
            share["worklist"] = max(1, _part(campaign.worklist, number, shards))
        yield campaign.model_copy(update=share)


def _part(whole: int, number: int, shards: int) -> int:
    return whole * (number + 1) // shards - whole * number // shards


def _compose(shard: _Shard) -> WorldSummary:
    return build(
        shard.folder,
        shard.spec,
        parts=shard.parts,
        seed=shard.seed,
        shared_seed=shard.shared_seed,
        shard=(shard.number, shard.of),
    )


def _gather(files: list[Path], out: Path) -> None:
    """Write the tables in *files* as one table, sorted by account."""
    write_table(pa.concat_tables([pq.read_table(file) for file in files]).sort_by("account_id"), out)


def _sum(spec: WorldSpec, seed: int, parts: list[WorldSummary]) -> WorldSummary:
    groups: list[dict[str, int]] = [{}, {}]
    for part in parts:
        for found, counts in zip(groups, (part.campaigns, part.lookalikes), strict=True):
            for name, n in counts.items():
                found[name] = found.get(name, 0) + n
    return WorldSummary(
        spec.name,
        seed,
        spec.days,
        sum(part.n_accounts for part in parts),
        sum(part.n_honest for part in parts),
        sum(part.n_exchanges for part in parts),
        dict(sorted(groups[0].items())),
        dict(sorted(groups[1].items())),
        parts[0].parts,
    )
