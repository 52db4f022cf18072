import sqlite3
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from stillwatch.cases import Actor, Desk, Permission, Role
from stillwatch.cases.store import database as module
from stillwatch.cases.store.database import Database, address
from stillwatch.cases.store.schema import Label
from stillwatch.errors import EngineError, MissingError, SettingsError, StillwatchError
from stillwatch.settings import CasesSettings

CLOSED = "postgresql://u:s3cret@127.0.0.1:1/db"


def told(error: BaseException) -> str:
    """Return all that somebody could see of an error, whatever shows it."""
    return str(error) + repr(error) + "".join(traceback.format_exception(error))


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("sqlite:///x/y.db", "sqlite"),
        ("sqlite+pysqlite:////x/y.db", "sqlite+pysqlite"),
        ("postgresql://u:p@h/db", "postgresql+pg8000"),
        ("postgres://u:p@h:5433/db?sslmode=require", "postgresql+pg8000"),
        ("postgresql+psycopg2://u:p@h/db", "postgresql+pg8000"),
    ],
)
def test_urls_as_people_write_them(text: str, driver: str) -> None:
    assert address(text).drivername == driver


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "not a database URL"),
        ("cases.db", "not a database URL"),
        ("u:s3cret@h/db", "not a database URL"),
        ("postgresql://u:p@h:s3cret/db", "not a database URL"),
        ("mysql://u:s3cret@h/db", "mysql is not supported"),
        ("oracle+oracledb://u:s3cret@h/db", "oracle+oracledb is not supported"),
        ("sqlite+pysqlcipher://:s3cret@/x.db", "sqlite+pysqlcipher is not supported"),
        ("sqlite+aiosqlite:///x.db", "sqlite+aiosqlite is not supported"),
        ("sqlite://", "a database in memory keeps nothing"),
        ("sqlite:///", "a database in memory keeps nothing"),
        ("sqlite:///:memory:", "a database in memory keeps nothing"),
        ("sqlite:///file::memory:?cache=shared&uri=true", "a database in memory keeps nothing"),
        ("sqlite:///file:x.db?mode=memory&uri=true", "unknown option mode, uri"),
        ("postgresql://u@h/db?password=s3cret", "unknown option password"),
        ("postgresql://u@h/db?schema=s3cret", "unknown option schema"),
    ],
)
def test_what_nothing_can_be_kept_in_is_refused_in_a_sentence(text: str, what: str) -> None:
    with pytest.raises(SettingsError) as error:
        address(text)
    assert str(error.value) == f"cases.database: {what}. Write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
    assert error.value.exit_code == 2
    assert "s3cret" not in told(error.value).replace(f"address({text!r})", "")


def test_a_server_out_of_reach_shows_no_password() -> None:
    with pytest.raises(EngineError) as error:
        Database(address(CLOSED))
    assert error.value.exit_code == 4
    assert "u:***@127.0.0.1" in str(error.value)
    assert "s3cret" not in told(error.value)


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_encryption_that_was_asked_for_is_not_left_out(mode: str) -> None:
    (context,) = module._encryption(mode).values()
    assert (context.verify_mode.name, context.check_hostname) == {
        "require": ("CERT_NONE", False), "verify-ca": ("CERT_REQUIRED", False), "verify-full": ("CERT_REQUIRED", True)
    }[mode]  # fmt: skip
    assert module._encryption("prefer") == module._encryption("") == {}


@pytest.mark.postgres
def test_a_server_without_encryption_is_refused_where_it_was_asked_for(postgresql_server: str) -> None:
    with pytest.raises(EngineError, match="failed") as error:
        Database(address(f"{postgresql_server}?sslmode=require"))
    assert "s3cret" not in told(error.value)


@pytest.mark.postgres
def test_a_database_or_user_that_is_not_there_is_told_in_a_sentence(postgresql_server: str) -> None:
    for url in (f"{postgresql_server}x", postgresql_server.replace("reader", "nobody")):
        with pytest.raises(EngineError, match="the database of cases failed") as error:
            Database(address(url))
        assert "s3cret" not in told(error.value)


def test_a_folder_is_made_and_one_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    Database(address(f"sqlite:///{tmp_path}/a/b/cases.db"), create=True).close()
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "cases.db", tmp_path / "file" / "deep" / "cases.db", tmp_path):
        with pytest.raises(EngineError, match=r"Check cases\.database, the folder") as error:
            Database(address(f"sqlite:///{path}"), create=True)
        assert error.value.where == f"sqlite:///{path}"


