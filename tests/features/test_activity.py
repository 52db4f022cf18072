"""Activity: one row of counts per account with an exchange."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from stillwatch.engine import DuckDBEngine
from stillwatch.features import count
from stillwatch.tables import ACTIVITY, ATTRIBUTES, EXCHANGES, PRINTS

START = dt.datetime(2026, 3, 1, 23, 30, tzinfo=dt.UTC)


def _exchange(i: int, account: str, hours: float = 0.0, **more: Any) -> dict[str, Any]:
    return {
        "exchange_id": f"x{i}", "at": START + dt.timedelta(hours=hours), "account_id": account, "model": "m", "status": "ok", **more,
    }  # fmt: skip


def _print(account: str, prompt: int, asks: int = 0) -> dict[str, Any]:
    return {
        "account_id": account, "at": START, "prompt_hash": prompt, "system_hash": 0, "head_hash": 0, "tail_hash": 0,
        "n_words": 5, "capability": -1, "asks": asks,
    }  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(tmp_path_factory.mktemp("activity"), threads=1) as engine:
        yield engine


def _counted(
    engine: DuckDBEngine,
    exchanges: list[dict[str, Any]],
    prints: tuple[Any, ...] = (),
    attributes: tuple[Any, ...] = (),
) -> dict[str, dict[str, Any]]:
    frame = count(
        engine,
        exchanges=pa.Table.from_pylist(exchanges, schema=EXCHANGES.schema),
        prints=pa.Table.from_pylist(list(prints), schema=PRINTS.schema),
        attributes=pa.Table.from_pylist(list(attributes), schema=ATTRIBUTES.schema),
    )
    assert [(f.name, f.type) for f in frame.schema] == [(f.name, f.type) for f in ACTIVITY.schema]
    return {row["account_id"]: row for row in engine.arrow(frame).read_all().to_pylist()}


def test_counts(engine: DuckDBEngine) -> None:
    rows = _counted(
        engine,
        [
            _exchange(1, "a", 0, output_tokens=10, conversation_id="c1"),
            _exchange(2, "a", 1, output_tokens=5, conversation_id="c1"),
            _exchange(3, "a", 30, conversation_id="c2"),
            _exchange(4, "a", 31, status="refused", output_tokens=7),
            _exchange(5, "b", 2),
        ],
        (_print("a", 7), _print("a", 7), _print("a", 8, asks=4), _print("a", 0, asks=1)),
    )
    a = rows["a"]
    assert (a["n_exchanges"], a["n_ok"], a["output_tokens"], a["n_measured"]) == (4, 3, 22, 2)
    assert (a["n_threaded"], a["n_conversations"], a["n_days"]) == (3, 2, 3)
    assert (a["n_prompts"], a["n_different"], a["n_asking"]) == (3, 2, 1)
    assert (a["first_at"], a["last_at"]) == (START, START + dt.timedelta(hours=31))
    b = rows["b"]
    assert (b["n_exchanges"], b["output_tokens"], b["n_measured"], b["n_prompts"], b["n_days"]) == (1, 0, 0, 0, 1)


def test_days_are_counted_in_utc(engine: DuckDBEngine) -> None:
    rows = _counted(engine, [_exchange(1, "a", 0), _exchange(2, "a", 0.4), _exchange(3, "a", 0.6)])
    assert rows["a"]["n_days"] == 2


def test_the_accounts_file_says_who_pays_before_the_log_does(engine: DuckDBEngine) -> None:
    rows = _counted(
        engine,
        [_exchange(1, "a", organization_id="log"), _exchange(2, "b", organization_id="log"), _exchange(3, "c")],
        attributes=(
            {"account_id": "a", "name": "organization_id", "value": "file"},
            {"account_id": "c", "name": "plan", "value": "pro"},
        ),
    )
    assert [rows[x]["organization_id"] for x in "abc"] == ["file", "log", None]


def test_accounts_without_an_exchange_are_left_out(engine: DuckDBEngine) -> None:
    rows = _counted(
        engine,
        [_exchange(1, "a")],
        (_print("ghost", 3),),
        ({"account_id": "idle", "name": "organization_id", "value": "o"},),
    )
    assert list(rows) == ["a"]


def test_nothing_in_nothing_out(engine: DuckDBEngine) -> None:
    assert _counted(engine, []) == {}


def test_an_organization_that_most_accounts_name_is_a_default_and_nobody_s_payer(engine: DuckDBEngine) -> None:
    def payers(named: int) -> set[str | None]:
        log = [_exchange(i, f"a{i}", organization_id="default" if i < named else None) for i in range(10)]
        return {row["organization_id"] for row in _counted(engine, log).values()}

    assert payers(5) == {"default", None}
    assert payers(6) == {None}
