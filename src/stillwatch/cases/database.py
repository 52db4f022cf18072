"""Where decisions are kept: SQLite beside you or PostgreSQL for a team, at this release's tables when opened."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from stillwatch.errors import EngineError, SettingsError

__all__ = ["Database", "migrations"]

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_S = 30
_LOCK = 0x5717_11A7
"""Any number, the same in every process: two that start at once must not both make the tables."""


def migrations(link: Connection | None = None) -> Config:
    """Return Alembic's configuration for our migrations, over the connection *link* where there is one."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = link
    return config


class Database:
    """One database of decisions, at the revision of this release; ``url`` is as SQLAlchemy writes it."""

    def __init__(self, url: str) -> None:
        self.url = _url(url)
        self.engine = _engine(self.url)
        self._upgrade()

    @property
    def is_sqlite(self) -> bool:
        """Return whether it is a file of ours rather than a server."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def name(self) -> str:
        """Return what messages call it, without a password."""
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one state of the database."""
        with self._explained(), self.engine.connect() as link:
            yield link

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection whose changes are kept together when the block ends, or not at all."""
        with self._explained(), self.engine.connect().execution_options(stillwatch_writes=True) as link, link.begin():
            yield link

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def _upgrade(self) -> None:
        script = ScriptDirectory.from_config(migrations())
        with self.writing() as link:
            if not self.is_sqlite:
                link.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            found = MigrationContext.configure(link).get_current_revision()
            if found == script.get_current_head():
                return
            try:
                script.get_revision(found or "base")
            except CommandError as error:
                raise SettingsError(
                    "made by a newer Stillwatch", where=self.name, remedy="Update this one, or name another database."
                ) from error
            command.upgrade(migrations(link), "head")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.DatabaseError, OSError) as error:
            raise EngineError(
                f"the database of cases failed ({type(error).__name__})",
                where=self.name,
                remedy="Check cases.database, the folder or server it names, and its free space.",
            ) from error


def _url(text: str) -> URL:
    try:
        url = make_url(text)
        kind = url.get_backend_name()
    except (ArgumentError, SQLAlchemyError) as error:
        raise SettingsError("not a database URL", where="cases.database", remedy=_REMEDY) from error
    if kind == "postgres":
        kind, url = "postgresql", url.set(drivername="postgresql")
    if kind not in ("sqlite", "postgresql"):
        raise SettingsError(f"{kind} is not supported", where="cases.database", remedy=_REMEDY)
    return url.set(drivername="postgresql+pg8000") if kind == "postgresql" else url


_REMEDY = "Write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_pre_ping=True)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": _BUSY_S})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(link: Any, _: Any) -> None:
    # The driver's own idea of when a transaction begins leaves reads outside of it, so we say BEGIN ourselves.
    link.isolation_level = None
    link.execute("PRAGMA journal_mode=WAL")
    link.execute("PRAGMA synchronous=FULL")
    link.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(link: Connection) -> None:
    # A writer asks for the lock at once: one that read first and then wanted to write would be refused, not queued.
    link.exec_driver_sql("BEGIN IMMEDIATE" if link.get_execution_options().get("stillwatch_writes") else "BEGIN")
