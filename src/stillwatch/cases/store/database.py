"""Opens the database of decisions, SQLite or PostgreSQL, and upgrades its tables to this release.

Writers run one after the other on both databases, from their first read on. So a decision is based on the state that it
changes. A reader sees one state of the database and waits for no writer.
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

from stillwatch.errors import EngineError, MissingError, SettingsError, StillwatchError

__all__ = ["Database", "address", "migrations"]

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_S = 30
_LOCK = 0x5717_11A7
"""The key of the PostgreSQL advisory lock of writers. It is arbitrary, but the same in every process."""
_REMEDY = "Write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."


def migrations(link: Connection | None = None) -> Config:
    """Return the configuration of Alembic for our migrations, over the connection *link* where one is given."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = link
    return config


@cache
def _revisions() -> ScriptDirectory:
    return ScriptDirectory.from_config(migrations())


class Database:
    """One database of decisions at the revision of this release. ``url`` has the form that ``address`` returns.

    A missing database is made where *create* says so. Otherwise it is an error, because an empty database would say
    that nobody is limited. Raises ``MissingError`` for that, ``SettingsError`` where a newer release made the database,
    and ``EngineError`` where it cannot be opened.
    """

    def __init__(self, url: URL, *, create: bool = False) -> None:
        self.url = url
        self.is_new = False
        try:
            if not create and self.is_sqlite and not _holds_something(self._file):
                raise self.missing()
            self.engine = _engine(url)
        except OSError as error:
            raise self._failed(error) from error
        try:
            self._upgrade(create=create)
        except BaseException:
            self.close()
            raise

    @property
    def is_sqlite(self) -> bool:
        """Return whether the database is a SQLite file."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def name(self) -> str:
        """Return the URL for messages, without the password."""
        return self.url.render_as_string(hide_password=True)

    @property
    def place(self) -> str:
        """Return the full path of the file, or the URL without the password."""
        return str(self._file) if self.is_sqlite else self.name

    @property
    def _file(self) -> Path:
        return Path(self.url.database or "").absolute()

    def missing(self) -> MissingError:
        """Return the error for a place that holds no decisions."""
        return MissingError(
            "there is no database of cases here",
            where=self.place,
            remedy="Name it in cases.database, or change to its folder. "
            "`stillwatch case open` and `stillwatch serve` make a new one.",
        )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one state of the database. Its changes are not kept."""
        with self._explained(), self._connected() as link:
            link.begin()  # rolled back when the connection closes
            yield link

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection whose changes are committed together when the block ends, or rolled back after an error.

        Only one writer runs at a time.
        """
        with self._explained(), self._connected().execution_options(stillwatch_writes=True) as link, link.begin():
            yield link

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _upgrade(self, *, create: bool) -> None:
        head = _revisions().get_current_head()
        with self.reading() as link:
            found = self._revision(link)
        if found == head:
            return
        self.is_new = found is None
        if self.is_new and not create:
            raise self.missing()
        with self.writing() as link:
            if self._revision(link) != head:  # no other process upgraded it meanwhile
                command.upgrade(migrations(link), "head")

    def _revision(self, link: Connection) -> str | None:
        try:
            found = MigrationContext.configure(link).get_current_revision()
            _revisions().get_revision(found or "base")
        except CommandError as error:
            raise SettingsError(
                "the database was made by a newer Stillwatch or by another program",
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
        # The block may work with files of its own, so OSError is not caught here.
        try:
            yield
        except StatementError as error:
            if isinstance(error.orig, StillwatchError):  # the type of a column refused the value
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
    """Return the database URL of the setting ``cases.database``.

    Raises ``SettingsError`` for text that is no URL, another database than SQLite or PostgreSQL, a database in memory,
    or an unknown option.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The original error may quote a part of the password, so it is not chained.
        raise SettingsError("not a database URL", where="cases.database", remedy=_REMEDY) from None
    kind = url.get_backend_name()
    if kind in ("postgres", "postgresql"):
        return _known(url.set(drivername="postgresql+pg8000"), "sslmode")
    if url.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise SettingsError(f"{url.drivername} is not supported", where="cases.database", remedy=_REMEDY)
    if not url.database or ":memory:" in url.database:
        raise SettingsError("a database in memory keeps nothing", where="cases.database", remedy=_REMEDY)
    return _known(url)


def _holds_something(file: Path) -> bool:
    """Return whether the file is there and not empty. SQLite takes an empty file for an empty database."""
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:
        return False


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
    # Parameters hold texts and account ids, which no error message may quote.
    engine = sa.create_engine(url.set(query={}), connect_args=arguments, pool_pre_ping=True, hide_parameters=True)
    if url.get_backend_name() == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite if url.get_backend_name() == "sqlite" else _begin_postgresql)
    return engine


def _encryption(mode: str) -> dict[str, Any]:
    """Return the arguments of the driver for the ``sslmode`` of libpq.

    As in libpq, ``require`` checks no certificate.
    """
    if mode not in ("require", "verify-ca", "verify-full"):
        return {}
    context = ssl.create_default_context()
    context.check_hostname = mode == "verify-full"
    if mode == "require":
        context.verify_mode = ssl.CERT_NONE
    return {"ssl_context": context}


def _prepare_sqlite(link: sqlite3.Connection, _: Any) -> None:
    # By default the driver begins a transaction at the first write and leaves reads outside, so BEGIN is sent
    # explicitly.
    link.isolation_level = None
    # Bytes that are no UTF-8 come from another program. They are decoded, so that the audit log can report them.
    link.text_factory = _decoded
    _into_wal(link)
    link.execute("PRAGMA synchronous=FULL")
    link.execute("PRAGMA foreign_keys=ON")
    # Deleted data, such as prompts after their retention time, must not stay in the file.
    link.execute("PRAGMA secure_delete=ON")


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _into_wal(link: sqlite3.Connection) -> None:
    # When two processes open a new database at once, SQLite returns "locked" to one of them without the usual wait.
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
    # A writer takes the lock at once: SQLite refuses a lock upgrade after a read instead of queueing it.
    link.exec_driver_sql(f"PRAGMA query_only={'OFF' if _writes(link) else 'ON'}")
    link.exec_driver_sql("BEGIN IMMEDIATE" if _writes(link) else "BEGIN")


def _begin_postgresql(link: Connection) -> None:
    if not _writes(link):
        link.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return
    # READ COMMITTED, because reads after the wait for the lock must see what the previous writer committed.
    link.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE")
    link.exec_driver_sql(f"SET LOCAL lock_timeout = '{_BUSY_S}s'")
    link.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
