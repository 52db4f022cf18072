import orjson
import pyarrow as pa

from stillwatch.ingest.rows.outcomes.rejects import RejectBuffer
from stillwatch.ingest.rows.outcomes.tallies import SourceTally, TallyingRejects, commonest, skipped_in
from stillwatch.tables import REJECTS


def test_rows_are_exchanges_and_rejects_and_skipped_records_are_none() -> None:
    tally = SourceTally("a.jsonl", "langfuse", n_exchanges=2)
    for position in (4, 7):
        tally.reject("at is missing", position)
    tally.reject("model is missing", 1, 3)
    tally.skip("health checks")
    tally.skip("")
    assert (tally.n_rows, tally.n_rejects, tally.n_skipped) == (7, 5, 2)
    assert tally.reasons == {"at is missing": (2, 4), "model is missing": (3, 1)}


def test_a_tally_survives_json() -> None:
    tally = SourceTally("a.jsonl", "langfuse", n_exchanges=2, reasons={"odd": (2, 5)}, skipped={"": 1})
    assert SourceTally.of(orjson.loads(orjson.dumps(tally.state()))) == tally


def test_the_number_of_reasons_is_bounded_and_no_reject_is_lost() -> None:
    tally = SourceTally("a.jsonl")
    for number in range(1_000):
        tally.reject(f"reason {number}", number)
    assert len(tally.reasons) == 101
    assert tally.n_rejects == 1_000


def test_every_reject_is_counted_and_handed_on() -> None:
    sink = RejectBuffer()
    counting = TallyingRejects(sink)
    tally, other = counting.begin("a"), counting.begin("b")
    counting.count_exchanges(pa.array(["a", "b", "a"]))
    counting.add("a", 3, "odd")
    rows = [{"source": "a", "position": p, "reason": "damaged"} for p in (5, 6)]
    counting.add_batch(pa.RecordBatch.from_pylist(rows, schema=REJECTS.schema))
    assert (tally.n_exchanges, other.n_exchanges, other.n_rejects) == (2, 1, 0)
    assert tally.reasons == {"odd": (1, 3), "damaged": (2, 5)}
    assert sink.take() == [("a", 3, "odd"), ("a", 5, "damaged"), ("a", 6, "damaged")]


def test_the_commonest_reasons_come_first_with_the_first_source_that_has_them() -> None:
    tallies = [
        SourceTally("b", reasons={"x": (5, 9)}, skipped={"pings": 1}),
        SourceTally("a", reasons={"x": (1, 2), "y": (6, 3)}, skipped={"pings": 2, "": 1}),
    ]
    assert commonest(tallies) == [("x", 6, "a", 2), ("y", 6, "a", 3)]
    assert skipped_in(tallies) == {"pings": 3, "": 1}
