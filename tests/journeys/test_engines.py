"""One log scanned by both engines: the same bytes, with values that nearly half of all accounts share."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from stillwatch import campaigns, lab
from stillwatch.runs import scan
from stillwatch.settings import load

pytestmark = pytest.mark.spark

FILES = ("campaigns", "members", "bonds", "timeline", "rejects")
SORTED_BY = {
    "profiles": ["account_id", "half"],
    "activity": ["account_id"],
    "links": ["account_id", "signal", "hub"],
    "prints": ["account_id", "at", "prompt_hash", "system_hash"],
    "places": ["account_id", "prompt_hash"],
    "spreads": ["account_id", "half", "topic"],
}
"""The tables that detection is handed, and the sort after which they must be equal."""
HOT_SHARE = 0.45


@dataclass(frozen=True)
class Scanned:
    """What a scan wrote, and what its detection was handed."""

    folder: Path
    tables: dict[str, pa.Table]

    @property
    def summary(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "summary.json").read_text(encoding="utf-8")))


def _skewed(world: Path) -> None:
    """Give nearly half of the accounts one address, one user agent and one e-mail domain; spoil a little."""
    accounts = pq.read_table(world / "accounts.parquet")
    names = np.array(accounts["account_id"].to_pylist())
    hot = pa.array(names[np.random.default_rng(5).random(len(names)) < HOT_SHARE])
    pq.write_table(_shared(accounts, hot, email_domain="freemail.example"), world / "accounts.parquet")
    days = sorted((world / "exchanges").glob("*.parquet"))
    for day in days:
        table = pq.read_table(day, partitioning=None)
        pq.write_table(_shared(table, hot, client_ip="203.0.113.77", user_agent="one-sdk/1.0"), day)
    # One day as compressed lines, with rows that cannot be read; and rows of it that come a second time.
    rows = pq.read_table(days[1], partitioning=None).to_pylist()
    days[1].unlink()
    for row in rows:
        row["at"] = row["at"].isoformat()
        row.pop("sketch", None)
    lines = [orjson.dumps({name: value for name, value in row.items() if value is not None}) for row in rows]
    (world / "exchanges" / "lines.jsonl").write_bytes(b"\n".join([*lines[:50], b"broken", *lines[50:], b"{}"]))
    (world / "exchanges" / "again.jsonl").write_bytes(b"\n".join(lines[100:300]))


def _shared(table: pa.Table, hot: pa.Array, **values: str) -> pa.Table:
    chosen = pc.is_in(table["account_id"], hot)
    for name, value in values.items():
        column = pc.if_else(chosen, pa.scalar(value), table[name])
        table = table.set_column(table.schema.get_field_index(name), name, column)
    return table


def _scanned(world: Path, out: Path, engine_kind: str, monkeypatch: pytest.MonkeyPatch) -> Scanned:
    handed: dict[str, pa.Table] = {}
    detect = campaigns.detect

    def watched(engine: Any, **given: Any) -> Any:
        for name, by in SORTED_BY.items():
            table = given[name] if isinstance(given[name], pa.Table) else engine.arrow(given[name]).read_all()
            handed[name] = table.sort_by([(column, "ascending") for column in by])
        return detect(engine, **given)

    with monkeypatch.context() as patched:
        patched.setattr(campaigns, "detect", watched)
        settings = load(environment={}, engine__kind=engine_kind)
        scan([str(world / "exchanges")], out, accounts=str(world / "accounts.parquet"), settings=settings, work=world)
    return Scanned(out, handed)


@pytest.mark.parametrize(
    ("accounts", "least"),
    [
        pytest.param(1_000, 30_000, id="small"),
        pytest.param(18_500, 500_000, id="large", marks=pytest.mark.slow),
    ],
)
def test_both_engines_find_the_same(
    spark_cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, accounts: int, least: int
) -> None:
    world = tmp_path / "world"
    assert lab.build(world, lab.preset("demo", accounts=accounts, days=14), seed=11).n_exchanges >= least
    _skewed(world)
    duckdb = _scanned(world, tmp_path / "duckdb", "duckdb", monkeypatch)
    spark = _scanned(world, tmp_path / "spark", "spark", monkeypatch)
    for name in SORTED_BY:
        assert spark.tables[name].cast(duckdb.tables[name].schema).equals(duckdb.tables[name]), name
        assert len(duckdb.tables[name]) > 0, name
    for name in FILES:
        file = f"{name}.parquet"
        assert _bytes(spark.folder / file) == _bytes(duckdb.folder / file), name
        assert pq.read_metadata(spark.folder / file).num_rows > 0, name
    differing = {name for name, value in duckdb.summary.items() if spark.summary[name] != value}
    assert differing == {"settings_digest", "run"}, (
        "the digest, and so the name of the run, tells that the engine was another one; nothing else differs"
    )
    assert spark.summary["n_rejects"] == 202
    (hot,) = _rows(duckdb, "shared_address").column("n").to_pylist()[:1]
    assert hot > HOT_SHARE * 0.8 * accounts


def _bytes(path: Path) -> bytes:
    """Return the bytes of a table without the name of the run, which depends on the engine that the settings name."""
    sink = pa.BufferOutputStream()
    pq.write_table(pq.read_table(path).replace_schema_metadata(None), sink)
    return sink.getvalue().to_pybytes()


def _rows(scanned: Scanned, signal: str) -> pa.Table:
    """Return how many accounts share the most common value of *signal* among the links, largest first."""
    links = scanned.tables["links"]
    links = links.filter(pc.equal(links["signal"], signal))
    counted = links.group_by("hub").aggregate([("account_id", "count")]).sort_by([("account_id_count", "descending")])
    return counted.rename_columns(["hub", "n"])
