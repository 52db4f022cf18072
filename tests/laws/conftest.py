"""A tiny world for the laws: scanned in about a second, changed in one way, scanned again."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch import lab
from stillwatch.runs import scan
from stillwatch.settings import Settings

Files = dict[str, bytes]


@dataclass(frozen=True)
class World:
    """A world in memory: its log, its accounts and its truth."""

    exchanges: pa.Table
    accounts: pa.Table
    truth: pa.Table


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return some 300 accounts over eight days with a hidden campaign of 40, company seats and a public benchmark."""
    folder = tmp_path_factory.mktemp("laws") / "world"
    spec = lab.WorldSpec(
        name="laws",
        days=8,
        accounts=220,
        lookalikes=(
            lab.LookalikeSpec(family="company_seats", accounts=20),
            lab.LookalikeSpec(family="public_benchmark", accounts=12),
        ),
        campaigns=(lab.CampaignSpec(name="hidden", accounts=40, start_day=1, shared={"payment": 0.3, "device": 0.2}),),
    )
    lab.build(folder, spec, seed=7)
    days = [pq.read_table(path, partitioning=None) for path in sorted((folder / "exchanges").glob("*.parquet"))]
    return World(
        pa.concat_tables(days), pq.read_table(folder / "accounts.parquet"), pq.read_table(folder / "truth.parquet")
    )


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Files]:
    """Return a function that scans a log with its accounts and returns the bytes of every table and the summary."""

    def run(exchanges: pa.Table, accounts: pa.Table, settings: Settings | None = None) -> Files:
        folder: Path = tmp_path_factory.mktemp("scan")
        pq.write_table(exchanges, folder / "log.parquet")
        pq.write_table(accounts, folder / "accounts.parquet")
        out = folder / "out"
        scan(
            [str(folder / "log.parquet")], out,
            settings=settings or Settings(), accounts=str(folder / "accounts.parquet"), work=folder,
        )  # fmt: skip
        names = [f"{table}.parquet" for table in ("campaigns", "members", "bonds", "timeline")] + ["summary.json"]
        return {name: (out / name).read_bytes() for name in names}

    return run


@pytest.fixture(scope="session")
def plain(world: World, files: Callable[..., Files]) -> Files:
    """Return the files of the world as it is."""
    return files(world.exchanges, world.accounts)
