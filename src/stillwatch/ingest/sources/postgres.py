"""Reads the usage log of a gateway directly from its PostgreSQL database, a thousand rows at a time."""

import ssl
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from stillwatch.errors import EngineError, InputError

__all__ = ["TABLES", "connection", "table_rows"]

TABLES = {"LiteLLM_SpendLogs": '"startTime", request_id', "logs": "created_at, id"}
"""The tables of LiteLLM and of new-api, and the order in which their rows are read; the first that exists is read."""
_FETCH = 1_000
_NO_TABLE = f"the database has no readable table {' or '.join(TABLES)}"


def table_rows(url: str, name: str) -> Iterator[tuple[int, dict[str, Any], int]]:
    """Yield (number from 1, row, 0) for the rows of the usage log in the database at *url*, oldest first.

    Raises ``InputError`` where the database has none of ``TABLES``, ``EngineError`` where it cannot be reached. Both
    errors show *name* and never *url*, which can hold a password.
    """
    target, arguments, schema = connection(url)
    engine = sa.create_engine(target, connect_args=arguments)
    try:
        table, order = _table(engine, schema, name)
        with engine.connect().execution_options(stream_results=True, yield_per=_FETCH) as session:
            found = session.execute(sa.text(f"SELECT * FROM {table} ORDER BY {order}"))
            for number, row in enumerate(found.mappings(), start=1):
                yield number, dict(row), 0
    except sa.exc.ProgrammingError as error:
        raise InputError(_NO_TABLE, where=name, remedy="Check the schema and the permissions.") from error
    except (SQLAlchemyError, OSError) as error:
        raise EngineError(
            f"the database cannot be read ({type(error).__name__})",
            where=name,
            remedy="Check the host and the permissions.",
        ) from error
    finally:
        engine.dispose()


def _table(engine: sa.Engine, schema: str, shown: str) -> tuple[str, str]:
    """Return the quoted name of the first of ``TABLES`` that exists, and its order; *shown* names the database."""
    with engine.connect() as session:
        for table, order in TABLES.items():
            quoted = f'"{schema}"."{table}"' if schema else f'"{table}"'
            if session.execute(sa.text("SELECT to_regclass(:table)"), {"table": quoted}).scalar() is not None:
                return quoted, order
    raise InputError(_NO_TABLE, where=shown, remedy="Check the schema and the permissions.")


def connection(url: str) -> tuple[URL, dict[str, Any], str]:
    """Return the URL for SQLAlchemy, its connect arguments and the schema, from a URL in Prisma's or libpq's form.

    ``sslmode=require`` encrypts without checking the certificate; ``verify-ca`` and ``verify-full`` check it. Other
    options in the URL are ignored.
    """
    parsed = make_url(url)
    arguments: dict[str, Any] = {}
    mode = parsed.query.get("sslmode", "")
    if mode in ("require", "verify-ca", "verify-full"):
        context = ssl.create_default_context()
        context.check_hostname = mode == "verify-full"
        if mode == "require":
            context.verify_mode = ssl.CERT_NONE
        arguments["ssl_context"] = context
    schema = str(parsed.query.get("schema", "")).replace('"', '""')
    return parsed.set(drivername="postgresql+pg8000", query={}), arguments, schema
