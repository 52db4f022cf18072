import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from stillwatch import lab
from stillwatch.engine import DuckDBEngine
from stillwatch.errors import InputError, SettingsError
from stillwatch.lab.planting.host_log import HostLog, survey
from stillwatch.lab.planting.inject import inject
from stillwatch.tables import ATTRIBUTES, EXCHANGES, TRUTH

PLAN = (lab.CampaignSpec(name="planted", accounts=15, start_day=1, shared={"payment": 0.4}),)


def host_of(folder: Path, exchanges: pa.Table, facts: pa.Table | None = None) -> HostLog:
    engine = DuckDBEngine(folder)
    known = ATTRIBUTES.schema.empty_table() if facts is None else facts
    return survey(engine, exchanges=engine.write("exchanges", exchanges), attributes=engine.write("attributes", known))


def melted(world: Path) -> pa.Table:
    accounts = pq.read_table(world / "accounts.parquet").to_pylist()
    facts = [
        {"account_id": row["account_id"], "name": name, "value": v.isoformat() if isinstance(v, datetime) else v}
        for row in accounts
        for name, v in row.items()
        if name != "account_id" and v is not None
    ]
    return pa.Table.from_pylist(facts, schema=ATTRIBUTES.schema)


def written(out: Path) -> pa.Table:
    return pa.concat_tables([pq.read_table(p, partitioning=None) for p in sorted((out / "exchanges").iterdir())])


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory, world: Path, exchanges: pa.Table) -> HostLog:
    return host_of(tmp_path_factory.mktemp("host"), exchanges, melted(world))


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, host: HostLog) -> Path:
    out = tmp_path_factory.mktemp("planted") / "world"
    inject(host, out, PLAN, seed=3)
    return out


@pytest.fixture
def bare() -> pa.Table:
    """Return four days of a log with one model, without text, addresses and clients."""
    start = datetime(2026, 5, 1, 10, 30, tzinfo=UTC)
    names = ("exchange_id", "at", "account_id", "model", "status")
    given = [(f"x{i}", start + timedelta(hours=i), f"mine{i % 7}", "their-model", "ok") for i in range(80)]
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in given], schema=EXCHANGES.schema)


def test_own_rows_are_kept_as_they_are_and_own_accounts_are_honest(
    planted: Path, exchanges: pa.Table, world: Path
) -> None:
    truth = pq.read_table(planted / "truth.parquet")
    assert truth.schema.equals(TRUTH.schema)
    own = truth.filter(pc.equal(truth["kind"], "own"))
    assert not pc.any(own["is_campaign"]).as_py()
    assert set(own["group"].to_pylist()) == {""}
    assert set(own["account_id"].to_pylist()) == set(pq.read_table(world / "truth.parquet")["account_id"].to_pylist())
    rows = written(planted)
    kept = rows.filter(pc.is_in(rows["account_id"], own["account_id"].combine_chunks()))
    assert kept.sort_by("exchange_id").equals(exchanges.sort_by("exchange_id"))


def test_the_planted_rows_are_the_other_rows_with_new_accounts(planted: Path, exchanges: pa.Table) -> None:
    truth = pq.read_table(planted / "truth.parquet")
    hidden = truth.filter(truth["is_campaign"])
    assert set(hidden["group"].to_pylist()) == {"planted"}
    assert len(hidden) == 15
    rows = written(planted)
    mine = rows.filter(pc.is_in(rows["account_id"], hidden["account_id"].combine_chunks()))
    assert len(mine) == len(rows) - len(exchanges) > 1_500
    assert not set(mine["exchange_id"].to_pylist()) & set(exchanges["exchange_id"].to_pylist())
    card = json.loads((planted / "world.json").read_text())["summary"]
    assert card["campaigns"]["planted"]["exchanges"] == len(mine)
    assert card["n_exchanges"] == len(rows)
    assert 0.9 * len(mine) < card["campaigns"]["planted"]["payloads"] <= len(mine)


def test_planting_twice_with_one_seed_repeats_no_identifier(tmp_path: Path, planted: Path) -> None:
    again = host_of(tmp_path / "engine", written(planted))
    done = inject(again, tmp_path / "again", PLAN, seed=3)
    truth = pq.read_table(tmp_path / "again" / "truth.parquet")
    assert len(set(truth["account_id"].to_pylist())) == len(truth) == done.n_accounts
    rows = written(tmp_path / "again")
    assert len(set(rows["exchange_id"].to_pylist())) == len(rows)


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path, host: HostLog, planted: Path) -> None:
    inject(host, tmp_path / "again", PLAN, seed=3)
    inject(host, tmp_path / "other", PLAN, seed=4)

    def contents(folder: Path) -> list[bytes]:
        return [p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()]

    assert contents(tmp_path / "again") == contents(planted)
    assert contents(tmp_path / "other") != contents(planted)


