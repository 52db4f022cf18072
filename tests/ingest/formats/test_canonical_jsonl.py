from typing import Any

from stillwatch.ingest.formats.canonical_jsonl import recognise


def test_rows_and_their_rejects(read: Any, log: Any, exchange: Any) -> None:
    result = read(
        log(
            exchange(1),
            b"",
            exchange(2, status="maybe"),
            exchange(3, at=None),
            b"{",
            exchange(6, exchange_id=None),
        )
    )
    assert [(row["exchange_id"], row["position"]) for row in result.rows] == [("x-1", 1)]
    assert [reject["position"] for reject in result.rejects] == [3, 4, 5, 6]
    assert "exchange_id is missing" in result.reasons[3]


def test_recognised_by_required_columns() -> None:
    assert recognise(dict.fromkeys(("exchange_id", "at", "account_id", "model", "status"))) == 1
    assert recognise({"model": "m"}) < 0.5
