"""One look at vectors gives what two gave: the places of prompts and the profiles of accounts, whoever gets which rows."""

import copy

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.engine import DuckDBEngine
from stillwatch.features import fit, gather, merge, places, profile
from stillwatch.features.gathering import _Gathering
from stillwatch.features.sketch import DIMENSIONS
from stillwatch.tables import PLACES, PRINTS, PROFILES


def _prints(n=3000, accounts=40):
    """Return prints of which one in ten has no vector and one in five is small talk."""
    random = np.random.default_rng(1)
    means = random.normal(scale=3, size=(6, DIMENSIONS))
    vectors = (means[random.integers(6, size=n)] + random.normal(scale=3, size=(n, DIMENSIONS))).astype(np.int8)
    said = random.random(n) < 0.9
    words = np.where(said, random.choice([2, 9, 9, 9, 9], n), 0)
    known = {
        "account_id": [f"acct-{i}" for i in random.integers(accounts, size=n)],
        "prompt_hash": random.integers(1, 2**63, n).astype(np.uint64),
        "n_words": words.astype(np.int32),
        "capability": random.integers(-1, 3, n).astype(np.int8),
        "vector": [v.tobytes() if s else None for v, s in zip(vectors, said, strict=True)],
    }
    blank = {f.name: pa.array([None if f.nullable else 0] * n, f.type) for f in PRINTS.schema if f.name not in known}
    return pa.table(blank | known).select(PRINTS.names).cast(PRINTS.schema)


@pytest.fixture(scope="module")
def prints():
    return _prints()


def _sorted(table):
    return table.sort_by([(name, "ascending") for name in table.schema.names]).combine_chunks()


@pytest.mark.parametrize("threads", [1, 3])
def test_places_and_profiles_are_those_of_the_rows(tmp_path, prints, threads):
    with DuckDBEngine(tmp_path, threads=threads) as engine:
        topics = fit(engine, prints)
        placed, profiles = gather(engine, engine.write("prints", prints.to_batches(500), PRINTS.schema), topics)
        found, table = engine.arrow(placed).read_all(), engine.arrow(profiles).read_all()
    (batch,) = prints.combine_chunks().to_batches()
    assert topics.exists.sum() > 1
    assert found.schema.names == PLACES.schema.names
    assert _sorted(found.cast(PLACES.schema)).equals(_sorted(pa.Table.from_batches([places(topics)(batch)])))
    assert table.schema.names == PROFILES.schema.names
    assert table.cast(PROFILES.schema).combine_chunks().equals(merge([profile(batch)]).combine_chunks())


def test_sums_stand_on_as_many_shelves_as_they_need(tmp_path, prints, monkeypatch):
    (batch,) = prints.combine_chunks().to_batches()
    expected = merge([profile(batch)]).combine_chunks()
    monkeypatch.setattr("stillwatch.features.profiles._SHELF", 7)
    with DuckDBEngine(tmp_path, threads=3) as engine:
        written = engine.write("prints", prints.to_batches(100), PRINTS.schema)
        _, profiles = gather(engine, written, fit(engine, prints))
        found = engine.arrow(profiles).read_all().cast(PROFILES.schema)
    assert found.combine_chunks().equals(expected)
    assert merge([profile(batch)]).combine_chunks().equals(expected)


def test_in_another_process_accounts_beyond_what_a_stream_holds_are_handed_on(tmp_path, prints, monkeypatch):
    monkeypatch.setattr("stillwatch.features.gathering._MOST_ACCOUNTS", 7)
    known = prints.filter(prints["vector"].is_valid()).combine_chunks()
    with DuckDBEngine(tmp_path, threads=1) as engine:
        # A copy is what an engine sends elsewhere.
        made = list(copy.copy(_Gathering(fit(engine, prints)))(iter(known.to_batches(300))))
    sums = [batch.select(PROFILES.names) for batch in made if batch.column("total").null_count == 0 and len(batch)]
    assert len(sums) == -(-len(known) // 300)
    assert merge(sums).combine_chunks().equals(merge([profile(*known.to_batches())]).combine_chunks())


def test_of_a_log_without_text_there_is_nothing(tmp_path, prints):
    blind = prints.set_column(
        PRINTS.names.index("vector"), PRINTS.schema.field("vector"), pa.nulls(len(prints), pa.binary())
    )
    with DuckDBEngine(tmp_path, threads=2) as engine:
        placed, profiles = gather(engine, blind, fit(engine, blind))
        assert len(engine.arrow(placed).read_all()) == len(engine.arrow(profiles).read_all()) == 0
        assert profiles.schema.names == PROFILES.schema.names