def test_each_file_holds_one_day_in_order_of_time(planted: Path) -> None:
    files = sorted((planted / "exchanges").iterdir())
    assert len(files) == 7
    for path in files:
        at = pq.read_table(path, partitioning=None)["at"]
        assert at.equals(at.take(pc.sort_indices(at)))
        assert {f"day={moment:%Y-%m-%d}.parquet" for moment in at.to_pylist()} == {path.name}


def test_what_the_log_lacks_the_campaign_lacks_too(tmp_path: Path, bare: pa.Table) -> None:
    done = inject(host_of(tmp_path / "engine", bare), tmp_path / "w", PLAN)
    rows = written(tmp_path / "w")
    assert done.left_out == tuple(name for name in EXCHANGES.names if bare[name].null_count == len(bare))
    for name in done.left_out:
        assert rows[name].null_count == len(rows), name
    assert set(rows["model"].to_pylist()) == {"their-model"}
    assert pc.min_max(rows["at"]).as_py() == pc.min_max(bare["at"]).as_py()
    assert pq.read_table(tmp_path / "w" / "accounts.parquet").column_names == ["account_id"]
    assert len(rows) > len(bare) + 500


def test_a_log_of_sketches_gets_sketches(tmp_path: Path, bare: pa.Table) -> None:
    sketched = bare.set_column(EXCHANGES.names.index("sketch"), "sketch", pa.array([b"s"] * len(bare), pa.binary()))
    seen: list[str | None] = []

    def sketch(batch: pa.RecordBatch) -> pa.RecordBatch:
        seen.extend(batch["prompt"].to_pylist())
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        columns |= {"prompt": pa.nulls(len(batch), pa.string()), "sketch": pa.array([b"t"] * len(batch), pa.binary())}
        return pa.RecordBatch.from_pydict(columns, schema=batch.schema)

    inject(host_of(tmp_path / "engine", sketched), tmp_path / "w", PLAN, sketch=sketch)
    rows = written(tmp_path / "w")
    assert rows["prompt"].null_count == len(rows)
    assert set(rows["sketch"].to_pylist()) == {b"s", b"t"}
    assert all(seen)


def test_a_campaign_that_does_not_fit_is_refused(tmp_path: Path, bare: pa.Table, planted: Path) -> None:
    host = host_of(tmp_path / "engine", bare)
    with pytest.raises(SettingsError, match="the log has 4"):
        inject(host, tmp_path / "w", [lab.CampaignSpec(start_day=4)])
    with pytest.raises(SettingsError, match="give at least one campaign"):
        inject(host, tmp_path / "w", [])
    with pytest.raises(InputError, match="already holds"):
        inject(host, planted, PLAN)
    with pytest.raises(SettingsError, match=r"no campaign family 'moon'\. Choose one of agentic_coding"):
        inject(host, tmp_path / "w", [lab.CampaignSpec(family="moon")])
    with pytest.raises(SettingsError, match="each a different name"):
        inject(host, tmp_path / "w", [*PLAN, *PLAN])
    assert not (tmp_path / "w").exists()


def test_a_log_too_short_for_any_exchange_is_refused(tmp_path: Path, bare: pa.Table) -> None:
    with pytest.raises(InputError, match=r"no exchange of the campaign 'planted' is between.*Use a longer log"):
        inject(host_of(tmp_path / "engine", bare.slice(0, 1)), tmp_path / "w", [lab.CampaignSpec(name="planted")])
    assert not (tmp_path / "w").exists()


def test_real_parts_give_the_texts(tmp_path: Path, bare: pa.Table, parts: Path) -> None:
    prompted = bare.set_column(EXCHANGES.names.index("prompt"), "prompt", pa.array(["mine"] * len(bare)))
    done = inject(host_of(tmp_path / "engine", prompted), tmp_path / "w", PLAN, parts=lab.read_parts(parts))
    texts = set(written(tmp_path / "w")["prompt"].to_pylist()) - {"mine"}
    assert done.parts["texts"] == "real: prompts"
    assert texts
    assert all(text.startswith(("use the tool on", "exam question")) for text in texts)
