"""Plays the evasion game: a simulated operator sees flagged or not after each round and changes its knobs."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Group
from rich.table import Table

from stillwatch.engine import DuckDBEngine
from stillwatch.errors import SettingsError
from stillwatch.lab.draws.random_draws import named_seed
from stillwatch.lab.evasion.operator_policy import Round, evade
from stillwatch.lab.measurement import Measurement
from stillwatch.lab.planting.host_log import HostLog, survey
from stillwatch.lab.planting.inject import inject, require_plan
from stillwatch.lab.real_parts import RealParts, read_parts
from stillwatch.lab.spec import CampaignSpec, WorldSpec
from stillwatch.lab.worlds.world import build
from stillwatch.model import Severity
from stillwatch.tables import ATTRIBUTES, EXCHANGES

__all__ = ["OPERATOR", "Adaptation", "Flagged", "adapt", "is_flagged", "show_adaptation"]

Flagged = Callable[[Path], bool]
"""Receives the folder of a world and returns whether its campaign was flagged: the one bit."""

OPERATOR = CampaignSpec(name="operator", accounts=100, shared={"payment": 0.125, "device": 0.125})
"""The unhindered campaign if the world has none: 26 natural-text exchanges per account and day."""

FLAGGED_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Adaptation:
    """All rounds, and the price: what the best unflagged round keeps of the unhindered campaign.

    ``harvest_share`` compares the harvest per account and day; ``total_share`` compares all payloads.
    ``times_accounts`` is the factor of accounts that the same total needs at that harvest. ``price`` is one over
    ``kept``. Without an unflagged round, ``best`` is None, the shares are zero and both factors are None.
    """

    seed: int
    unhindered: Round
    best: Round | None
    harvest_share: float
    total_share: float
    times_accounts: float | None
    price: float | None
    rounds: tuple[Round, ...]

    def to_json(self) -> str:
        """Return the adaptation as JSON."""
        return json.dumps(asdict(self), indent=2, sort_keys=True)


def adapt(
    flagged: Flagged,
    spec: WorldSpec,
    *,
    rounds: int = 12,
    seed: int = 1,
    parts: Path | None = None,
    work: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Adaptation:
    """Play *rounds* against *flagged* in the world *spec* and return the price of evasion.

    The first campaign of *spec* is the unhindered one (``OPERATOR`` if there is none). The honest part is built once
    and is the same in every round. The result depends only on *seed*, if *flagged* is deterministic. Raises
    ``SettingsError`` for fewer than two rounds, an unknown family, or a world without honest accounts.
    """
    if rounds < 2:
        raise SettingsError(
            f"{rounds} rounds are too few",
            where="rounds",
            remedy="Give at least two rounds: one unhindered, and one that reacts to it.",
        )
    base = spec.campaigns[0] if spec.campaigns else OPERATOR
    require_plan([base])
    real = read_parts(parts) if parts is not None else None
    with tempfile.TemporaryDirectory(prefix="stillwatch-", dir=work) as temporary:
        folder = Path(temporary)
        progress("building a world")
        build(folder / "honest", spec.model_copy(update={"campaigns": ()}), parts=parts, seed=seed)
        with DuckDBEngine(folder / "engine") as engine:
            host = _host(engine, folder / "honest")
            game = _Game(host, flagged, folder, seed, real, progress)
            # limit: a campaign with half as many accounts as all others would always stand out
            most = len(host.accounts) // 2
            played = evade(game.play, base, rounds=rounds, seed=seed, most_accounts=most)
    return _priced(seed, played)


@dataclass(slots=True)
class _Game:
    """Plants a campaign, asks for the bit and counts the harvest, round by round."""

    host: HostLog
    flagged: Flagged
    folder: Path
    seed: int
    parts: RealParts | None
    progress: Callable[[str], None]
    number: int = 0

    def play(self, knobs: CampaignSpec, first: Round | None) -> Round:
        self.number += 1
        self.progress(f"round {self.number}")
        with tempfile.TemporaryDirectory(prefix="round-", dir=self.folder) as temporary:
            world = Path(temporary) / "world"
            # each round is a new campaign: new accounts, new payloads
            seed = named_seed("round", self.seed, self.number)
            planted = inject(self.host, world, [knobs], parts=self.parts, seed=seed).campaigns
            got = planted[WorldSpec.group_name(knobs)]
            bit = self.flagged(world)
        kept = 1.0
        if first:
            whole = min(1.0, got.payloads / max(1, first.payloads))
            kept = got.harvest / first.harvest * whole if first.harvest else 0.0
        shown = knobs.model_dump(mode="json", exclude={"name"})
        return Round(self.number, shown, bit, got.accounts, got.exchanges, got.payloads, got.harvest, kept)


def _priced(seed: int, rounds: tuple[Round, ...]) -> Adaptation:
    unhindered = rounds[0]
    best = max((r for r in rounds if not r.flagged), key=lambda r: (r.kept, -r.number), default=None)
    share = best.harvest / unhindered.harvest if best and unhindered.harvest else 0.0
    return Adaptation(
        seed=seed,
        unhindered=unhindered,
        best=best,
        harvest_share=share,
        total_share=best.payloads / unhindered.payloads if best and unhindered.payloads else 0.0,
        times_accounts=1 / share if share else None,
        price=1 / best.kept if best and best.kept else None,
        rounds=rounds,
    )


def _host(engine: DuckDBEngine, folder: Path) -> HostLog:
    """Return the honest world in *folder* as a host log."""
    files = sorted((folder / "exchanges").glob("*.parquet"))
    rows = (batch for path in files for batch in pq.ParquetFile(path).iter_batches())
    accounts = pq.read_table(folder / "accounts.parquet")
    facts: list[pa.RecordBatch] = []
    for name in accounts.column_names[1:]:
        known = accounts.filter(accounts[name].is_valid())
        columns = {
            "account_id": known["account_id"],
            "name": pa.array([name] * len(known), pa.string()),
            "value": known[name].cast(pa.string()),
            "first_at": known["created_at"],
            "last_at": pa.nulls(len(known), ATTRIBUTES.column("last_at").type),
        }
        facts += pa.table(columns, schema=ATTRIBUTES.schema).to_batches()
    return survey(
        engine,
        exchanges=engine.write("honest", rows, EXCHANGES.schema),
        attributes=engine.write("attributes", facts, ATTRIBUTES.schema),
    )


def is_flagged(measured: Measurement, share: float = FLAGGED_SHARE) -> bool:
    """Return whether one reported campaign above ``watch`` holds at least *share* of a true campaign's accounts.

    The default is strict on purpose: an operator that loses a tenth of its accounts at once has been detected.
    """
    sizes = {c.name: c.above_watch.of for c in measured.campaigns}
    return any(
        r.severity != Severity.WATCH.value and r.mostly in sizes and r.n_members * r.purity >= share * sizes[r.mostly]
        for r in measured.reported
    )


def show_adaptation(adaptation: Adaptation) -> Group:
    """Return tables of *adaptation* for a rich console."""
    table = Table(title="Rounds")
    for heading in ("round", "flagged", "accounts", "per day", "cover", "exchanges", "payloads", "harvest", "kept"):
        table.add_column(heading)
    for r in adaptation.rounds:
        table.add_row(
            f"{r.number}{' *' if adaptation.best is r else ''}",
            "yes" if r.flagged else "no",
            f"{r.accounts:,}",
            f"{r.knobs['per_day']:.1f}",
            f"{100 * r.knobs['cover']:.0f}%",
            f"{r.exchanges:,}",
            f"{r.payloads:,}",
            f"{r.harvest:.2f}",
            f"{100 * r.kept:.1f}%",
        )
    figures = Table("price of evasion", "figure", title="* best round that stayed unflagged")
    figures.add_row("harvest per account and day, share of unhindered", f"{100 * adaptation.harvest_share:.1f}%")
    figures.add_row("payloads in all, share of unhindered", f"{100 * adaptation.total_share:.1f}%")
    times = adaptation.times_accounts
    figures.add_row("times the accounts for the same harvest", f"{times:.1f}" if times else "never unflagged")
    return Group(table, figures)
