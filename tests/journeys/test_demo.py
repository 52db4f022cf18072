"""From a log to the campaign: whole, without an honest account, and with everything that a reader needs."""

import collections

import pytest

from stillwatch import signals
from stillwatch.model import ReasonKind
from stillwatch.tables import BONDS, CAMPAIGNS, MEMBERS, TIMELINE


@pytest.fixture(scope="module")
def truth(world):
    return {row["account_id"]: row for row in world.truth.to_pylist()}


@pytest.fixture(scope="module")
def campaign(plain):
    rows = plain.table("campaigns").to_pylist()
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["severity"] for row in rows] == ["urgent", *["watch"] * (len(rows) - 1)]
    return rows[0]


@pytest.fixture(scope="module")
def members(plain, campaign):
    return [row for row in plain.table("members").to_pylist() if row["campaign_id"] == campaign["campaign_id"]]


def test_the_hidden_campaign_is_found_whole_and_nobody_else(members, truth, campaign):
    named = {row["account_id"] for row in members}
    hidden = {account for account, row in truth.items() if row["is_campaign"]}
    assert len(hidden) == 60
    assert named == hidden
    assert campaign["accountability"] == "concealed"
    assert campaign["q_value"] < 0.01


def test_no_look_alike_is_above_watch(plain, truth):
    severity = {row["campaign_id"]: row["severity"] for row in plain.table("campaigns").to_pylist()}
    kinds = collections.Counter(
        truth[row["account_id"]]["group"]
        for row in plain.table("members").to_pylist()
        if severity[row["campaign_id"]] != "watch"
    )
    assert set(kinds) == {"hidden"}


def test_tables_have_their_schemas_and_agree_with_each_other(plain, world, campaign, members):
    for table, schema in (("campaigns", CAMPAIGNS), ("members", MEMBERS), ("bonds", BONDS), ("timeline", TIMELINE)):
        assert plain.table(table).schema.equals(schema.schema), table
    assert campaign["n_accounts"] == len(members) == 60
    assert all(0.5 <= row["p_member"] <= 1 for row in members)
    assert all(row["reasons"] for row in members)
    named = {row["account_id"] for row in members}
    own = [row for row in world.exchanges.to_pylist() if row["account_id"] in named]
    assert campaign["n_exchanges"] == len(own)
    assert campaign["output_tokens"] == sum(row["output_tokens"] or 0 for row in own)
    assert campaign["first_at"] == min(row["at"] for row in own)
    assert campaign["last_at"] == max(row["at"] for row in own)
    bonds = [row for row in plain.table("bonds").to_pylist() if row["campaign_id"] == campaign["campaign_id"]]
    assert {row["account_id"] for row in bonds} <= named
    holders = collections.Counter(row["hub"] for row in bonds)
    assert min(holders.values()) >= 2


def test_the_timeline_counts_every_exchange_once(plain, world, campaign):
    rows = plain.table("timeline").to_pylist()
    assert sum(row["n_exchanges"] for row in rows) == len(world.exchanges)
    own = [row for row in rows if row["campaign_id"] == campaign["campaign_id"]]
    assert sum(row["n_exchanges"] for row in own) == campaign["n_exchanges"]
    assert {row["campaign_id"] for row in rows} == {"", *plain.table("campaigns").column("campaign_id").to_pylist()}
    assert all((row["at"].hour, row["at"].minute) == (0, 0) for row in rows)


def test_it_says_why_what_for_and_what_else_it_could_be(campaign):
    assert 0.5 < campaign["coordination"] <= 1
    assert 0.5 < campaign["p_group"] < 1
    assert sum(c["share"] for c in campaign["capabilities"]) == pytest.approx(1)
    shares = [c["share"] for c in campaign["capabilities"]]
    assert shares == sorted(shares, reverse=True)
    for kind in ReasonKind:
        told = [r for r in campaign["reasons"] if r["kind"] == kind and r["family"] != "accountability"]
        tested = [r["value"] for r in told if r["family"] != "use"]
        assert tested == sorted(tested, reverse=True)
        assert all(abs(r["value"]) <= r["cap"] for r in told)
    assert {"content", "accountability", "use"} <= {r["family"] for r in campaign["reasons"]}
    assert campaign["innocent_readings"]
    assert all(reading.endswith(".") for reading in campaign["innocent_readings"])


def test_the_summary_is_complete(plain, world):
    summary = plain.summary
    assert summary["n_exchanges"] == len(world.exchanges)
    assert summary["n_rejects"] == 0
    assert summary["n_campaigns"] == len(plain.table("campaigns"))
    assert summary["n_accounts"] == len(set(world.exchanges.column("account_id").to_pylist()))
    assert summary["n_groups_tested"] >= summary["n_groups_coordinated"] >= 1
    assert summary["first_at"] < summary["last_at"]
    assert set(signals.load()) <= set(summary["signals"])
    assert {"version", "settings_digest", "false_discovery_rate", "notices", "columns"} <= set(summary)


def test_no_prompt_text_is_left_behind(plain, world):
    """Nothing a scan writes holds a prompt, nor does a file of its work folder stay."""
    prompt = max((p for p in world.exchanges.column("prompt").to_pylist() if p), key=len)[:60].encode()
    assert all(prompt not in path.read_bytes() for path in plain.folder.iterdir() if path.is_file())
    assert not list(plain.folder.parent.glob("stillwatch-*"))


def test_without_the_campaign_there_is_nothing_to_report(world, scanned, truth):
    honest = [not truth[account]["is_campaign"] for account in world.exchanges.column("account_id").to_pylist()]
    calm = scanned(world.exchanges.filter(honest), world.accounts)
    assert [r for r in calm.table("campaigns").to_pylist() if r["severity"] != "watch"] == []
    assert calm.table("members").schema.equals(MEMBERS.schema)
