"""A desk over a fresh database, SQLite by default and PostgreSQL with ``-m postgres``, at a time that tests set.

And people who work at it, over a scan that was taken in.
"""

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from stillwatch.cases import Actor, Desk, Permission, Role
from stillwatch.cases.decisions import import_scan, judgements
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.store.database import Database, address
from stillwatch.settings import CasesSettings
from stillwatch.tables import scan_folder


@dataclass
class Clock:
    """Says what a test sets."""

    now: datetime = datetime(2026, 3, 2, 8, 15, 30, 250_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Store:
    """A database and the file for its key."""

    url: str
    key: Path
    clock: Clock = field(default_factory=Clock)
    exemplars: int = 0

    @property
    def settings(self) -> CasesSettings:
        return CasesSettings(database=self.url, audit_key=str(self.key), two_people_above=3, exemplars=self.exemplars)

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def desk(self, *, create: bool = True) -> Desk:
        return Desk(self.settings, clock=self.clock, create=create)

    @contextmanager
    def raw(self) -> Iterator[Connection]:
        """Yield a connection of somebody who goes around the desk; what they do is kept."""
        engine = sa.create_engine(address(self.url))
        with engine.begin() as link:
            yield link
        engine.dispose()

    def run(self, sql: str, **values: object) -> None:
        with self.raw() as link:
            link.execute(sa.text(sql), values)


@dataclass
class Places:
    """A folder for databases, or a server."""

    folder: Path
    server: str | None
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def new(self, like: Store | None = None) -> Store:
        """Return a database that is empty, or a copy of another that is closed."""
        name = f"cases_{next(self._numbers)}"
        store = Store(self._made(name, like), self.folder / f"{name}.key")
        if like is not None:
            shutil.copy2(like.key, store.key)
        return store

    def _made(self, name: str, like: Store | None) -> str:
        if self.server is None:
            url = f"sqlite:///{self.folder}/{name}.db"
            if like is not None:
                shutil.copyfile(like.url.removeprefix("sqlite:///"), self.folder / f"{name}.db")
            return url
        admin = sa.create_engine(address(self.server), isolation_level="AUTOCOMMIT")
        with admin.connect() as link:
            template = f" TEMPLATE {sa.make_url(like.url).database}" if like else ""
            link.execute(sa.text(f"CREATE DATABASE {name}{template}"))
        admin.dispose()
        return sa.make_url(self.server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def places(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """Where databases can be, on each of the two backends."""
    server = None if request.param == "sqlite" else request.getfixturevalue("postgresql_server")
    return Places(tmp_path_factory.mktemp("cases"), server)


@pytest.fixture(scope="session")
def opened(places: Places) -> Store:
    """Return a database that was opened once, to be copied: a copy is made sooner than tables are."""
    store = places.new()
    store.desk().close()
    return store


@pytest.fixture
def new_store(places: Places) -> Store:
    """Return a database that nobody has opened yet."""
    return places.new()


@pytest.fixture
def store(places: Places, opened: Store) -> Store:
    """Return a database with our tables and an audit log that was begun."""
    return places.new(opened)


@pytest.fixture
def clock(store: Store) -> Clock:
    return store.clock


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    with store.desk() as desk:
        yield desk


@pytest.fixture
def analyst() -> Actor:
    return Actor("ana", Role.ANALYST)


@pytest.fixture
def note(desk: Desk, analyst: Actor) -> Callable[..., int]:
    """Do a work that records one entry, and return its number."""

    def done(subject: str = "case/1", action: str = "case.view", **details: object) -> int:
        with desk.work(analyst, Permission.VIEW) as work:
            return work.record(action, subject, **details)

    return done


@pytest.fixture
def database(new_store: Store) -> Iterator[Database]:
    database = Database(address(new_store.url), create=True)
    yield database
    database.close()


@pytest.fixture
def ann() -> Actor:
    return Actor("ann", Role.ANALYST)


@pytest.fixture
def ben() -> Actor:
    return Actor("ben", Role.ANALYST)


@pytest.fixture
def lea() -> Actor:
    return Actor("lea", Role.LEAD)


@pytest.fixture
def leo() -> Actor:
    return Actor("leo", Role.LEAD)


@pytest.fixture
def do(desk: Desk) -> Callable[..., Any]:
    """Return a function that does one thing at the desk: ``do(ann, judging.judge, 1, …)``."""

    def done(
        actor: Actor, what: Callable[..., Any], *args: Any, needs: Permission = Permission.VIEW, **more: Any
    ) -> Any:
        with desk.work(actor, needs) as work:
            return what(work, *args, **more)

    return done


@pytest.fixture
def see(desk: Desk) -> Callable[..., Any]:
    """Return a function that looks at one thing."""

    def seen(what: Callable[..., Any], *args: Any, **more: Any) -> Any:
        with desk.look() as look:
            found = what(look, *args, **more)
            look.session.expunge_all()
            return found

    return seen


@pytest.fixture
def taken(do: Callable[..., Any], lea: Actor, scan: Path) -> import_scan.Taken:
    """Take a scan in: case 1 is urgent with 400 accounts, case 2 to review with 62, a third campaign is left aside."""
    return do(lea, import_scan.take, scan_folder.read(scan), "first")


@pytest.fixture
def confirmed(taken: import_scan.Taken, do: Callable[..., Any], ann: Actor) -> list[str]:
    """Confirm the campaign of case 2 and six of its members; return those."""
    six = [f"acct_20c4d8_{number:05d}" for number in range(6)]
    do(ann, judgements.judge, 2, Verdict.CONFIRMED, "One list, dealt out.")
    do(ann, judgements.judge, 2, Verdict.CONFIRMED, "Each has its part of the list.", accounts=six)
    return six
