"""Plants labelled campaigns into a provider's own log, so that recall can be measured on its own traffic."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stillwatch.engine import Frame
from stillwatch.errors import InputError, SettingsError
from stillwatch.lab.crowds.campaign import build_campaign, harvest_family
from stillwatch.lab.crowds.crowd import Crowd, join
from stillwatch.lab.crowds.world_context import WorldContext, build_context
from stillwatch.lab.draws.random_draws import Ints, named_seed
from stillwatch.lab.planting.host_fitting import fit_accounts, fit_context, fit_exchanges, lacks_text
from stillwatch.lab.planting.host_log import HostLog
from stillwatch.lab.real_parts import RealParts
from stillwatch.lab.spec import CampaignSpec, WorldSpec
from stillwatch.lab.texts.text_source import TextSource
from stillwatch.lab.worlds.world_folder import (
    COMPRESSION,
    ROW_GROUP,
    require_vacant,
    write_card,
    write_table,
    writing_exchanges,
)
from stillwatch.lab.worlds.world_writer import account_table, day_tables, truth_table
from stillwatch.tables import EXCHANGES, TRUTH

__all__ = ["OWN", "Injection", "PlantedCampaign", "Sketcher", "inject", "require_plan"]

OWN = "own"
"""The kind of the provider's own accounts in ``truth.parquet``."""

Sketcher = Callable[[pa.RecordBatch], pa.RecordBatch]
"""Replaces the texts of exchanges by sketches, for host logs that hold sketches."""

_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class PlantedCampaign:
    """The result of one campaign: accounts ever opened, exchanges, and distinct answered payloads."""

    family: str
    accounts: int
    exchanges: int
    payloads: int
    days: int

    @property
    def harvest(self) -> float:
        """Return the distinct answered payloads per account and day of the campaign."""
        return self.payloads / max(1, self.accounts * self.days)


@dataclass(frozen=True, slots=True)
class Injection:
    """The world that was written; ``left_out`` lists the columns that the log lacks, and so the campaign too."""

    seed: int
    days: int
    n_accounts: int
    n_own: int
    n_exchanges: int
    campaigns: dict[str, PlantedCampaign]
    left_out: tuple[str, ...]
    parts: dict[str, str]


class _RecordingTexts:
    """A text source that records the payloads it returned."""

    def __init__(self, texts: TextSource) -> None:
        self._texts = texts
        self.dealt: list[Ints] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._texts, name)

    def worklist(self, rng: np.random.Generator, n: int, capability: str) -> Ints:
        self.dealt.append(self._texts.worklist(rng, n, capability))
        return self.dealt[-1]

    def benchmark(self, name: str, n: int) -> Ints:
        self.dealt.append(self._texts.benchmark(name, n))
        return self.dealt[-1]


def inject(
    host: HostLog,
    out: Path,
    campaigns: Sequence[CampaignSpec],
    *,
    parts: RealParts | None = None,
    seed: int = 1,
    sketch: Sketcher | None = None,
) -> Injection:
    """Write the log of *host* with *campaigns* planted into it, as a world in the folder *out*.

    The folder is like that of ``build``; the accounts of the log are honest, of kind ``own``. The days of a campaign
    count from the first day of the log. Exchanges are streamed. The same arguments give the same bytes.

    Raises ``SettingsError`` if a campaign does not fit the log, ``InputError`` if *out* already holds a world or the
    log is too short for any exchange of a campaign, and ``EngineError`` if *out* cannot be written.
    """
    require_vacant(out)
    require_plan(campaigns)
    spec = _world(host, campaigns)
    context, crowd, planted = _compose_campaigns(host, spec, parts, seed)
    accounts = truth_table(context, crowd)["account_id"].combine_chunks()
    batches = _planted_batches(host, context, crowd, accounts, sketch)
    rows = host.engine.write("planted", batches, EXCHANGES.schema)
    with writing_exchanges(out) as folder:
        n_exchanges = _write_days(host, rows, folder)
        _write_accounts(host, context, crowd, out)
    made = {"texts": "embedded generator"} | (parts.origins if parts else {})
    summary = Injection(
        seed,
        host.days,
        len(host.accounts) + len(accounts),
        len(host.accounts),
        n_exchanges,
        planted,
        tuple(name for name in EXCHANGES.names if not host.filled[name]),
        {**made, "host": "own log"},
    )
    write_card(out, summary, spec)
    return summary


def require_plan(campaigns: Sequence[CampaignSpec]) -> None:
    """Raise ``SettingsError`` if *campaigns* fit no log; call it before a log is read."""
    names = [WorldSpec.group_name(part) for part in campaigns]
    if not names or len(names) != len(set(names)):
        raise SettingsError("give at least one campaign, and each a different name", where="campaigns")
    for part in campaigns:
        harvest_family(part.family)


def _world(host: HostLog, campaigns: Sequence[CampaignSpec]) -> WorldSpec:
    if any(part.start_day >= host.days for part in campaigns):
        raise SettingsError(f"a campaign starts after the last day; the log has {host.days}", where="start_day")
    start_us = np.datetime64(host.start, "us").astype(np.int64)
    days_us = host.days * 86_400_000_000
    release = (host.released.first_us - start_us) / days_us if host.released else 1.0
    return WorldSpec(
        name="own-log",
        start=host.start,
        days=host.days,
        accounts=0,
        model_release=min(1.0, max(0.0, float(release))),
        campaigns=tuple(campaigns),
    )


