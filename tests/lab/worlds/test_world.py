import json
from hashlib import blake2b
from ipaddress import ip_address
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from stillwatch import lab
from stillwatch.errors import InputError, SettingsError
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


def test_truth_matches_the_rows(world: Path, exchanges: pa.Table) -> None:
    truth = pq.read_table(world / "truth.parquet")
    known = set(truth["account_id"].to_pylist())
    assert len(known) == len(truth) == 334
    assert set(exchanges["account_id"].to_pylist()) <= known
    hidden = truth.filter(truth["is_campaign"])
    assert set(hidden["group"].to_pylist()) == {"hidden"}
    assert set(hidden["kind"].to_pylist()) == {"natural_worklist"}
    assert set(hidden["account_id"].to_pylist()) <= set(exchanges["account_id"].to_pylist())
    assert pc.sum(pc.equal(truth["group"], "company_seats")).as_py() == 10


def test_a_worklist_never_repeats_and_honest_users_do(world: Path, exchanges: pa.Table) -> None:
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


def test_identifiers_and_order_do_not_show_the_truth(world: Path) -> None:
    truth = pq.read_table(world / "truth.parquet")
    places = [i for i, hidden in enumerate(truth["is_campaign"].to_pylist()) if hidden]
    assert min(places) < 60
    assert max(places) > 270
    accounts = pq.read_table(world / "accounts.parquet")
    assert set(accounts["verification"].to_pylist()) <= set(VERIFICATIONS)
    assert set(accounts["account_id"].to_pylist()) == set(truth["account_id"].to_pylist())


def test_the_card_describes_the_world(world: Path, exchanges: pa.Table) -> None:
    card = json.loads((world / "world.json").read_text())
    assert card["summary"]["n_exchanges"] == len(exchanges)
    assert card["summary"]["campaigns"] == {"hidden": 24}
    assert card["summary"]["parts"]["texts"] == "embedded generator"
    assert lab.WorldSpec.model_validate(card["spec"]).days == 7


def test_a_world_is_not_overwritten(world: Path, spec: lab.WorldSpec) -> None:
    with pytest.raises(InputError, match="already holds"):
        lab.build(world, spec)


def test_a_world_without_accounts_is_refused(tmp_path: Path) -> None:
    for spec in (lab.WorldSpec(days=2, accounts=0), lab.WorldSpec(days=2, accounts=5, kinds={"chat": 0.0})):
        with pytest.raises(SettingsError, match="the world has no accounts"):
            lab.build(tmp_path / "w", spec)
    assert not (tmp_path / "w").exists()


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


def _rows(out: Path) -> pa.Table:
    return pa.concat_tables([pq.read_table(p, partitioning=None) for p in sorted((out / "exchanges").glob("*"))])


def test_a_world_without_texts_differs_only_in_texts(tmp_path: Path) -> None:
    spec = lab.WorldSpec(days=3, accounts=60, campaigns=(lab.CampaignSpec(accounts=8, paraphrase=0.5),))
    lab.build(tmp_path / "text", spec)
    lab.build(tmp_path / "none", spec.model_copy(update={"texts": "none"}))
    with_text, without = _rows(tmp_path / "text"), _rows(tmp_path / "none")
    hidden = ("prompt", "system_prompt", "completion")
    for name in hidden:
        assert without[name].null_count == len(without)
    assert with_text["prompt"].null_count == 0
    assert with_text["system_prompt"].null_count < len(with_text)
    assert without.drop_columns(list(hidden)).equals(with_text.drop_columns(list(hidden)))


