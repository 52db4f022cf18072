"""Law 7: a log of sketches without any text gives the campaigns that the texts give, to the byte."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import SecretStr

from stillwatch.features import NEEDS, sketch_batch
from stillwatch.settings import FeaturesSettings, Settings

TEXTS = ("prompt", "system_prompt", "completion")


def _without_text(exchanges, settings):
    """The log as a gateway that keeps no text would send it: texts dropped, a sketch in their place."""
    if "sketch" in exchanges.schema.names:
        exchanges = exchanges.drop(["sketch"])
    needed = exchanges.append_column("sketch", pa.nulls(len(exchanges), pa.binary())).select(NEEDS).combine_chunks()
    sketches = []
    for batch in needed.to_batches(max_chunksize=10_000):
        made = sketch_batch(batch, settings)
        sketches += [row.tobytes() if known else None for row, known in zip(made.rows, made.known, strict=True)]
    left = exchanges.drop([name for name in TEXTS if name in exchanges.schema.names])
    return left.append_column("sketch", pa.array(sketches, pa.binary()))


@pytest.fixture(scope="module")
def sketched(world):
    return _without_text(world.exchanges, FeaturesSettings())


def test_no_text_is_left_in_the_log_of_sketches(world, sketched):
    assert not set(TEXTS) & set(sketched.schema.names)
    assert sketched.column("sketch").null_count < len(sketched)
    prompt = next(p for p in world.exchanges.column("prompt").to_pylist() if p and len(p) > 40)
    sink = io.BytesIO()
    pq.write_table(sketched, sink, compression="none")
    assert prompt.encode()[:40] not in sink.getvalue()


def test_sketches_give_what_the_texts_give(world, files, sketched, plain):
    from_sketches = files(sketched, world.accounts)
    assert from_sketches == plain
    campaigns, members = (
        pq.read_table(io.BytesIO(plain[f"{name}.parquet"])).to_pylist() for name in ("campaigns", "members")
    )
    above = {row["campaign_id"] for row in campaigns if row["severity"] != "watch"}
    hidden = {row["account_id"] for row in world.truth.to_pylist() if row["is_campaign"]}
    assert {row["account_id"] for row in members if row["campaign_id"] in above} == hidden


def test_under_a_secret_key_the_members_are_the_same(world, files, plain):
    settings = Settings(features=FeaturesSettings(sketch_key=SecretStr("the gateway's secret")))
    keyed = files(_without_text(world.exchanges, settings.features), world.accounts, settings)
    assert keyed != plain
    members = [
        set(pq.read_table(io.BytesIO(f["members.parquet"])).column("account_id").to_pylist()) for f in (keyed, plain)
    ]
    assert members[0] == members[1]


def test_without_text_or_sketches_a_scan_still_runs(world, files, sketched):
    bare = files(sketched.drop(["sketch"]), world.accounts)
    campaigns = pq.read_table(io.BytesIO(bare["campaigns.parquet"]))
    assert campaigns.num_rows <= 1