def _compose_campaigns(
    host: HostLog, spec: WorldSpec, parts: RealParts | None, seed: int
) -> tuple[WorldContext, Crowd, dict[str, PlantedCampaign]]:
    """Return the campaigns, with identifiers that the host does not have."""
    for attempt in range(_ATTEMPTS):
        # a separate seed, so that a host log made by the lab with the same seed has no equal identifiers
        context = fit_context(build_context(spec, named_seed("inject", seed, attempt), parts), host)
        crowds, planted = [], {}
        for part in spec.campaigns:
            name = WorldSpec.group_name(part)
            crowd, planted[name] = _compose(host, context.named("campaign", name), part)
            crowds.append(crowd)
        if empty := [name for name, got in planted.items() if not got.exchanges]:
            raise InputError(
                f"no exchange of the campaign {empty[0]!r} is between the first and the last exchange of the log",
                where="the log",
                remedy="Use a longer log, or plant a campaign with more exchanges per day.",
            )
        crowd = join(crowds)
        mine = truth_table(context, crowd)["account_id"]
        if not pc.any(pc.is_in(mine, host.accounts["account_id"].combine_chunks())).as_py():
            return context, crowd, planted
    raise InputError(
        "no unused identifiers were found for planted accounts", where="the log", remedy="Choose another --seed."
    )


def _compose(host: HostLog, context: WorldContext, part: CampaignSpec) -> tuple[Crowd, PlantedCampaign]:
    texts = _RecordingTexts(context.texts)
    crowd = build_campaign(replace(context, texts=cast("TextSource", texts)), part)
    rows = crowd.rows
    seen = (rows.at >= host.first_us) & (rows.at <= host.last_us)
    dealt = np.unique(np.concatenate(texts.dealt)) if texts.dealt else np.unique(rows.text)
    answered = np.unique(rows.text[seen & (rows.status == 0)])
    days = min(host.days - part.start_day, part.days_active or host.days)
    payloads = int(np.isin(answered, dealt).sum())
    return crowd, PlantedCampaign(part.family, len(crowd.accounts), int(seen.sum()), payloads, days)


def _planted_batches(
    host: HostLog, context: WorldContext, crowd: Crowd, accounts: pa.Array, sketch: Sketcher | None
) -> Iterator[pa.RecordBatch]:
    for _, day in day_tables(context, crowd):
        table = fit_exchanges(host, context.network, day, accounts)
        textless = pa.array(lacks_text(host, accounts, table))
        yield from table.filter(pc.invert(textless)).to_batches()
        for batch in table.filter(textless).combine_chunks().to_batches():
            yield sketch(batch) if sketch else _without_text(batch)


def _without_text(batch: pa.RecordBatch) -> pa.RecordBatch:
    nothing = {name: pa.nulls(len(batch), pa.string()) for name in ("prompt", "system_prompt", "completion")}
    columns = dict(zip(batch.schema.names, batch.columns, strict=True)) | nothing
    return pa.RecordBatch.from_pydict(columns, schema=EXCHANGES.schema)


def _write_days(host: HostLog, planted: Frame, folder: Path) -> int:
    """Write own and planted exchanges in order of time, one file per day; return the number of rows."""
    names = ", ".join(f'"{name}"' for name in EXCHANGES.names)
    merged = host.engine.query(
        f"SELECT {names} FROM (SELECT {names} FROM own UNION ALL SELECT {names} FROM planted) AS both_of_them "
        'ORDER BY "at", exchange_id',
        own=host.exchanges,
        planted=planted,
    )
    count = 0
    for day, pieces in itertools.groupby(_groups(host.engine.arrow(merged)), key=itemgetter(0)):
        path = folder / f"day={day}.parquet"
        with pq.ParquetWriter(path, EXCHANGES.schema, **COMPRESSION) as sink:
            for _, table in pieces:
                sink.write_table(table, row_group_size=ROW_GROUP)
                count += len(table)
    return count


def _groups(batches: pa.RecordBatchReader) -> Iterator[tuple[str, pa.Table]]:
    """Yield (day, rows) in pieces of one row group, so that the bytes do not depend on the sizes of batches."""
    held, held_day = EXCHANGES.schema.empty_table(), ""
    for batch in batches:
        table = pa.Table.from_batches([batch]).cast(EXCHANGES.schema)
        days = pc.strftime(table["at"], "%Y-%m-%d").combine_chunks().dictionary_encode()
        number = days.indices.to_numpy()
        edges = [*np.flatnonzero(np.diff(number, prepend=-1)).tolist(), len(number)]
        for begin, end in itertools.pairwise(edges):
            day, piece = days.dictionary[int(number[begin])].as_py(), table.slice(begin, end - begin)
            if day != held_day and len(held):
                yield held_day, held
                held = held.slice(0, 0)
            held, held_day = pa.concat_tables([held, piece]), day
            while len(held) >= ROW_GROUP:
                yield held_day, held.slice(0, ROW_GROUP).combine_chunks()
                held = held.slice(ROW_GROUP)
    if len(held):
        yield held_day, held.combine_chunks()


def _write_accounts(host: HostLog, context: WorldContext, crowd: Crowd, out: Path) -> None:
    planted = fit_accounts(host, context, account_table(context, crowd))
    known = pa.concat_tables([host.accounts, planted]).sort_by("account_id")
    write_table(known, out / "accounts.parquet")
    n = len(host.accounts)
    own = {
        "account_id": host.accounts["account_id"],
        "kind": pa.array([OWN]).take(pa.array(np.zeros(n, dtype=np.int64))),
        "group": pa.array([""]).take(pa.array(np.zeros(n, dtype=np.int64))),
        "is_campaign": pa.array(np.zeros(n, dtype=bool)),
    }
    truth = pa.concat_tables([pa.table(own, schema=TRUTH.schema), truth_table(context, crowd)])
    write_table(truth.sort_by("account_id"), out / "truth.parquet")
