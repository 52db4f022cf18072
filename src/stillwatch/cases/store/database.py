"""Where decisions are kept: SQLite beside you or PostgreSQL for a team, at this release's tables when opened.

Writers are one after the other over both, from the first thing that they read: who decides on what they read, decides
on what is so. Readers see one state, and wait for nobody.
"""

import sqlite3
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, StatementError

from stillwatch.errors import EngineError, SettingsError, StillwatchError

__all__ = ["Database", "address", "migrations"]

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_S = 30
_LOCK = 0x5717_11A7
"""Any number, the same in every process: whose transaction holds it may write, and make the tables."""
_REMEDY = "Write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."


def migrations(link: Connection | None = None) -> Config:
    """Return Alembic's configuration for our migrations, over the connection *link* where there is one."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = link
    return config


@cache
def _revisions() -> ScriptDirectory:
    return ScriptDirectory.from_config(migrations())


class Database:
    """One database of decisions, at the revision of this release; ``url`` is as ``address`` returns it."""

    def __init__(self, url: URL) -> None:
        self.url = url
        try:
            self.engine = _engine(url)
        except OSError as error:
            raise self._failed(error) from error
        try:
            self._upgrade()
        except BaseException:
            self.close()
            raise

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
        """Yield a connection that sees one state of the database and keeps nothing."""
        with self._explained(), self._connected() as link:
            link.begin()  # ends with the connection, unkept
            yield link

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection whose changes are kept together when the block ends, or not at all; one at a time."""
        with self._explained(), self._connected().execution_options(stillwatch_writes=True) as link, link.begin():
            yield link

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def _upgrade(self) -> None:
        head = _revisions().get_current_head()
        with self.reading() as link:
            if self._revision(link) == head:
                return
        with self.writing() as link:
            if self._revision(link) != head:  # nobody was faster
                command.upgrade(migrations(link), "head")

    def _revision(self, link: Connection) -> str | None:
        try:
            found = MigrationContext.configure(link).get_current_revision()
            _revisions().get_revision(found or "base")
        except CommandError as error:
            raise SettingsError(
                "made by a newer Stillwatch, or by something else",
                where=self.name,
                remedy="Update this Stillwatch, or name another database.",
            ) from error
        return found

    def _connected(self) -> Connection:
        try:
            return self.engine.connect()
        except OSError as error:
            raise self._failed(error) from error

    @contextmanager
    def _explained(self) -> Iterator[None]:
        # What the block itself does with files is none of ours, so no OSError here.
        try:
            yield
        except StatementError as error:
            if isinstance(error.orig, StillwatchError):  # a type of a column refused its value
                raise error.orig from None
            if isinstance(error, DBAPIError):
                raise self._failed(error) from error
            raise
        except sa.exc.TimeoutError as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> EngineError:
        return EngineError(
            f"the database of cases failed ({type(error).__name__})",
            where=self.name,
            remedy="Check cases.database, the folder or server it names, and its free space.",
        )


def address(text: str) -> URL:
    """Return where the setting ``cases.database`` points to; ``SettingsError`` where nothing can be kept there."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # Not from that error: it may quote a part of the password.
        raise SettingsError("not a database URL", where="cases.database", remedy=_REMEDY) from None
    kind = url.get_backend_name()
    if kind in ("postgres", "postgresql"):
        return _known(url.set(drivername="postgresql+pg8000"), "sslmode")
    if url.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise SettingsError(f"{url.drivername} is not supported", where="cases.database", remedy=_REMEDY)
    if not url.database or ":memory:" in url.database:
        raise SettingsError("a database in memory keeps nothing", where="cases.database", remedy=_REMEDY)
    return _known(url)


def _known(url: URL, *options: str) -> URL:
    unknown = sorted(set(url.query) - set(options))
    if unknown:
        raise SettingsError(f"unknown option {', '.join(unknown)}", where="cases.database", remedy=_REMEDY)
    return url


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
        arguments: dict[str, Any] = {"timeout": _BUSY_S}
    else:
        arguments = _encryption(str(url.query.get("sslmode", "")))
    # Parameters are what people wrote and who they wrote it of: no message quotes them.
    engine = sa.create_engine(url.set(query={}), connect_args=arguments, pool_pre_ping=True, hide_parameters=True)
    if url.get_backend_name() == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite if url.get_backend_name() == "sqlite" else _begin_postgresql)
    return engine


def _encryption(mode: str) -> dict[str, Any]:
    """Return the driver's arguments for libpq's ``sslmode``; ``require`` checks no certificate, as with libpq."""
    if mode not in ("require", "verify-ca", "verify-full"):
        return {}
    context = ssl.create_default_context()
    context.check_hostname = mode == "verify-full"
    if mode == "require":
        context.verify_mode = ssl.CERT_NONE
    return {"ssl_context": context}


def _prepare_sqlite(link: sqlite3.Connection, _: Any) -> None:
    # The driver's own idea of when a transaction begins leaves reads outside of it, so we say BEGIN ourselves.
    link.isolation_level = None
    # Bytes that are no text are what somebody else wrote there; they are for the audit log to find.
    link.text_factory = _decoded
    _into_wal(link)
    link.execute("PRAGMA synchronous=FULL")
    link.execute("PRAGMA foreign_keys=ON")
    # what is deleted, such as prompts whose time is over, does not stay in the file
    link.execute("PRAGMA secure_delete=ON")


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _into_wal(link: sqlite3.Connection) -> None:
    # Where two open a new database at once, SQLite answers one of them "locked" without waiting as it does elsewhere.
    until = time.monotonic() + _BUSY_S
    while True:
        try:
            link.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _writes(link: Connection) -> bool:
    return bool(link.get_execution_options().get("stillwatch_writes"))


def _begin_sqlite(link: Connection) -> None:
    # A writer asks for the lock at once: one that read first and then wanted to write would be refused, not queued.
    link.exec_driver_sql(f"PRAGMA query_only={'OFF' if _writes(link) else 'ON'}")
    link.exec_driver_sql("BEGIN IMMEDIATE" if _writes(link) else "BEGIN")


def _begin_postgresql(link: Connection) -> None:
    if not _writes(link):
        link.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return
    # Committed, not repeatable: what is read after the wait for the lock must be what the one before left.
    link.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE")
    link.exec_driver_sql(f"SET LOCAL lock_timeout = '{_BUSY_S}s'")
    link.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
