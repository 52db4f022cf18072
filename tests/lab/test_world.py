import json
from ipaddress import ip_address
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from stillwatch import lab
from stillwatch.errors import InputError
from stillwatch.tables import ACCOUNTS, EXCHANGES, STATUSES, TRUTH, VERIFICATIONS


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_schemas_are_exact(world: Path, exchanges: pa.Table) -> None:
    assert exchanges.schema.equals(EXCHANGES.schema)
    assert pq.read_table(world / "accounts.parquet").schema.equals(ACCOUNTS.schema)
    assert pq.read_table(world / "truth.parquet").schema.equals(TRUTH.schema)
    assert len(list((world / "exchanges").glob("day=*.parquet"))) == 7


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, world: Path, spec: lab.WorldSpec) -> None:
    lab.build(tmp_path / "again", spec, seed=3)
    assert _bytes(tmp_path / "again") == _bytes(world)
    lab.build(tmp_path / "other", spec, seed=4)
    assert _bytes(tmp_path / "other") != _bytes(world)


def test_truth_fits_the_rows(world: Path, exchanges: pa.Table) -> None:
    truth = pq.read_table(world / "truth.parquet")
    known = set(truth["account_id"].to_pylist())
    assert len(known) == len(truth) == 334
    assert set(exchanges["account_id"].to_pylist()) <= known
    hidden = truth.filter(truth["is_campaign"])
    assert set(hidden["group"].to_pylist()) == {"hidden"}
    assert set(hidden["kind"].to_pylist()) == {"natural_worklist"}
    assert set(hidden["account_id"].to_pylist()) <= set(exchanges["account_id"].to_pylist())
    assert pc.sum(pc.equal(truth["group"], "company_seats")).as_py() == 10


def test_a_worklist_never_collides_and_honest_people_do(world: Path, exchanges: pa.Table) -> None:
    truth = pq.read_table(world / "truth.parquet")
    joined = exchanges.select(["account_id", "prompt"]).join(truth, "account_id")
    hidden = joined.filter(joined["is_campaign"])["prompt"].to_pylist()
    honest = joined.filter(pc.invert(joined["is_campaign"]))["prompt"].to_pylist()
    assert len(set(hidden)) == len(hidden) > 3_000
    assert len(set(honest)) < 0.95 * len(honest)


def test_values_are_in_range(exchanges: pa.Table) -> None:
    assert len(set(exchanges["exchange_id"].to_pylist())) == len(exchanges)
    assert set(exchanges["status"].to_pylist()) <= set(STATUSES)
    assert set(exchanges["model"].to_pylist()) == {"m-large-3", "m-small-3", "m-large-4"}
    assert pc.min(exchanges["input_tokens"]).as_py() > 0
    assert 0.95 < pc.mean(pc.equal(exchanges["status"], "ok").cast(pa.int8())).as_py() < 1
    assert all(ip_address(text).is_global for text in set(exchanges["client_ip"].to_pylist()))
    assert pc.min(pc.utf8_length(exchanges["prompt"])).as_py() > 0


def test_identifiers_and_order_tell_nothing(world: Path) -> None:
    truth = pq.read_table(world / "truth.parquet")
    places = [i for i, hidden in enumerate(truth["is_campaign"].to_pylist()) if hidden]
    assert min(places) < 60
    assert max(places) > 270
    accounts = pq.read_table(world / "accounts.parquet")
    assert set(accounts["verification"].to_pylist()) <= set(VERIFICATIONS)
    assert set(accounts["account_id"].to_pylist()) == set(truth["account_id"].to_pylist())


def test_the_card_says_what_was_built(world: Path, exchanges: pa.Table) -> None:
    card = json.loads((world / "world.json").read_text())
    assert card["summary"]["n_exchanges"] == len(exchanges)
    assert card["summary"]["campaigns"] == {"hidden": 24}
    assert card["summary"]["parts"]["texts"] == "embedded generator"
    assert lab.WorldSpec.model_validate(card["spec"]).days == 7


def test_a_world_is_not_overwritten(world: Path, spec: lab.WorldSpec) -> None:
    with pytest.raises(InputError, match="already holds"):
        lab.build(world, spec)


def test_parts_are_used_and_named(tmp_path: Path, parts: Path) -> None:
    spec = lab.WorldSpec(days=3, accounts=120, campaigns=(lab.CampaignSpec(name="hidden", accounts=10),))
    steps: list[str] = []
    summary = lab.build(
        tmp_path / "w",
        spec,
        parts=parts,
        progress=lambda what, done, total: steps.append(f"{what} {done}/{total}"),
    )
    assert summary.parts["texts"] == "real: prompts"
    assert summary.parts["arrivals"] == "real: servegen_clients"
    assert steps[-1] == "writing 3/3"
    table = pa.concat_tables(
        [pq.read_table(p, partitioning=None) for p in (tmp_path / "w/exchanges").glob("*.parquet")]
    )
    joined = table.select(["account_id", "prompt"]).join(pq.read_table(tmp_path / "w/truth.parquet"), "account_id")
    hidden = joined.filter(joined["is_campaign"])["prompt"].to_pylist()
    assert all(text.startswith(("use the tool on", "exam question")) for text in hidden)
    counts = pc.value_counts(pa.array(hidden))
    assert max(c["counts"].as_py() for c in counts) - min(c["counts"].as_py() for c in counts) <= 1


def test_an_empty_world_can_be_built(tmp_path: Path) -> None:
    summary = lab.build(tmp_path / "w", lab.WorldSpec(days=2, accounts=1))
    assert summary.n_accounts == 1
