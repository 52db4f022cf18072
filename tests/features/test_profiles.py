"""Profiles add up: in any order, in any grouping, to the same bytes."""

import datetime as dt
import itertools

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from stillwatch.features.profiles import merge, profile
from stillwatch.features.sketch import DIMENSIONS
from stillwatch.model import CAPABILITIES
from stillwatch.tables import PRINTS, PROFILES

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def prints(n: int, seed: int, accounts: int = 4, known: float = 0.9) -> pa.RecordBatch:
    rng = np.random.default_rng(seed)
    rows = [
        {
            "account_id": f"acct-{rng.integers(accounts)}",
            "at": AT,
            "prompt_hash": int(rng.integers(1, 2**63)),
            "system_hash": 0, "head_hash": 0, "tail_hash": 0, "n_words": 9,
            "capability": int(rng.integers(-1, len(CAPABILITIES))),
            "asks": 0,
            "vector": rng.integers(-127, 128, DIMENSIONS, dtype=np.int8).tobytes() if rng.random() < known else None,
        }
        for _ in range(n)
    ]  # fmt: skip
    return pa.RecordBatch.from_pylist(rows, schema=PRINTS.schema)


WHOLE = prints(120, seed=1)
EXPECTED = merge([profile(WHOLE)])


def _bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return sink.getvalue().to_pybytes()


def test_sums_are_those_of_the_rows() -> None:
    assert EXPECTED.schema == PROFILES.schema
    for row in EXPECTED.to_pylist():
        assert row["n"] > 0
        assert len(row["total"]) == 4 * DIMENSIONS
    by_account: dict[str, list[dict[str, object]]] = {}
    for row in WHOLE.to_pylist():
        if row["vector"] is not None:
            by_account.setdefault(row["account_id"], []).append(row)
    for account, rows in by_account.items():
        halves = [r for r in EXPECTED.to_pylist() if r["account_id"] == account]
        vectors = np.stack([np.frombuffer(r["vector"], np.int8) for r in rows]).astype(np.int64)
        assert sum(h["n"] for h in halves) == len(rows)
        assert sum(h["norm"] for h in halves) == (vectors**2).sum()
        total = sum(np.frombuffer(h["total"], "<i4").astype(np.int64) for h in halves)
        assert np.array_equal(total, vectors.sum(axis=0))
        counted = sum(np.frombuffer(h["capabilities"], "<i4") for h in halves)
        sorted_rows = [r["capability"] for r in rows if r["capability"] >= 0]
        assert np.array_equal(counted, np.bincount(sorted_rows, minlength=len(CAPABILITIES)))


def test_halves_are_split_by_the_prompt_alone() -> None:
    one = prints(200, seed=3, accounts=1, known=1.0)
    again = one.set_column(0, "account_id", pa.array(["other"] * 200))
    left, right = merge([profile(one)]), merge([profile(again)])
    assert left.drop(["account_id"]).equals(right.drop(["account_id"]))
    sizes = left.column("n").to_pylist()
    assert left.column("half").to_pylist() == [0, 1]
    assert min(sizes) > 60
    repeated = pa.Table.from_batches([one.slice(0, 1)] * 50).combine_chunks().to_batches()[0]
    assert merge([profile(repeated)]).column("n").to_pylist() == [50]


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_profiles_are_a_monoid(data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(WHOLE))))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(WHOLE)), max_size=6)))
    shuffled = WHOLE.take(pa.array(order))
    parts = [profile(shuffled.slice(start, end - start)) for start, end in itertools.pairwise([0, *cuts, len(WHOLE)])]
    parts = data.draw(st.permutations(parts))
    flat = merge(parts)
    assert _bytes(flat) == _bytes(EXPECTED)
    middle = data.draw(st.integers(0, len(parts)))
    left, right = merge(parts[:middle]), merge(parts[middle:])
    grouped = merge([*right.to_batches(), *left.to_batches()])
    assert _bytes(grouped) == _bytes(EXPECTED)


def test_parts_of_one_account_may_stand_several_times_in_one_batch() -> None:
    parts = [profile(WHOLE.slice(start, 10)) for start in range(0, 120, 10)]
    rows = pa.Table.from_batches(parts).combine_chunks()
    assert _bytes(merge(rows.to_batches())) == _bytes(EXPECTED)
    assert _bytes(merge(rows.to_batches(max_chunksize=7))) == _bytes(EXPECTED)


def test_nothing_is_the_neutral_element() -> None:
    nothing = profile(WHOLE.slice(0, 0))
    assert nothing.num_rows == 0
    assert len(merge([])) == 0
    assert merge([]).schema == PROFILES.schema
    assert _bytes(merge([nothing, *EXPECTED.to_batches(), nothing])) == _bytes(EXPECTED)
    unknown = prints(5, seed=2, known=0.0)
    assert profile(unknown).num_rows == 0
    assert len(merge([profile(unknown)])) == 0


def test_many_accounts_grow_the_sums() -> None:
    wide = prints(300, seed=5, accounts=250, known=1.0)
    one_by_one = merge(profile(wide.slice(i, 1)) for i in range(300))
    assert _bytes(one_by_one) == _bytes(merge([profile(wide)]))
    names = one_by_one.column("account_id").to_pylist()
    assert names == sorted(names)
