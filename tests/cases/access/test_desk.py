import json
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from stillwatch.cases import Actor, Desk, Permission, Role
from stillwatch.cases.store import audit
from stillwatch.cases.store.database import Database, address
from stillwatch.cases.store.schema import AuditEntry, Label
from stillwatch.errors import ContractError, EngineError, InputError, MissingError, PolicyError, SettingsError
from stillwatch.settings import CasesSettings
from stillwatch.signing import keys

ANA = Actor("ana", Role.ANALYST)
AT = datetime(2026, 3, 2, 8, 15, 30, 250_000, tzinfo=UTC)


def label(name: str) -> Label:
    return Label(kind="case", subject="1", name=name, why="w", by="ana", at=AT)


def kept(desk: Desk) -> tuple[list[str], list[str]]:
    """Return what stands there: names of labels, and subjects of entries; the log must be whole."""
    with desk.database.reading() as link:
        assert audit.verify_database(link, public_key=desk.public_key()) is None
        return (
            list(link.scalars(sa.select(Label.name).order_by(Label.label_id))),
            list(link.scalars(sa.select(AuditEntry.subject).order_by(AuditEntry.seq))),
        )


def test_work_is_kept_with_its_record(desk: Desk, clock: Any) -> None:
    with desk.work(ANA, Permission.JUDGE) as work:
        assert (work.actor, work.now, work.settings) == (ANA, AT, desk.settings)
        work.session.add(label("a"))
        assert work.record("label.add", "case/1", why="Zo\u00eb", n=3, of=["x"], old=None) == 1
        clock.advance(minutes=1)
    with desk.look() as look:
        assert look.now == AT + timedelta(minutes=1)
        assert [row.name for row in look.session.scalars(sa.select(Label))] == ["a"]
        (entry,) = audit.entries(look.session.connection())
    assert (entry.actor, entry.action, entry.subject) == ("ana", "label.add", "case/1")
    assert entry.at == "2026-03-02T08:15:30.250000Z"
    assert json.loads(entry.details) == {"why": "Zo\u00eb", "n": 3, "of": ["x"], "old": None}
    assert kept(desk) == (["a"], ["case/1"])


def test_work_without_a_record_raises_and_keeps_nothing(desk: Desk) -> None:
    with (
        pytest.raises(ContractError, match="the work has no entry in the audit log"),
        desk.work(ANA, Permission.JUDGE) as work,
    ):
        work.session.add(label("a"))
    assert kept(desk) == ([], [])


def test_work_that_raises_keeps_neither_rows_nor_entries(desk: Desk) -> None:
    for error in (ValueError, KeyboardInterrupt, PolicyError):
        with pytest.raises(error), desk.work(ANA, Permission.JUDGE) as work:  # noqa: PT012
            work.session.add(label("a"))
            work.record("label.add", "case/1")
            work.session.flush()
            raise error("changed my mind")
    with pytest.raises(EngineError), desk.work(ANA, Permission.JUDGE) as work:  # noqa: PT012
        work.record("label.add", "case/1")
        work.session.execute(sa.text("INSERT INTO case_members VALUES (99, 'a', NULL, '[]', NULL, NULL)"))
    assert kept(desk) == ([], [])


def test_nobody_within_ends_the_work_early(desk: Desk) -> None:
    with pytest.raises(ValueError, match="late"), desk.work(ANA, Permission.JUDGE) as work:  # noqa: PT012
        work.session.add(label("a"))
        work.record("label.add", "case/1")
        work.session.commit()
        raise ValueError("late")
    with pytest.raises(ContractError, match="after a rollback"), desk.work(ANA, Permission.JUDGE) as work:  # noqa: PT012
        work.session.add(label("a"))
        work.record("label.add", "case/1")
        work.session.rollback()
    assert kept(desk) == ([], [])


def test_an_entry_that_was_taken_back_is_no_record(desk: Desk) -> None:
    with pytest.raises(ContractError, match="no entry in the audit log"), desk.work(ANA, Permission.JUDGE) as work:  # noqa: PT012
        work.session.add(label("a"))
        with pytest.raises(ValueError, match="inner"), work.session.begin_nested():  # noqa: PT012
            work.record("label.add", "case/1")
            raise ValueError("inner")
    with desk.work(ANA, Permission.JUDGE) as work:
        with pytest.raises(ValueError, match="inner"), work.session.begin_nested():  # noqa: PT012
            work.session.add(label("inner"))
            work.record("label.add", "case/2")
            raise ValueError("inner")
        work.session.add(label("outer"))
        work.record("label.add", "case/3")
    assert kept(desk) == (["outer"], ["case/3"])


def test_a_look_keeps_nothing(desk: Desk) -> None:
    with pytest.raises(EngineError), desk.look() as look:  # noqa: PT012
        look.session.add(label("a"))
        look.session.commit()
    assert kept(desk) == ([], [])


