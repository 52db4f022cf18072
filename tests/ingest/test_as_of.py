"""A log as of a moment: no exchange, account or closure from later."""

from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
import pytest

from stillwatch import ingest
from stillwatch.engine import DuckDBEngine
from stillwatch.tables import ATTRIBUTES, PRINTS

MOMENT = datetime(2026, 3, 5, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path):
    with DuckDBEngine(tmp_path, threads=1) as engine:
        yield engine


def fact(account, name, value, first_at=None):
    return {"account_id": account, "name": name, "value": value, "first_at": first_at}


def known(engine, moment, *facts):
    frame = engine.write("attributes", pa.Table.from_pylist(list(facts), schema=ATTRIBUTES.schema))
    table = engine.arrow(ingest.known_before(engine, frame, moment)).read_all()
    assert table.schema.names == list(ATTRIBUTES.names)
    return sorted((row["account_id"], row["name"]) for row in table.to_pylist())


@pytest.mark.parametrize(
    "moment", [MOMENT, MOMENT.astimezone(timezone(timedelta(hours=9)))], ids=["utc", "another zone"]
)
def test_rows_from_the_moment_on_are_left_out(engine, moment):
    rows = [
        {"account_id": "a", "at": MOMENT + timedelta(microseconds=shift)} | {
            name: 0 for name in PRINTS.names if name not in {"account_id", "at", "frame", "vector"}
        }
        for shift in (-1, 0, 1)
    ]  # fmt: skip
    frame = engine.write("prints", pa.Table.from_pylist(rows, schema=PRINTS.schema))
    kept = engine.arrow(ingest.before(engine, frame, moment)).read_all()
    assert kept.column("at").to_pylist() == [MOMENT - timedelta(microseconds=1)]


def test_an_account_opened_later_is_not_known(engine):
    later = MOMENT + timedelta(hours=1)
    assert known(
        engine,
        MOMENT,
        fact("a", "plan", "pro", MOMENT - timedelta(hours=1)),
        fact("b", "plan", "pro", later),
        fact("c", "plan", "pro"),
    ) == [("a", "plan"), ("c", "plan")]


def test_an_account_closed_later_is_not_closed(engine):
    assert known(
        engine,
        MOMENT,
        fact("a", "closed_at", "2026-03-04T23:59:59Z"),
        fact("a", "status", "closed"),
        fact("b", "closed_at", "2026-03-05T00:00:00Z"),
        fact("b", "status", "closed"),
        fact("b", "plan", "pro"),
    ) == [("a", "closed_at"), ("a", "status"), ("b", "plan")]


def test_an_account_verified_later_is_not_verified(engine):
    assert known(
        engine,
        MOMENT,
        fact("a", "verified_at", "2026-03-04T23:59:59Z"),
        fact("a", "verification", "business"),
        fact("b", "verified_at", "2026-03-05T00:00:00Z"),
        fact("b", "verification", "business"),
        fact("b", "declared_purpose", "tutoring"),
        fact("c", "verification", "email"),
    ) == [("a", "verification"), ("a", "verified_at"), ("b", "declared_purpose"), ("c", "verification")]
