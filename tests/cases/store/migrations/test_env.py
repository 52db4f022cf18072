from multiprocessing import get_context
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from stillwatch.cases import Actor, Desk, Permission, Role
from stillwatch.cases.store.database import Database, address, migrations
from stillwatch.errors import EngineError, SettingsError
from stillwatch.settings import CasesSettings
from stillwatch.tables.sql import SqlTable

REVISIONS = [s.revision for s in reversed(list(ScriptDirectory.from_config(migrations()).walk_revisions()))]


def names(database: Database) -> set[str]:
    with database.reading() as link:
        return set(sa.inspect(link).get_table_names())


def difference(database: Database) -> list[Any]:
    with database.reading() as link:
        return list(compare_metadata(MigrationContext.configure(link), SqlTable.metadata))


def to(database: Database, revision: str) -> None:
    with database.writing() as link:
        (command.downgrade if revision == "base" else command.upgrade)(migrations(link), revision)


@pytest.fixture
def empty(database: Database) -> Database:
    to(database, "base")
    return database


def test_a_new_database_has_the_tables_of_the_model(database: Database) -> None:
    assert names(database) == {*SqlTable.metadata.tables, "alembic_version"}
    assert difference(database) == []


def test_the_comparison_can_fail(database: Database) -> None:
    with database.writing() as link:
        link.execute(sa.text("ALTER TABLE labels ADD COLUMN extra TEXT"))
        link.execute(sa.text("DROP INDEX ix_cases_state"))
    assert len(difference(database)) == 2


@pytest.mark.parametrize("revision", REVISIONS)
def test_from_nothing_up_to_each_revision_and_down_to_nothing_and_up_again(empty: Database, revision: str) -> None:
    for _ in range(2):
        to(empty, revision)
        assert "audit" in names(empty)
        to(empty, "base")
        assert names(empty) == {"alembic_version"}
    to(empty, revision)
    to(empty, "head")
    assert difference(empty) == []


def test_rows_that_refer_to_each_other_stop_no_way_down(store: Any, analyst: Actor) -> None:
    with store.desk() as desk, desk.work(analyst, Permission.JUDGE) as work:
        work.record("case.open", "case/1")
        work.session.execute(
            sa.text(
                "INSERT INTO cases (case_id, title, severity, state, opened_at, opened_by, n_accounts, n_exchanges, "
                "signals, merged_into) VALUES (1, 't', 'watch', 'open', '2026-03-02 00:00:00', 'ana', 0, 0, '[]', 1)"
            )
        )
    database = Database(address(store.url), create=True)
    to(database, "base")
    assert names(database) == {"alembic_version"}
    database.close()


def test_opening_again_changes_nothing_and_waits_for_no_writer(store: Any, desk: Desk) -> None:
    with desk.database.writing(), store.desk() as desk:
        assert desk.public_key()


@pytest.mark.parametrize("found", ["v999", "0f3c"])
def test_a_database_of_another_release_is_refused_in_a_sentence(store: Any, found: str) -> None:
    store.run("UPDATE alembic_version SET version_num = :found", found=found)
    with pytest.raises(SettingsError, match=r"made by a newer Stillwatch or by another program\. Update") as error:
        store.desk()
    assert error.value.exit_code == 2
    assert "s3cret" not in str(error.value)


def test_two_revisions_at_once_are_refused_in_a_sentence(store: Any) -> None:
    store.run("INSERT INTO alembic_version VALUES ('v1')")
    with pytest.raises(SettingsError, match="made by a newer Stillwatch"):
        store.desk()


def test_tables_of_somebody_else_are_not_taken_for_ours(new_store: Any) -> None:
    new_store.run("CREATE TABLE cases (their TEXT)")
    with pytest.raises(EngineError, match="the database of cases failed"):
        new_store.desk()
    with new_store.raw() as link:
        assert sa.inspect(link).get_table_names() == ["cases"]


def open_and_write(url: str, key: str, start: Any, done: Any) -> None:
    """What one process does: wait for the others, open, write one entry."""
    start.wait(60)
    with (
        Desk(CasesSettings(database=url, audit_key=key), create=True) as desk,
        desk.work(Actor("ana", Role.ANALYST), Permission.VIEW) as work,
    ):
        work.record("case.view", "case/1")
    done.put(desk.public_key())


def test_processes_that_open_a_new_database_at_once_all_succeed(new_store: Any) -> None:
    processes = get_context("forkserver")
    processes.set_forkserver_preload(["stillwatch.cases"])
    start, done = processes.Barrier(3), processes.Queue()
    started = [
        processes.Process(target=open_and_write, args=(new_store.url, str(new_store.key), start, done))
        for _ in range(3)
    ]
    for process in started:
        process.start()
    for process in started:
        process.join(60)
    assert [process.exitcode for process in started] == [0, 0, 0]
    assert len({done.get(timeout=5) for _ in started}) == 1
    with new_store.raw() as link:
        assert link.execute(sa.text("SELECT count(*) FROM audit")).scalar() == 3
