"""Law 6: what accumulates is a monoid. Monday's profile and Tuesday's add up to that of both, on real texts."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from stillwatch.features import NEEDS, merge, printer, profile
from stillwatch.settings import FeaturesSettings


@pytest.fixture(scope="module")
def prints(world):
    texts = world.exchanges.select(NEEDS if "sketch" in world.exchanges.schema.names else NEEDS[:-1])
    if "sketch" not in texts.schema.names:
        texts = texts.append_column("sketch", pa.nulls(len(texts), pa.binary()))
    make = printer(FeaturesSettings())
    return pa.Table.from_batches([make(batch) for batch in texts.combine_chunks().to_batches(max_chunksize=4096)])


def _profiles(prints, rows):
    return [profile(batch) for batch in prints.combine_chunks().to_batches(max_chunksize=rows)]


def _bytes(table):
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return sink.getvalue().to_pybytes()


def test_days_add_up_to_the_whole_in_any_order_and_grouping(prints):
    whole = _bytes(merge(_profiles(prints, 65_536)))
    day = pc.floor_temporal(prints.column("at"), unit="day")
    days = [merge(_profiles(prints.filter(pc.equal(day, d)), 1000)) for d in sorted(set(day.to_pylist()))]
    assert len(days) == 8
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(8)
        one_by_one = days[order[0]]
        for other in order[1:]:
            one_by_one = merge([*one_by_one.to_batches(), *days[other].to_batches()])
        assert _bytes(one_by_one) == whole
    halves = [merge([b for d in part for b in d.to_batches()]) for part in (days[:3], days[3:])]
    assert _bytes(merge([*halves[1].to_batches(), *halves[0].to_batches()])) == whole


def test_the_size_of_batches_does_not_matter(prints):
    whole = _bytes(merge(_profiles(prints, 65_536)))
    for rows in (7_777, 513):
        assert _bytes(merge(_profiles(prints, rows))) == whole


def test_a_sum_in_floats_would_be_caught(prints):
    """The same vectors added as floats do not give the same bytes in every order: why profiles are integers."""
    vectors = np.stack([np.frombuffer(v, np.int8) for v in prints.column("vector").slice(0, 2000).to_pylist() if v])
    unit = vectors.astype(np.float32) / np.float32(127)
    forward, backward = np.cumsum(unit, axis=0)[-1], np.cumsum(unit[::-1], axis=0)[-1]
    assert forward.tobytes() != backward.tobytes()
    assert np.array_equal(vectors.sum(axis=0, dtype=np.int64), vectors[::-1].sum(axis=0, dtype=np.int64))
