"""Worlds built in shards: the result is one log."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from stillwatch import lab
from stillwatch.errors import InputError, SettingsError
from stillwatch.lab.worlds.sharded_build import shard_specs
from stillwatch.tables import ACCOUNTS, EXCHANGES, TRUTH


@pytest.fixture(scope="module")
def spec() -> lab.WorldSpec:
    return lab.WorldSpec(
        name="wide",
        days=2,
        accounts=61,
        proxy_addresses=8,
        lookalikes=(lab.LookalikeSpec(family="company_seats", accounts=10),),
        campaigns=(
            lab.CampaignSpec(name="large", accounts=1_001, per_day=1.0, idle_days=0.0, proxies=1.0),
            lab.CampaignSpec(name="small", family="fixed_frame", accounts=24),
        ),
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, spec: lab.WorldSpec) -> tuple[Path, lab.WorldSummary]:
    out = tmp_path_factory.mktemp("shards") / "wide"
    return out, lab.build_in_shards(out, spec, shards=3, jobs=2, seed=5)


def _rows(world: Path) -> pa.Table:
    return pa.concat_tables(
        [pq.read_table(p, partitioning=None) for p in sorted((world / "exchanges").glob("day=*.parquet"))]
    )


def test_shards_hold_every_account_once(spec: lab.WorldSpec) -> None:
    parts = list(shard_specs(spec, 3))
    assert sum(part.accounts for part in parts) == 61
    assert [sum(c.accounts for part in parts for c in part.campaigns if c.name == n) for n in ("large", "small")] == [
        1_001, 24,
    ]  # fmt: skip
    assert sum(len(part.lookalikes) for part in parts) == 1
    assert all(any(c.name == "large" for c in part.campaigns) for part in parts), "the large one stands in each of them"
    limited = spec.model_copy(update={"campaigns": (lab.CampaignSpec(accounts=1_500, worklist=900),)})
    assert [part.campaigns[0].worklist for part in shard_specs(limited, 3)] == [300, 300, 300]


def test_the_result_is_a_world(made: tuple[Path, lab.WorldSummary], spec: lab.WorldSpec) -> None:
    out, summary = made
    accounts, truth = pq.read_table(out / "accounts.parquet"), pq.read_table(out / "truth.parquet")
    rows = _rows(out)
    assert accounts.schema.equals(ACCOUNTS.schema)
    assert truth.schema.equals(TRUTH.schema)
    assert rows.schema.equals(EXCHANGES.schema)
    assert {p.name for p in out.iterdir()} == {"accounts.parquet", "exchanges", "truth.parquet", "world.json"}
    assert len(list((out / "exchanges").iterdir())) == 3 * spec.days
    for table in (accounts, truth):
        names = table["account_id"].to_pylist()
        assert names == sorted(set(names))
        assert len(names) == 61 + 10 + 1_001 + 24 == summary.n_accounts
    assert summary.n_honest == 71
    assert summary.campaigns == {"large": 1_001, "small": 24}
    assert summary.lookalikes == {"company_seats": 10}
    assert len(rows) == summary.n_exchanges
    assert pc.count_distinct(rows["exchange_id"]).as_py() == len(rows)
    talks = rows.select(["account_id", "conversation_id"]).drop_null().group_by("conversation_id")
    assert pc.max(talks.aggregate([("account_id", "count_distinct")])["account_id_count_distinct"]).as_py() == 1


def test_shards_share_one_proxy_network_and_deal_different_prompts(made: tuple[Path, lab.WorldSummary]) -> None:
    out, _ = made
    truth = pq.read_table(out / "truth.parquet")
    large = truth.filter(pc.equal(truth["group"], "large"))["account_id"]
    exits, prompts = [], []
    for number in range(3):
        files = sorted((out / "exchanges").glob(f"*.{number:04}.parquet"))
        rows = pa.concat_tables([pq.read_table(p, partitioning=None) for p in files])
        mine = rows.filter(pc.is_in(rows["account_id"], large))
        exits.append(set(mine["client_ip"].to_pylist()))
        prompts.append(set(mine["prompt"].to_pylist()))
    assert len(exits[0] & exits[1] & exits[2]) == 8, "eight exits, and every part of the campaign uses all"
    assert len(prompts[0] & prompts[1]) < 0.05 * len(prompts[0])


@pytest.mark.slow
def test_shards_of_a_wide_world_deal_one_worklist_without_collisions(tmp_path: Path, spec: lab.WorldSpec) -> None:
    wide = spec.model_copy(update={"variety": "wide", "lookalikes": ()})
    lab.build_in_shards(tmp_path / "w", wide, shards=3, jobs=2, seed=5)
    truth = pq.read_table(tmp_path / "w" / "truth.parquet")
    large = truth.filter(pc.equal(truth["group"], "large"))["account_id"]
    rows = _rows(tmp_path / "w")
    prompts = rows.filter(pc.is_in(rows["account_id"], large))["prompt"]
    assert len(prompts) > 1_500
    assert pc.count_distinct(prompts).as_py() == len(prompts)


def test_jobs_change_nothing(tmp_path: Path, made: tuple[Path, lab.WorldSummary], spec: lab.WorldSpec) -> None:
    out, summary = made
    assert lab.build_in_shards(tmp_path / "again", spec, shards=3, jobs=1, seed=5) == summary
    for file in out.rglob("*"):
        if file.is_file():
            assert file.read_bytes() == (tmp_path / "again" / file.relative_to(out)).read_bytes()


def test_bad_numbers_and_a_used_folder_are_refused(
    tmp_path: Path, made: tuple[Path, lab.WorldSummary], spec: lab.WorldSpec
) -> None:
    for wrong in ({"shards": 0}, {"shards": 2, "jobs": 0}):
        with pytest.raises(SettingsError, match="at least 1"):
            lab.build_in_shards(tmp_path / "w", spec, **wrong)
    assert not (tmp_path / "w").exists()
    with pytest.raises(InputError, match="already holds a world"):
        lab.build_in_shards(made[0], spec, shards=3)


def test_a_failed_shard_leaves_no_partial_world(tmp_path: Path) -> None:
    empty = lab.WorldSpec(days=1, accounts=1)
    with pytest.raises(SettingsError, match="the world has no accounts"):
        lab.build_in_shards(tmp_path / "w", empty, shards=2)
    assert list((tmp_path / "w").iterdir()) == []
