"""A small world, built and scanned once, and copies of it in which one thing is changed that must not matter."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch import lab
from stillwatch.runs import scan
from stillwatch.settings import Settings

TABLES = ("campaigns", "members", "bonds", "timeline")


@dataclass(frozen=True)
class World:
    """A world in memory: its log, its accounts and its truth."""

    exchanges: pa.Table
    accounts: pa.Table
    truth: pa.Table


@dataclass(frozen=True)
class Result:
    """What a scan left behind, as tables and as bytes."""

    folder: Path

    def table(self, name: str) -> pa.Table:
        return pq.read_table(self.folder / f"{name}.parquet")

    @property
    def summary(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "summary.json").read_text(encoding="utf-8")))

    def files(self, *names: str) -> dict[str, bytes]:
        """Return the bytes of the tables named, or of every one and the summary."""
        paths = [f"{name}.parquet" for name in names or TABLES] + ([] if names else ["summary.json"])
        return {path: (self.folder / path).read_bytes() for path in paths}


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a demo world of some 430 accounts: people, four look-alikes and one hidden campaign of 60."""
    folder = tmp_path_factory.mktemp("world") / "demo"
    lab.build(folder, lab.preset("demo", accounts=300, days=10), seed=11)
    days = [pq.read_table(path, partitioning=None) for path in sorted((folder / "exchanges").glob("*.parquet"))]
    return World(
        pa.concat_tables(days), pq.read_table(folder / "accounts.parquet"), pq.read_table(folder / "truth.parquet")
    )


@pytest.fixture(scope="session")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Result]:
    """Return a function that scans (exchanges in one table or several, accounts) and returns what came out."""

    def run(
        exchanges: pa.Table | list[pa.Table], accounts: pa.Table | None, settings: Settings | None = None
    ) -> Result:
        folder = tmp_path_factory.mktemp("scan")
        parts = exchanges if isinstance(exchanges, list) else [exchanges]
        for i, part in enumerate(parts):
            pq.write_table(part, folder / f"log-{i:03d}.parquet")
        if accounts is not None:
            pq.write_table(accounts, folder / "accounts.parquet")
        logs = [str(folder / f"log-{i:03d}.parquet") for i in range(len(parts))]
        scan(
            logs,
            folder / "out",
            settings=settings or Settings(),
            accounts=None if accounts is None else str(folder / "accounts.parquet"),
            work=folder,
        )
        return Result(folder / "out")

    return run


@pytest.fixture(scope="session")
def plain(world: World, scanned: Callable[..., Result]) -> Result:
    """Return the scan of the world as it is."""
    return scanned(world.exchanges, world.accounts)