def test_a_look_sees_one_state(desk: Desk, note: Callable[..., int]) -> None:
    with desk.look() as look:
        before = look.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
        note()
        assert look.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == before
    assert kept(desk)[1] == ["case/1"]


def test_what_is_not_allowed_is_refused_before_anything_is_opened(desk: Desk) -> None:
    opened: list[object] = []
    sa.event.listen(desk.database.engine, "begin", opened.append)
    with pytest.raises(PolicyError) as error, desk.work(Actor("vic", Role.VIEWER), Permission.JUDGE):
        pytest.fail("let in")
    assert error.value.exit_code == 2
    assert opened == []


def test_a_clock_without_a_zone_is_refused(desk: Desk, clock: Any) -> None:
    clock.now = datetime(2026, 3, 2)  # noqa: DTZ001
    with pytest.raises(ValueError, match="without a time zone"), desk.work(ANA, Permission.VIEW) as work:
        work.record("case.view", "case/1")
    assert kept(desk) == ([], [])


@pytest.mark.parametrize("field", ["actor", "action", "subject", "why", "of"])
@pytest.mark.parametrize("text", ["half \ud800 s3cret", "nul \0 s3cret"])
def test_words_that_cannot_be_written_down_are_refused_in_a_sentence(desk: Desk, field: str, text: str) -> None:
    told = {"action": "judge", "subject": "case/1", "why": "w", "of": ["a"]}
    given = told | {field: [text] if field == "of" else text} if field != "actor" else told
    actor = Actor(text, Role.ANALYST) if field == "actor" else ANA
    if "\0" in text and field in ("why", "of"):  # JSON has a spelling for it
        with desk.work(actor, Permission.VIEW) as work:
            work.record(**given)
        assert kept(desk)[1] == ["case/1"]
        return
    with pytest.raises(InputError, match="cannot be") as error, desk.work(actor, Permission.VIEW) as work:
        work.record(**given)
    assert "s3cret" not in str(error.value) + repr(error.value.__cause__)
    assert kept(desk) == ([], [])


def test_very_long_details_are_kept_whole(desk: Desk, note: Callable[..., int]) -> None:
    accounts = [f"acct-{n:08}-\u6728" for n in range(100_000)]
    note("case/1", accounts=accounts)
    with desk.database.reading() as link:
        (entry,) = audit.entries(link)
    assert json.loads(entry.details)["accounts"] == accounts
    lines = [line.encode() + b"\n" for line in desk.export_audit()]
    assert audit.verify_file(lines, public_key=desk.public_key()) is None


# The key.


def test_the_key_is_beside_an_sqlite_database_where_none_is_named(tmp_path: Path) -> None:
    settings = CasesSettings(database=f"sqlite:///{tmp_path}/cases.db")
    with Desk(settings, create=True) as desk:
        public = desk.public_key()
    assert (tmp_path / "cases.db.key").stat().st_mode & 0o777 == 0o600
    with Desk(settings) as desk:
        assert desk.public_key() == public == keys.public_hex(keys.read(tmp_path / "cases.db.key"))


def test_tables_without_a_log_hold_no_decisions(new_store: Any) -> None:
    Database(address(new_store.url), create=True).close()
    with pytest.raises(MissingError, match="there is no database of cases here"):
        new_store.desk(create=False)
    assert not new_store.key.exists()
    with new_store.desk():
        assert new_store.key.exists()


def test_a_key_that_was_there_before_the_database_is_used(new_store: Any) -> None:
    made = keys.make(new_store.key)
    with new_store.desk() as desk:
        assert desk.public_key() == keys.public_hex(made)


def test_a_log_without_its_key_makes_no_other(store: Any, note: Callable[..., int]) -> None:
    note()
    for change, what in (
        (store.key.unlink, "the key that signed the audit log is missing"),
        (lambda: store.key.write_bytes(b"garbage"), "not a readable private key"),
        (lambda: (store.key.unlink(), keys.make(store.key)), "the audit log is signed with another key"),
    ):
        change()
        with pytest.raises(SettingsError, match=what) as error:
            store.desk()
        assert error.value.exit_code == 2


def test_a_server_needs_a_key_that_is_named_and_is_not_asked_before() -> None:
    with pytest.raises(SettingsError, match=r"cases\.audit_key: a database on a server needs a key") as error:
        Desk(CasesSettings(database="postgresql://u:s3cret@127.0.0.1:1/db"))
    assert "s3cret" not in str(error.value)


# Many at once.


def count_up(desk: Desk, name: str, times: int) -> None:
    """Decide on what was read, as people do: the next number is one more than the most there is."""
    for _ in range(times):
        with desk.work(Actor(name, Role.ANALYST), Permission.JUDGE) as work:
            last = work.session.scalar(sa.select(sa.func.max(Label.label_id))) or 0
            work.session.add(Label(label_id=last + 1, kind="k", subject=name, name="n", why="w", by=name, at=work.now))
            work.record("label.add", f"label/{last + 1}")


