"""A log scanned again every day: ids last, the error rate is spent, a look repeated costs nothing, no day knows the next."""

import json
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from stillwatch import runs
from stillwatch.campaigns.history import share
from stillwatch.cli import app
from stillwatch.settings import Settings

START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = (4, 5, 6, 10)
"""Scanned as of the end of these days; the last is the end of the log."""


def end_of(day):
    return START + timedelta(days=day)


@pytest.fixture(scope="module")
def log(world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("daily")
    pq.write_table(world.exchanges, folder / "log.parquet")
    pq.write_table(world.accounts, folder / "accounts.parquet")
    return folder


@pytest.fixture(scope="module")
def looks(log):
    """The folder of each day's scan."""
    found = runs.replay(
        [str(log / "log.parquet")], log / "out", settings=Settings(), until=[end_of(day) for day in DAYS],
        accounts=str(log / "accounts.parquet"), history=log / "history",
    )  # fmt: skip
    return dict(zip(DAYS, list(found), strict=True))


def history(log, name):
    return pq.read_table(max((log / "history").iterdir()) / f"{name}.parquet").to_pylist()


@pytest.fixture(scope="module")
def hidden(world):
    return {row["account_id"] for row in world.truth.to_pylist() if row["is_campaign"]}


def members(scan):
    """Return the members of groups above ``watch``."""
    severity = {row["campaign_id"]: row["severity"] for row in scan.campaigns.to_pylist()}
    rows = pq.read_table(scan.folder / "members.parquet").to_pylist()
    return [row for row in rows if severity[row["campaign_id"]] != "watch"]


def test_the_campaign_grows_under_one_id(looks, log, hidden):
    """It may be found in parts while it is young; it ends whole under the id of one, and says where the others went."""
    (last,) = [row for row in looks[10].campaigns.to_pylist() if row["severity"] != "watch"]
    assert {row["account_id"] for row in members(looks[10])} == hidden
    early = {row["campaign_id"] for day in DAYS[:2] for row in members(looks[day])}
    assert last["campaign_id"] in early
    lineage = {row["campaign_id"]: row for row in history(log, "lineage")}
    assert early <= set(lineage)
    for campaign_id in early:
        while merged := lineage[campaign_id]["merged_into"]:
            campaign_id = merged  # noqa: PLW2901
        assert campaign_id == last["campaign_id"]
    named = [len(members(looks[day])) for day in DAYS]
    assert named[0] < named[1]
    assert min(named[1:]) >= len(hidden) - 1, "from the second look on nearly whole; one at the edge may come and go"
    told = [event for event in history(log, "events") if event["campaign_id"] == last["campaign_id"]]
    assert told[0]["event"] == "appeared"
    assert sum(event["n_new"] for event in told if event["event"] in {"appeared", "grew"}) == len(hidden)


def test_nobody_is_named_twice_in_a_look(looks):
    for scan in looks.values():
        accounts = [row["account_id"] for row in members(scan)]
        assert len(accounts) == len(set(accounts))


def test_nobody_else_is_named_on_any_day(looks, hidden):
    assert all({row["account_id"] for row in members(scan)} <= hidden for scan in looks.values())


def test_every_look_spends_its_part(looks, log):
    rows = history(log, "looks")
    assert [row["look"] for row in rows] == [1, 2, 3, 4]
    assert [row["share"] for row in rows] == pytest.approx([1 / 7] * 4)
    assert [scan.summary["look"]["spent"] for scan in looks.values()] == pytest.approx([1 / 7, 2 / 7, 3 / 7, 4 / 7])
    for scan in looks.values():
        assert scan.campaigns.column("rank").to_pylist() == list(range(1, len(scan.campaigns) + 1))
        assert (
            max(scan.campaigns.column("q_value").to_pylist(), default=0.0) <= Settings().campaigns.false_discovery_rate
        )


def test_the_last_look_is_the_scan_without_a_history_but_for_ids_and_q_values(looks, plain):
    assert looks[10].summary["n_later"] == 0
    own = ["campaign_id", "q_value", "rank"]
    assert looks[10].campaigns.drop_columns(own).equals(plain.table("campaigns").drop_columns(own))
    found = pq.read_table(looks[10].folder / "members.parquet")
    assert found.drop_columns("campaign_id").equals(plain.table("members").drop_columns("campaign_id"))


def test_a_look_repeated_gives_the_same_bytes_and_spends_nothing(looks, log, tmp_path):
    before = {path: path.read_bytes() for path in (log / "history").rglob("*.parquet")}
    runs.scan(
        [str(log / "log.parquet")], tmp_path, settings=Settings(), accounts=str(log / "accounts.parquet"),
        until=end_of(6), history=log / "history",
    )  # fmt: skip
    for name in ("summary.json", "campaigns.parquet", "members.parquet", "bonds.parquet", "timeline.parquet"):
        assert (tmp_path / name).read_bytes() == (looks[6].folder / name).read_bytes(), name
    assert {path: path.read_bytes() for path in (log / "history").rglob("*.parquet")} == before


def test_a_day_knows_nothing_of_the_next(looks, world, scanned):
    """The same as scanning a log that ends there, with the accounts that were open or closed then."""
    moment = pa.scalar(end_of(5), pa.timestamp("us", tz="UTC"))
    exchanges = world.exchanges.filter(pc.less(world.exchanges.column("at"), moment))
    accounts = world.accounts.filter(pc.less(world.accounts.column("created_at"), moment))
    later = pc.fill_null(pc.greater_equal(accounts.column("closed_at"), moment), False)
    assert sum(later.to_pylist()) >= 1
    for name in ("status", "closed_at"):
        place, field = accounts.schema.get_field_index(name), accounts.schema.field(name)
        value = pc.if_else(later, pa.scalar(None, field.type), accounts.column(name))
        accounts = accounts.set_column(place, field, value)
    ended = scanned(exchanges, accounts)
    # A look spends only its share of the error rate, so that of a young campaign's parts the weakest may not stand yet.
    level = Settings().campaigns.false_discovery_rate * share(Settings().campaigns.looks)
    alone = ended.table("campaigns")
    standing = alone.filter(pc.less_equal(alone.column("q_value"), level)).column("campaign_id")
    assert len(standing) >= 1
    for table in ("campaigns", "members"):
        own = ["campaign_id", "q_value", "rank"] if table == "campaigns" else ["campaign_id"]
        found = pq.read_table(looks[5].folder / f"{table}.parquet")
        expected = ended.table(table).filter(pc.is_in(ended.table(table).column("campaign_id"), standing))
        assert found.drop_columns(own).equals(expected.drop_columns(own)), table
    assert looks[5].summary["n_exchanges"] == ended.summary["n_exchanges"]
    assert looks[5].summary["n_exchanges"] + looks[5].summary["n_later"] == len(world.exchanges)


def test_the_command_says_what_the_look_spent(tmp_path):
    line = {"account_id": "a", "model": "m", "status": "ok", "prompt": "one two three"}
    rows = [line | {"exchange_id": f"x{i}", "at": f"2026-03-0{2 + i // 5}T08:15:30Z"} for i in range(10)]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    arguments = "scan", tmp_path / "log.jsonl", "--history", tmp_path / "history", "--out", tmp_path / "out"
    first = CliRunner().invoke(app, [str(a) for a in (*arguments, "--until", "2026-03-03")])
    assert "Look 1: new campaigns tested at 0.0014; 14% of the rate spent." in first.stdout
    assert "5 exchanges of 1 accounts" in first.stdout
    second = CliRunner().invoke(app, [str(a) for a in (*arguments, "--json")])
    assert json.loads(second.stdout)["summary"]["look"]["number"] == 2
    assert CliRunner().invoke(app, [str(a) for a in (*arguments, "--until", "soon")]).exit_code == 2
