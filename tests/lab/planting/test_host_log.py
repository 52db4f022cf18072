from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from stillwatch.engine import DuckDBEngine
from stillwatch.errors import InputError
from stillwatch.lab.planting.host_log import HostLog, survey
from stillwatch.tables import ATTRIBUTES, EXCHANGES


def rows(*given: dict[str, object]) -> pa.Table:
    filled = [
        {
            "exchange_id": f"x{i}",
            "at": datetime(2026, 4, 1, tzinfo=UTC),
            "account_id": "a",
            "model": "old",
            "status": "ok",
        }
        | row
        for i, row in enumerate(given)
    ]
    return pa.Table.from_pylist(filled, schema=EXCHANGES.schema)


def looked_over(folder: Path, exchanges: pa.Table, facts: tuple[tuple[str, str, str], ...] = ()) -> HostLog:
    known = [{"account_id": a, "name": n, "value": v} for a, n, v in facts]
    engine = DuckDBEngine(folder / "engine")
    return survey(
        engine,
        exchanges=engine.write("exchanges", exchanges),
        attributes=engine.write("attributes", pa.Table.from_pylist(known, schema=ATTRIBUTES.schema)),
    )


def test_period_models_and_filled_shares(tmp_path: Path) -> None:
    late = datetime(2026, 4, 9, 12, tzinfo=UTC)
    host = looked_over(tmp_path, rows({"prompt": "words"}, {"at": late, "model": "new"}, {"at": late}))
    assert (host.start, host.days, host.n_exchanges) == (date(2026, 4, 1), 9, 3)
    assert host.filled["prompt"] == pytest.approx(1 / 3)
    assert host.filled["client_ip"] == 0
    assert {model.name: model.n for model in host.models} == {"old": 2, "new": 1}
    assert host.released is not None
    assert host.released.name == "new"


def test_a_log_without_a_release_has_none_and_a_long_one_ends_in_its_last_days(tmp_path: Path) -> None:
    host = looked_over(tmp_path, rows({}, {"at": datetime(2028, 4, 1, tzinfo=UTC)}))
    assert host.released is None
    assert host.days == 400
    assert host.start == date(2027, 2, 27)


def test_exits_have_two_accounts_and_clients_three(tmp_path: Path) -> None:
    given = [{"account_id": who, "client_ip": "8.8.8.8", "user_agent": "tool"} for who in "abc"]
    alone = [{"account_id": "d", "client_ip": "9.9.9.9", "user_agent": "mine"}]
    host = looked_over(tmp_path, rows(*given, *alone))
    assert host.exits == ("8.8.8.8",)
    assert host.clients == (("tool", "", 3),)


def test_defaults_of_a_format_are_noticed(tmp_path: Path) -> None:
    host = looked_over(tmp_path, rows({"temperature": 1.0}, {"temperature": 1.0}, {"temperature": 0.5}))
    assert host.usual == {"temperature": 1.0}


def test_attributes_become_columns_and_several_values_lists(tmp_path: Path) -> None:
    facts = (
        ("b", "team's size", "7"),
        ("a", "created_at", "2026-01-01T00:00:00Z"),
        ("z", "device_fingerprint", "one"),
        ("z", "device_fingerprint", "two"),
    )
    known = looked_over(tmp_path, rows({"account_id": "a"}, {"account_id": "b"}), facts).accounts
    assert known.column_names == ["account_id", "created_at", "device_fingerprint", "team's size"]
    assert known.to_pylist() == [
        {
            "account_id": "a",
            "created_at": datetime(2026, 1, 1, tzinfo=UTC),
            "device_fingerprint": [],
            "team's size": None,
        },
        {"account_id": "b", "created_at": None, "device_fingerprint": [], "team's size": "7"},
        {"account_id": "z", "created_at": None, "device_fingerprint": ["one", "two"], "team's size": None},
    ]


def test_an_empty_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no readable exchange"):
        looked_over(tmp_path, EXCHANGES.schema.empty_table())