def check_counted(desk: Desk, people: int, times: int) -> None:
    labels, subjects = kept(desk)
    assert len(labels) == people * times
    assert subjects == [f"label/{n}" for n in range(1, people * times + 1)]
    with desk.database.reading() as link:
        by = {row.by: row.n for row in link.execute(sa.select(Label.by, sa.func.count().label("n")).group_by(Label.by))}
    assert by == {f"person-{n}": times for n in range(people)}


def test_twenty_people_at_one_desk_lose_nothing(desk: Desk) -> None:
    with ThreadPoolExecutor(20) as people:
        list(people.map(lambda n: count_up(desk, f"person-{n}", 4), range(20)))
    check_counted(desk, 20, 4)


def count_up_apart(url: str, key: str, n: int, times: int, start: Any) -> None:
    """What one of many processes does."""
    with Desk(CasesSettings(database=url, audit_key=key)) as desk:
        start.wait(120)
        count_up(desk, f"person-{n}", times)


@pytest.mark.slow
def test_twenty_processes_lose_nothing(store: Any) -> None:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["stillwatch.cases"])
    start = processes.Barrier(20)
    started = [
        processes.Process(target=count_up_apart, args=(store.url, str(store.key), n, 10, start)) for n in range(20)
    ]
    for process in started:
        process.start()
    for process in started:
        process.join(300)
    assert [process.exitcode for process in started] == [0] * 20
    with store.desk() as desk:
        check_counted(desk, 20, 10)


# Killed.


def work_twice(desk: Desk, name: str) -> None:
    """One work of two rows and two entries."""
    with desk.work(ANA, Permission.JUDGE) as work:
        for half in "ab":
            work.session.add(label(name + half))
            work.session.flush()
            work.record("label.add", name + half)


def kill_at(n: int) -> None:
    """Kill this process before its statement number *n*, counted from now; a commit counts too."""
    left = [n]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for event in ("before_cursor_execute", "commit"):
        sa.event.listen(sa.Engine, event, count)


def die_at_each(settings: CasesSettings, opening: bool, told: Any) -> None:
    """Fork a process for each statement before which it can be killed, and tell what each left."""
    n, left = 0, []
    while True:
        pid = os.fork()
        if pid == 0:
            try:
                if opening:
                    kill_at(n)
                with Desk(settings, create=opening) as desk:
                    if not opening:
                        kill_at(n)
                    work_twice(desk, f"{n}-")
            finally:
                os._exit(1)
        killed = os.WIFSIGNALED(os.waitpid(pid, 0)[1])
        if opening and killed:
            left.append(n)
        elif not opening:
            with Desk(settings) as desk:
                left.append((n, killed, *kept(desk)))
        if not killed:
            break
        n += 1
    told.put(left)


def died(settings: CasesSettings, opening: bool) -> list[Any]:
    processes = multiprocessing.get_context("spawn")
    told = processes.Queue()
    process = processes.Process(target=die_at_each, args=(settings, opening, told))
    process.start()
    left = told.get(timeout=120)
    process.join()
    return list(left)


def test_killed_before_any_statement_a_work_is_whole_or_not_there(store: Any) -> None:
    left = died(store.settings, opening=False)
    assert len(left) > 8
    for n, killed, labels, subjects in left:
        assert labels == subjects == ([] if killed else [f"{n}-a", f"{n}-b"])


@pytest.mark.slow
def test_killed_before_any_statement_of_the_first_opening_it_opens_again(new_store: Any) -> None:
    left = died(new_store.settings, opening=True)
    assert len(left) > 40
    with new_store.desk() as desk:
        assert len(kept(desk)[0]) == 2


def work_for_ever(settings: CasesSettings, tell: Any) -> None:
    """What a process does until it is killed; it tells each work once that is kept."""
    with Desk(settings) as desk:
        for n in range(1_000_000):
            work_twice(desk, f"{os.getpid()}-{n}-")
            tell.send(f"{os.getpid()}-{n}-")


@pytest.mark.slow
def test_killed_at_any_moment_what_was_said_to_be_kept_is_kept_whole(store: Any) -> None:
    times = 60
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["stillwatch.cases"])
    draw = random.Random(7)
    said: list[str] = []
    for _ in range(times):
        hear, tell = processes.Pipe(duplex=False)
        process = processes.Process(target=work_for_ever, args=(store.settings, tell))
        process.start()
        tell.close()
        for _ in range(draw.randint(1, 5)):
            said.append(hear.recv())
        time.sleep(draw.random() * 0.03)
        process.kill()
        process.join()
        try:
            while True:
                said.append(hear.recv())
        except EOFError:
            hear.close()
        with store.desk() as desk:
            labels, subjects = kept(desk)
        assert labels == subjects
        works = [name.removesuffix("a") for name in labels[::2]]
        assert labels == [name + half for name in works for half in "ab"]
        assert [name for name in works if name in said] == said
        assert len(works) - len(said) <= times
