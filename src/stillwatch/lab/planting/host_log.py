"""Surveys a provider's own log as the host of planted campaigns: what planted rows must look like."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.engine import Engine, Frame
from stillwatch.errors import InputError
from stillwatch.lab.draws.random_draws import Floats, Ints
from stillwatch.tables import ACCOUNTS, EXCHANGES, TIMESTAMP

__all__ = ["USUAL", "HostLog", "ModelUse", "survey"]

_LONGEST = 400
_CLIENTS, _EXITS, _LENGTHS = 200, 400, 20_000
_FULL = 0.99
USUAL = ("temperature", "max_output_tokens", "n_tools", "stream", "n_samples", "logprobs", "batch")
"""Columns that some log formats fill with a default; a planted row gets the most frequent value."""


@dataclass(frozen=True, slots=True)
class ModelUse:
    """One model of the log: its exchanges, and the first and last of them (microseconds since 1970)."""

    name: str
    n: int
    first_us: int
    last_us: int


@dataclass(frozen=True, slots=True)
class HostLog:
    """A surveyed log. Times are microseconds since 1970.

    ``filled`` is the share of exchanges with a value, per column. ``clients`` are (user agent, fingerprint, number of
    accounts). ``exits`` are addresses with several accounts. ``lengths`` are answer tokens. ``accounts`` has one row
    per account in the log or the attributes, sorted, with every known attribute as a column.
    """

    engine: Engine
    exchanges: Frame
    first_us: int
    last_us: int
    n_exchanges: int
    filled: dict[str, float]
    usual: dict[str, Any]
    models: tuple[ModelUse, ...]
    clients: tuple[tuple[str, str, int], ...]
    exits: tuple[str, ...]
    lengths: Floats
    accounts: pa.Table

    @property
    def days(self) -> int:
        """Return the number of days for a campaign, first and last day of the log included; at most 400."""
        return min(_LONGEST, (_day(self.last_us) - _day(self.first_us)).days + 1)

    @property
    def start(self) -> date:
        """Return day 0 of a campaign: the day of the first exchange, or the first of the last 400 days."""
        return _day(self.last_us) - timedelta(days=self.days - 1)

    @property
    def released(self) -> ModelUse | None:
        """Return the newest model, if its first exchange is more than a day after the first of the log."""
        newest = max(self.models, key=lambda model: (model.first_us, model.name))
        return newest if newest.first_us > self.first_us + 86_400_000_000 else None


def _day(moment_us: int) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment_us)).date()


def survey(engine: Engine, *, exchanges: Frame, attributes: Frame) -> HostLog:
    """Survey a log (``tables.EXCHANGES``) and the attributes of its accounts (``tables.ATTRIBUTES``).

    The log is streamed; memory grows only with the number of accounts. Raises ``InputError`` if there is no exchange.
    """
    counted = ", ".join(f'COUNT("{name}") AS "{name}"' for name in EXCHANGES.names)
    sql = (
        f'SELECT {counted}, COUNT(*) AS n_rows, CAST(MIN(epoch_us("at")) AS BIGINT) AS first_us, '
        'CAST(MAX(epoch_us("at")) AS BIGINT) AS last_us FROM exchanges'
    )
    totals = _rows(engine, sql, exchanges=exchanges)[0]
    if not totals["n_rows"]:
        raise InputError(
            "the log has no readable exchange",
            where="the log",
            remedy="rejects.parquet lists what could not be read, with the reason.",
        )
    filled = {name: totals[name] / totals["n_rows"] for name in EXCHANGES.names}
    return HostLog(
        engine=engine,
        exchanges=exchanges,
        first_us=totals["first_us"],
        last_us=totals["last_us"],
        n_exchanges=totals["n_rows"],
        filled=filled,
        usual={name: _usual(engine, exchanges, name) for name in USUAL if filled[name] > _FULL},
        models=_models(engine, exchanges),
        clients=_clients(engine, exchanges),
        exits=_exits(engine, exchanges),
        lengths=_lengths(engine, exchanges),
        accounts=_accounts(engine, exchanges, attributes),
    )


def _rows(engine: Engine, sql: str, **tables: Frame) -> list[dict[str, Any]]:
    return list(engine.arrow(engine.query(sql, **tables)).read_all().to_pylist())


def _usual(engine: Engine, exchanges: Frame, name: str) -> object:
    sql = f'SELECT "{name}" AS v, COUNT(*) AS n FROM exchanges GROUP BY 1 ORDER BY n DESC, v LIMIT 1'
    return _rows(engine, sql, exchanges=exchanges)[0]["v"]


def _models(engine: Engine, exchanges: Frame) -> tuple[ModelUse, ...]:
    sql = """
        SELECT model, COUNT(*) AS n, CAST(MIN(epoch_us("at")) AS BIGINT) AS first_us,
            CAST(MAX(epoch_us("at")) AS BIGINT) AS last_us
        FROM exchanges GROUP BY model ORDER BY model
        """
    return tuple(
        ModelUse(r["model"], r["n"], r["first_us"], r["last_us"]) for r in _rows(engine, sql, exchanges=exchanges)
    )


def _clients(engine: Engine, exchanges: Frame) -> tuple[tuple[str, str, int], ...]:
    """Return the clients of three or more accounts, or all clients if there is none."""
    sql = f"""
        SELECT COALESCE(user_agent, '') AS agent, COALESCE(client_fingerprint, '') AS print,
            COUNT(DISTINCT account_id) AS n
        FROM exchanges WHERE user_agent IS NOT NULL OR client_fingerprint IS NOT NULL
        GROUP BY 1, 2 ORDER BY n DESC, agent, print LIMIT {_CLIENTS}
        """
    found = [(r["agent"], r["print"], r["n"]) for r in _rows(engine, sql, exchanges=exchanges)]
    return tuple([client for client in found if client[2] >= 3] or found)


def _exits(engine: Engine, exchanges: Frame) -> tuple[str, ...]:
    sql = f"""
        SELECT client_ip FROM exchanges WHERE client_ip IS NOT NULL
        GROUP BY client_ip HAVING COUNT(DISTINCT account_id) >= 2 ORDER BY MD5(client_ip), client_ip LIMIT {_EXITS}
        """
    return tuple(r["client_ip"] for r in _rows(engine, sql, exchanges=exchanges))


def _lengths(engine: Engine, exchanges: Frame) -> Floats:
    sql = f"""
        SELECT output_tokens FROM exchanges WHERE status = 'ok' AND output_tokens > 0
        ORDER BY MD5(exchange_id), exchange_id LIMIT {_LENGTHS}
        """
    found = engine.arrow(engine.query(sql, exchanges=exchanges)).read_all()
    return np.asarray(found["output_tokens"].to_numpy(), dtype=np.float64)


def _accounts(engine: Engine, exchanges: Frame, attributes: Frame) -> pa.Table:
    """Return one row per account with its attributes as columns: those of ``tables.ACCOUNTS`` first."""
    listed = "SELECT account_id FROM exchanges UNION SELECT account_id FROM attributes ORDER BY account_id"
    ids = engine.arrow(engine.query(listed, exchanges=exchanges, attributes=attributes)).read_all()
    account = ids["account_id"].combine_chunks()
    found = {r["name"] for r in _rows(engine, "SELECT DISTINCT name FROM attributes", attributes=attributes)}
    known = [name for name in ACCOUNTS.names[1:] if name in found]
    columns = {"account_id": account}
    for name in known + sorted(found - set(known)):
        quoted = name.replace("'", "''")
        sql = f"SELECT account_id, value FROM attributes WHERE name = '{quoted}' ORDER BY account_id, value"
        facts = engine.arrow(engine.query(sql, attributes=attributes)).read_all()
        columns[name] = _column(name, account, facts)
    return pa.table(columns)


def _column(name: str, account: pa.Array, facts: pa.Table) -> pa.Array:
    """Return one attribute by account; lists if an account has several values."""
    place = np.asarray(pc.index_in(facts["account_id"], account).to_numpy(), dtype=np.int64)
    values: pa.Array = facts["value"].combine_chunks()
    counts = np.bincount(place, minlength=len(account))
    if counts.max(initial=0) > 1:
        ends = np.concatenate(([0], np.cumsum(counts)))
        return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), values)
    row: Ints = np.full(len(account), -1, dtype=np.int64)
    row[place] = np.arange(len(place))
    column = values.take(pa.array(row, mask=row < 0))
    is_time = name in ACCOUNTS.names and ACCOUNTS.column(name).type == TIMESTAMP
    return column.cast(TIMESTAMP) if is_time else column