def test_campaign_behaviour_is_in_the_tables(tmp_path: Path) -> None:
    spec = lab.WorldSpec(
        days=10,
        accounts=0,
        model_release=0.5,
        campaigns=(
            lab.CampaignSpec(name="tools", family="tool_trajectories", accounts=20, churn=0.1, model_move_hours=12),
            lab.CampaignSpec(name="said", family="fixed_frame", accounts=20, paraphrase=1.0),
        ),
    )
    summary = lab.build(tmp_path / "w", spec)
    truth = pq.read_table(tmp_path / "w/truth.parquet").select(["account_id", "group"])
    rows = _rows(tmp_path / "w").drop_columns("answer_digests").join(truth, "account_id")  # Arrow joins no lists
    tools = rows.filter(pc.equal(rows["group"], "tools"))
    assert tools["tools_digest"].null_count == 0
    assert pc.min(tools["n_tools"]).as_py() >= 2
    assert 20 < len(set(tools["tools_digest"].to_pylist())) <= 60
    release = np.datetime64("2026-03-07T12:00:00")
    new = np.asarray(tools["model"].to_pylist()) == "m-large-4"
    at = tools["at"].to_numpy()
    assert new[at >= release].all()
    assert not new[at < release - np.timedelta64(12, "h")].any()
    said = rows.filter(pc.equal(rows["group"], "said"))
    assert not any("### Instruction" in text or "### Problem" in text for text in said["prompt"].to_pylist())
    accounts = pq.read_table(tmp_path / "w/accounts.parquet").join(truth, "account_id")
    closed = accounts.filter(pc.equal(accounts["status"], "closed"))
    assert set(closed["group"].to_pylist()) == {"tools"}
    assert closed["closed_at"].null_count == 0
    assert summary.campaigns["tools"] - 20 <= len(closed) <= summary.campaigns["tools"]
    last = rows.group_by("account_id").aggregate([("at", "max")]).join(closed, "account_id", join_type="inner")
    assert pc.all(pc.less(last["at_max"], last["closed_at"])).as_py()


LATER = ("n_samples", "logprobs", "seed", "batch", "answer_digests", "verified_at", "declared_purpose")
"""Columns that joined the contract after the digest below was taken. The lab leaves them empty."""


def _read(world: Path) -> str:
    """Return a digest of the content of a world, independent of the Parquet version."""
    digest = blake2b(digest_size=8)
    for file in sorted(world.rglob("*.parquet")):
        table = pq.read_table(file, partitioning=None)
        table = table.drop_columns([n for n in LATER if n in table.column_names and table[n].null_count == len(table)])
        digest.update(str(table.schema).encode())
        for column in table.columns:
            digest.update("\x1f".join(map(str, column.to_pylist())).encode())
    digest.update((world / "world.json").read_bytes())
    return digest.hexdigest()


def test_usual_worlds_keep_their_content(tmp_path: Path) -> None:
    """Figures in docs/reference depend on these bytes; the digest is older than the field ``variety``."""
    campaigns = (lab.CampaignSpec(accounts=6), lab.CampaignSpec(name="a", family="agentic_coding", accounts=4))
    lab.build(tmp_path / "w", lab.preset("demo", accounts=60, days=3, campaigns=campaigns), seed=3)
    assert _read(tmp_path / "w") == "e1ad66ebb98cff53"


def test_a_wide_world_differs_only_in_its_texts(tmp_path: Path, world: Path, spec: lab.WorldSpec) -> None:
    wide = spec.model_copy(update={"variety": "wide"})
    summary = lab.build(tmp_path / "w", wide, seed=3)
    rows = pa.concat_tables([pq.read_table(p, partitioning=None) for p in sorted((tmp_path / "w").glob("exchanges/*"))])
    truth = pq.read_table(tmp_path / "w" / "truth.parquet")
    assert truth == pq.read_table(world / "truth.parquet")
    assert len(rows) == summary.n_exchanges
    sizes = pc.binary_length(rows["prompt"]).to_numpy()
    assert 250 < sizes.mean() < 500
    hidden = truth.filter(truth["is_campaign"])["account_id"]
    prompts = rows.filter(pc.is_in(rows["account_id"], hidden))["prompt"]
    assert pc.count_distinct(prompts).as_py() == len(prompts)
    assert json.loads((tmp_path / "w" / "world.json").read_text())["spec"]["variety"] == "wide"
    assert "variety" not in json.loads((world / "world.json").read_text())["spec"]
    lab.build(tmp_path / "again", wide, seed=3)
    assert _read(tmp_path / "again") == _read(tmp_path / "w")
