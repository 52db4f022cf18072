"""What a signal finds in a few rows, and what weighing makes of it among a crowd of strangers."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest

from stillwatch import signals
from stillwatch.engine import DuckDBEngine
from stillwatch.links import weigh
from stillwatch.settings import LinksSettings, SignalSettings
from stillwatch.tables import ACTIVITY, ATTRIBUTES, EXCHANGES, PRINTS

AT = "2026-03-01T00:00:00+00:00"
_DEFAULTS = {"at": AT, "model": "m", "status": "ok", "n_words": 20, "capability": -1, "asks": 0}
Rows = Sequence[Mapping[str, Any]]
Find = Callable[..., list[set[str]]]
Weigh = Callable[..., dict[str, float]]


def _table(schema: pa.Schema, rows: Rows) -> pa.Table:
    full = []
    for i, row in enumerate(rows):
        whole = {
            f.name: _DEFAULTS.get(f.name, f"x{i}" if pa.types.is_string(f.type) else 0)
            for f in schema
            if not f.nullable
        } | dict(row)
        for name, value in whole.items():
            if isinstance(value, str) and pa.types.is_timestamp(schema.field(name).type):
                whole[name] = dt.datetime.fromisoformat(value)
        full.append(whole)
    return pa.Table.from_pylist(full, schema=schema)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(tmp_path_factory.mktemp("signals"), threads=1) as engine:
        yield engine


def _found(engine: DuckDBEngine, name: str, attributes: Rows, exchanges: Rows, prints: Rows) -> pa.Table:
    only = {n: SignalSettings(enabled=n == name) for n in signals.load()}
    found = signals.find(
        engine,
        only,
        attributes=_table(ATTRIBUTES.schema, attributes),
        exchanges=_table(EXCHANGES.schema, exchanges),
        prints=_table(PRINTS.schema, prints),
    )
    return engine.arrow(found).read_all()


@pytest.fixture(scope="session")
def traces(engine: DuckDBEngine) -> Callable[..., list[dict[str, Any]]]:
    """Return the traces of a signal."""

    def tracing(name: str, *, attributes: Rows = (), exchanges: Rows = (), prints: Rows = ()) -> list[dict[str, Any]]:
        return _found(engine, name, attributes, exchanges, prints).to_pylist()

    return tracing


@pytest.fixture(scope="session")
def find(engine: DuckDBEngine) -> Find:
    """Return the sets of accounts, of two or more, that have a value of a signal in common."""

    def finding(name: str, *, attributes: Rows = (), exchanges: Rows = (), prints: Rows = ()) -> list[set[str]]:
        holders: dict[str, set[str]] = {}
        for trace in _found(engine, name, attributes, exchanges, prints).to_pylist():
            holders.setdefault(trace["hub"], set()).add(trace["account_id"])
        return sorted((h for h in holders.values() if len(h) > 1), key=sorted)

    return finding


@pytest.fixture(scope="session")
def bits(engine: DuckDBEngine) -> Weigh:
    """Return, per account, the strongest link in bits among *crowd* accounts, all those named in the rows among them."""

    def weighing(
        name: str, *, crowd: int = 1000, payers: Mapping[str, str] | None = None,
        attributes: Rows = (), exchanges: Rows = (), prints: Rows = (),
    ) -> dict[str, float]:  # fmt: skip
        traces = _found(engine, name, attributes, exchanges, prints)
        accounts = sorted(set(traces.column("account_id").to_pylist()))
        accounts += [f"crowd-{i}" for i in range(crowd - len(accounts))]
        zero = {f.name: 0 for f in ACTIVITY.schema if pa.types.is_integer(f.type)}
        at = dt.datetime.fromisoformat(AT)
        rows = [
            {**zero, "account_id": a, "organization_id": (payers or {}).get(a), "first_at": at, "last_at": at}
            for a in accounts
        ]
        activity = pa.Table.from_pylist(rows, schema=ACTIVITY.schema)
        links = engine.arrow(weigh(engine, traces, activity, LinksSettings(), {})).read_all().to_pylist()
        strongest: dict[str, float] = {}
        for link in links:
            strongest[link["account_id"]] = max(strongest.get(link["account_id"], 0), link["weight_micros"] / 1e6)
        return strongest

    return weighing


@pytest.fixture(scope="session")
def facts() -> Callable[..., list[dict[str, str]]]:
    """Return attribute rows of one name: account → value."""

    def rows(name: str, values: Mapping[str, str]) -> list[dict[str, str]]:
        return [{"account_id": account, "name": name, "value": value} for account, value in values.items()]

    return rows


@pytest.fixture(scope="session")
def contrast(bits: Weigh) -> Callable[..., tuple[float, float]]:
    """Return the bits of a value that 300 of 1,000 accounts have, and of one that 3 have, in a log of each.

    *rows* gives the rows of (account, number of the value); 500 accounts have a value, most of them one of their own.
    """

    def contrasting(name: str, kind: str, rows: Callable[[str, int], Rows]) -> tuple[float, float]:
        found = []
        for holders in (300, 3):
            log = [row for i in range(500) for row in rows(f"s{i}", 0 if i < holders else i)]
            found.append(bits(name, **{kind: log}).get("s0", 0.0))
        return found[0], found[1]

    return contrasting
