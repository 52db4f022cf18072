from datetime import UTC, datetime

import pyarrow as pa

from stillwatch.ingest import Hops, SourceTally
from stillwatch.runs.inspection.shown import Inspection, ShownFacts, ShownRejects, ShownRows
from stillwatch.tables import ATTRIBUTES, REJECTS, STAGED

ROW = {"at": datetime(2026, 3, 2, tzinfo=UTC), "account_id": "a", "model": "m", "status": "ok", "source": "l"}


def batch_of(*numbers, **more):
    rows = [ROW | {"exchange_id": f"x{n}", "position": n} | more for n in numbers]
    return pa.RecordBatch.from_pylist(rows, schema=STAGED.schema)


def test_the_first_rows_are_kept_and_a_duplicate_gives_its_place_to_the_next():
    shown = ShownRows(2, Hops(["10.0.0.0/8"]))
    shown.chains(pa.array(["203.0.113.9, 10.0.0.1", None, "odd"]))
    shown.add(batch_of(1, 2, 3), 0)
    shown.add(batch_of(4, 5, 6), 3)
    shown.drop([1, 99])
    rows, places = shown.first()
    assert [row["exchange_id"] for row in rows] == ["x1", "x3"]
    assert places == [(1, 2), (0, 1)]


def test_zero_keeps_all_rows_as_json_has_them():
    shown = ShownRows(0, Hops())
    for start in (0, 3):
        shown.chains(pa.nulls(3, pa.string()))
        shown.add(batch_of(start, start + 1, start + 2, temperature=0.7, sketch=b"\x02\x00", answer_digests=[1]), start)
    rows, _ = shown.first()
    assert len(rows) == 6
    assert list(rows[0]) == list(STAGED.names)
    assert (rows[0]["at"], rows[0]["temperature"], rows[0]["sketch"]) == ("2026-03-02T00:00:00+00:00", 0.7, "AgA=")
    assert rows[0]["answer_digests"] == [1]


def test_rejects_are_counted_and_the_first_of_every_reason_is_kept():
    shown = ShownRejects(2)
    for position in range(1, 6):
        shown.add("l", position, "odd")
    rows = [{"source": "l", "position": p, "reason": "late"} for p in (7, 8)]
    shown.add_batch(pa.RecordBatch.from_pylist(rows, schema=REJECTS.schema))
    assert (shown.count, shown.reasons) == (7, [("odd", 5), ("late", 2)])
    assert [(reject["position"], reject["reason"]) for reject in shown.kept] == [(1, "odd"), (2, "odd"), (7, "late")]
    everything = ShownRejects(0)
    for position in range(5):
        everything.add("l", position, "odd")
    assert len(everything.kept) == 5


def test_the_number_of_reasons_is_bounded():
    shown = ShownRejects(1)
    for number in range(3_000):
        shown.add("l", number, f"reason {number}")
    assert shown.count == 3_000
    assert len(shown.reasons) == len(shown.kept) == 1_001


def test_facts_of_the_first_accounts():
    rows = [{"account_id": f"a{n // 2}", "name": f"f{n % 2}", "value": "v"} for n in range(6)]
    batch = pa.RecordBatch.from_pylist(rows, schema=ATTRIBUTES.schema)
    for most, accounts in ((2, 2), (0, 3)):
        shown = ShownFacts(most)
        assert shown.add(batch) is batch
        shown.add(batch.slice(4))
        assert {fact["account_id"] for fact in shown.kept} == {f"a{n}" for n in range(accounts)}
        assert list(shown.kept[0]) == ["account_id", "name", "value"]


def test_the_result_has_the_stated_shape_as_json():
    tally = SourceTally("l", "langfuse", n_exchanges=1, reasons={"odd": (2, 3)}, skipped={"": 9})
    found = Inspection([tally, SourceTally("r")], [], [], [], [("odd", 2)], ["n"], [], [], 1, 2, None).as_json()
    assert found == {
        "sources": [
            {"source": "l", "format": "langfuse", "n_rows": 3, "n_exchanges": 1, "n_rejects": 2},
            {"source": "r", "format": None, "n_rows": 0, "n_exchanges": 0, "n_rejects": 0},
        ],
        "exchanges": [],
        "rejects": [],
        "reasons": [{"reason": "odd", "n": 2}],
        "notices": ["n"],
        "attributes": [],
        "n_exchanges": 1,
        "n_rejects": 2,
    }
