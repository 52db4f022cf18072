import pyarrow as pa

from stillwatch import ingest
from stillwatch.ingest.rows.pending_rows import PendingColumns, PendingRows

FORMAT = ingest.known_formats()["canonical_jsonl"]


def test_rows_wait_until_they_are_many_or_large() -> None:
    pending = PendingRows(FORMAT)
    pending.add("a", 1, {})
    assert not pending.is_full
    pending.size = 40 << 20
    assert pending.is_full
    many = PendingRows(FORMAT, refused=[("a", 1, "odd")] * 8_192)
    assert many.is_full


def test_columns_are_joined_with_their_places() -> None:
    batches = [pa.RecordBatch.from_pydict({"a": pa.array(v).dictionary_encode()}) for v in (["x", "y"], ["z"])]
    pending = PendingColumns(batches[0].schema)
    pending.add("one", 5, batches[0])
    pending.add("two", 1, batches[1])
    sources, positions, columns = pending.joined()
    assert sources.to_pylist() == ["one", "one", "two"]
    assert positions.to_pylist() == [5, 6, 1]
    assert columns["a"].to_pylist() == ["x", "y", "z"]
    assert not pending.is_full