@pytest.mark.parametrize(
    "content", [b"This is a letter, not a database. " * 100, b"SQLite format 3\0" + b"\xff" * 9_000]
)
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cases.db"
    path.write_bytes(content)
    with pytest.raises(EngineError, match="the database of cases failed") as error:
        Database(address(f"sqlite:///{path}"))
    assert error.value.exit_code == 4
    assert path.read_bytes() == content


def test_none_is_made_unless_somebody_wants_one(tmp_path: Path) -> None:
    """An empty one would say that nobody is limited."""
    (tmp_path / "empty.db").touch()
    for path in (tmp_path / "none.db", tmp_path / "folder" / "none.db", tmp_path / "empty.db"):
        with pytest.raises(MissingError, match="there is no database of cases here") as error:
            Database(address(f"sqlite:///{path}"))
        assert (error.value.exit_code, error.value.where) == (3, str(path))
    assert [path.name for path in tmp_path.iterdir()] == ["empty.db"]
    assert (tmp_path / "empty.db").read_bytes() == b""


def test_an_empty_one_is_as_good_as_none(new_store: Any) -> None:
    new_store.run("SELECT 1")
    with pytest.raises(MissingError, match="there is no database of cases here") as error:
        Database(address(new_store.url))
    assert "s3cret" not in told(error.value)
    with new_store.raw() as link:
        assert sa.inspect(link).get_table_names() == []


def test_it_says_whether_it_was_made(new_store: Any) -> None:
    said = []
    for _ in range(2):
        database = Database(address(new_store.url), create=True)
        said.append(database.is_new)
        database.close()
    assert said == [True, False]


def test_a_full_disk_keeps_what_was_there_and_is_told_in_a_sentence(desk: Desk, analyst: Actor, store: Any) -> None:
    if not store.is_sqlite:
        pytest.skip("the disk is the server's")
    with desk.work(analyst, Permission.VIEW) as work:
        work.record("case.view", "case/1")
        pages = work.session.scalar(sa.text("PRAGMA page_count"))

    def fill(link: sqlite3.Connection, *_: object) -> None:
        link.execute(f"PRAGMA max_page_count={pages}")

    sa.event.listen(desk.database.engine, "connect", fill)
    desk.close()
    with (
        pytest.raises(EngineError, match=r"\(OperationalError\).* its free space") as error,
        desk.work(analyst, Permission.VIEW) as work,
    ):
        work.record("case.view", "case/2", why="long " * 100_000)
    assert "full" in str(error.value.__cause__)
    assert "long long" not in told(error.value)
    sa.event.remove(desk.database.engine, "connect", fill)
    desk.close()
    with store.desk() as again, again.work(analyst, Permission.VIEW) as work:
        assert work.record("case.view", "case/2") == 2


def test_an_error_of_the_block_is_not_one_of_the_database(store: Any, desk: Desk) -> None:
    for way in (desk.database.reading, desk.database.writing):
        with pytest.raises(FileNotFoundError), way():
            raise FileNotFoundError("a file of the block")


def test_who_reads_sees_one_state_and_waits_for_nobody(store: Any, desk: Desk) -> None:
    count = sa.text("SELECT count(*) FROM labels")
    with desk.database.reading() as reader:
        assert reader.scalar(count) == 0
        with desk.database.writing() as writer:
            writer.execute(
                sa.insert(Label).values(kind="k", subject="s", name="n", why="w", by="b", at=store.clock.now)
            )
            assert writer.scalar(count) == 1
            with desk.database.reading() as other:
                assert other.scalar(count) == 0
        assert reader.scalar(count) == 0
    with desk.database.reading() as reader:
        assert reader.scalar(count) == 1


def test_who_reads_cannot_write(store: Any, desk: Desk) -> None:
    with pytest.raises(EngineError), desk.database.reading() as link:
        link.execute(sa.text("DELETE FROM audit_head"))
    with desk.database.writing() as link:
        assert link.execute(sa.text("DELETE FROM audit_head")).rowcount == 1


def test_writers_are_one_after_the_other_from_the_first_thing_they_read(desk: Desk) -> None:
    got, wait = threading.Event(), threading.Event()
    order: list[str] = []

    def write() -> None:
        wait.wait(60)
        got.set()
        with desk.database.writing() as link:
            order.append(f"second reads {link.scalar(sa.text('SELECT seq FROM audit_head'))}")

    thread = threading.Thread(target=write)
    thread.start()
    with desk.database.writing() as link:
        order.append(f"first reads {link.scalar(sa.text('SELECT seq FROM audit_head'))}")
        wait.set()
        got.wait(60)
        link.execute(sa.text("UPDATE audit_head SET seq = 7"))
        order.append("first ends")
    thread.join(60)
    assert order == ["first reads 0", "first ends", "second reads 7"]


