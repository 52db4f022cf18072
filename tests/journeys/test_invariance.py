"""What must not matter does not: order, names, files, days, runs; and every row is accounted for."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from pydantic import SecretStr

from stillwatch.runs import scan
from stillwatch.settings import IngestSettings, Settings


def _shuffled(table, seed):
    return table.take(np.random.default_rng(seed).permutation(len(table)))


def _with_accounts(table, names):
    place = table.schema.get_field_index("account_id")
    renamed = pa.array([names.get(a, a) for a in table.column("account_id").to_pylist()], pa.string())
    return table.set_column(place, table.schema.field("account_id"), renamed)


@pytest.fixture(scope="module")
def names(world):
    """New names in another order than the old ones."""
    old = sorted(
        set(world.accounts.column("account_id").to_pylist()) | set(world.exchanges.column("account_id").to_pylist())
    )
    order = np.random.default_rng(5).permutation(len(old))
    return {account: f"renamed-{place:06d}" for account, place in zip(old, order, strict=True)}


def test_two_runs_give_the_same_bytes(world, scanned, plain):
    assert scanned(world.exchanges, world.accounts).files() == plain.files()


def test_the_order_of_rows_and_the_cut_into_files_do_not_matter(world, scanned, plain):
    mixed = _shuffled(world.exchanges, 1)
    thirds = [mixed.slice(0, 1), mixed.slice(1, len(mixed) // 3), mixed.slice(1 + len(mixed) // 3)]
    assert scanned(thirds[::-1], _shuffled(world.accounts, 2)).files() == plain.files()


def test_one_file_per_day_is_one_log(world, scanned, plain):
    day = pc.floor_temporal(world.exchanges.column("at"), unit="day")
    days = [world.exchanges.filter(pc.equal(day, value)) for value in sorted(set(day.to_pylist()))]
    assert len(days) == 10
    assert scanned(days, world.accounts).files() == plain.files()


def test_names_of_accounts_change_names_and_nothing_else(world, scanned, plain, names):
    renamed = scanned(_with_accounts(world.exchanges, names), _with_accounts(world.accounts, names))
    for table in ("campaigns", "timeline"):
        assert renamed.table(table).equals(plain.table(table)), table
    # The name of a run depends on every result, and members have their names.
    assert renamed.summary | {"run": ""} == plain.summary | {"run": ""}
    for table in ("members", "bonds"):
        assert renamed.table(table).equals(_with_accounts(plain.table(table), names)), table


@pytest.mark.slow
def test_hashed_identifiers_find_the_same_campaign(world, scanned, plain):
    settings = Settings(ingest=IngestSettings(identifier_key=SecretStr("a key of the operator")))
    hashed = scanned(world.exchanges, world.accounts, settings)
    kept = [
        "campaign_id",
        "n_accounts",
        "n_exchanges",
        "output_tokens",
        "coordination",
        "p_group",
        "accountability",
        "rank",
        "severity",
    ]
    assert hashed.table("campaigns").select(kept).equals(plain.table("campaigns").select(kept))
    old = set(plain.table("members").column("account_id").to_pylist())
    new = set(hashed.table("members").column("account_id").to_pylist())
    assert len(new) == len(old)
    assert not new & old
    assert hashed.summary["settings_digest"] == settings.digest()


@pytest.fixture(scope="module")
def broken(world, tmp_path_factory):
    """A JSONL log of 3,000 rows with every twentieth spoilt in one of several ways, and how many of each there are."""
    path = tmp_path_factory.mktemp("broken") / "log.jsonl"
    rows = world.exchanges.slice(0, 3000).to_pylist()
    spoil = [
        lambda line, row: line[: len(line) // 2],
        lambda line, row: json.dumps(row | {"at": "soon"}, default=str),
        lambda line, row: json.dumps(row | {"account_id": None}, default=str),
        lambda line, row: json.dumps(rows[0], default=str),
        lambda line, row: "42",
        lambda line, row: json.dumps(row | {"status": "odd"}, default=str),
        lambda line, row: json.dumps(row | {"sketch": "AAAA", "prompt": None}, default=str),
    ]
    with path.open("w", encoding="utf-8") as sink:
        for i, row in enumerate(rows):
            line = json.dumps(row, default=str)
            if i % 20 == 7:
                line = spoil[i // 20 % len(spoil)](line, row)
            sink.write(line + "\n")
    return path, len(rows)


def test_rows_in_are_exchanges_and_rejects(broken, tmp_path):
    path, n = broken
    result = scan([str(path)], tmp_path / "out", settings=Settings(), work=tmp_path)
    rejects = pq.read_table(tmp_path / "out" / "rejects.parquet")
    assert result.summary["n_exchanges"] + len(rejects) == n
    assert result.summary["n_rejects"] == len(rejects)
    assert len(rejects) == len(range(7, n, 20))
    positions = rejects.column("position").to_pylist()
    assert sorted(positions) == [i + 1 for i in range(7, n, 20)]
    assert all(rejects.column("reason").to_pylist())


def test_a_log_of_nothing_but_broken_rows_is_a_scan_without_campaigns(world, tmp_path, scanned):
    empty = scanned(world.exchanges.slice(0, 0), None)
    assert empty.table("campaigns").num_rows == 0
    assert empty.summary["n_exchanges"] == 0
    assert empty.table("timeline").num_rows == 0


@pytest.mark.slow
def test_without_an_accounts_file_the_log_alone_is_scanned(world, scanned):
    alone = scanned(world.exchanges, None)
    assert alone.summary["n_exchanges"] == len(world.exchanges)
    hidden = {r["account_id"] for r in world.truth.to_pylist() if r["is_campaign"]}
    severity = {row["campaign_id"]: row["severity"] for row in alone.table("campaigns").to_pylist()}
    members = alone.table("members").to_pylist()
    named = {row["account_id"] for row in members}
    # Nothing is known of payers, so nobody is concealed; the list alone is dealt out to sixty accounts.
    assert {row["account_id"] for row in members if severity[row["campaign_id"]] != "watch"} <= hidden
    assert len(named & hidden) >= 54