def test_a_file_that_is_locked_while_it_gets_its_log_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite does not wait here by itself: of 240 openings of new files, four at a time, two were refused."""

    class Locked:
        asked = 0

        def execute(self, _: str) -> None:
            self.asked += 1
            if self.asked < 3:
                error = sqlite3.OperationalError("refused")
                error.sqlite_errorcode = code
                raise error

    code, locked = sqlite3.SQLITE_BUSY, Locked()
    module._into_wal(locked)  # type: ignore[arg-type]
    assert locked.asked == 3
    code, locked = sqlite3.SQLITE_CANTOPEN, Locked()
    with pytest.raises(sqlite3.OperationalError):
        module._into_wal(locked)  # type: ignore[arg-type]
    monkeypatch.setattr(module, "_BUSY_S", -1)
    code, locked = sqlite3.SQLITE_BUSY, Locked()
    with pytest.raises(sqlite3.OperationalError):
        module._into_wal(locked)  # type: ignore[arg-type]


def test_who_waits_too_long_is_told_in_a_sentence(store: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BUSY_S", 0.2)
    with store.desk() as other, desk.database.writing(), pytest.raises(EngineError) as error, other.database.writing():
        pass
    assert error.value.exit_code == 4


def test_more_connections_than_there_can_be_are_told_in_a_sentence(
    store: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.database.engine.pool, "_timeout", 0.1)
    with ExitStack() as held:
        for _ in range(15):
            held.enter_context(desk.database.reading())
        with pytest.raises(EngineError, match="TimeoutError"), desk.database.reading():
            pass


def test_what_is_to_be_kept_is_on_the_disk(store: Any, desk: Desk) -> None:
    with desk.database.reading() as link:
        if store.is_sqlite:
            found = [link.scalar(sa.text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")]
            assert found == ["wal", 2, 1]
        else:
            assert link.scalar(sa.text("SHOW synchronous_commit")) == "on"
            assert link.scalar(sa.text("SHOW transaction_isolation")) == "repeatable read"


def test_a_refused_opening_leaves_no_connection_behind(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.raw() as link:
        newest = link.scalar(sa.text("SELECT version_num FROM alembic_version"))
    store.run("UPDATE alembic_version SET version_num = 'v999'")
    closed: list[Database] = []
    close = Database.close
    monkeypatch.setattr(Database, "close", lambda self: (closed.append(self), close(self)))
    with pytest.raises(SettingsError):
        store.desk()
    store.run("UPDATE alembic_version SET version_num = :newest", newest=newest)
    store.key.write_bytes(b"garbage")
    with pytest.raises(SettingsError):
        store.desk()
    assert len(closed) == 2
    assert [database.engine.pool.checkedin() for database in closed] == [0, 0]  # type: ignore[attr-defined]


@pytest.fixture
def public() -> Iterator[Path]:
    """Return a folder that everybody reaches, as pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_folder_that_may_not_be_read_or_written_is_named(public: Path) -> None:
    """As somebody who has no right to all: root reads whatever it likes."""
    script = """if True:
        import os, sys
        from stillwatch.cases import Desk
        from stillwatch.errors import StillwatchError
        from stillwatch.settings import CasesSettings
        if os.getuid() == 0:
            os.setuid(65534)
        for folder in ("closed", "readable"):
            for url, key in ((f"{folder}/cases.db", ""), ("open/cases.db", f"{folder}/k")):
                try:
                    Desk(CasesSettings(database=f"sqlite:///{url}", audit_key=key), create=True)
                except StillwatchError as error:
                    print(folder, error.exit_code, error.where)
    """
    for name, mode in (("closed", 0o000), ("readable", 0o555), ("open", 0o777)):
        (public / name).mkdir()
        (public / name).chmod(mode)
    done = subprocess.run([sys.executable, "-c", script], cwd=public, capture_output=True, text=True, check=False)
    (public / "closed").chmod(0o700)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "closed 4 sqlite:///closed/cases.db",
        "closed 2 closed/k",
        "readable 4 sqlite:///readable/cases.db",
        "readable 4 readable/k",
    ]


def test_errors_here_are_those_of_the_tree() -> None:
    settings = CasesSettings(database=CLOSED, audit_key="/nowhere/k")
    with pytest.raises(StillwatchError), Desk(settings) as desk, desk.work(Actor("a", Role.ANALYST), Permission.VIEW):
        pass
