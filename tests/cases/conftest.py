"""A desk over a fresh database, whose clock the tests set, and people who work at it."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stillwatch import scan_folder
from stillwatch.cases import Actor, Desk, Permission, Role, judging, taking
from stillwatch.cases.judgement import Verdict
from stillwatch.settings import load


class Clock:
    """Says what a test says it says."""

    def __init__(self) -> None:
        self.now = datetime(2026, 4, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> datetime:
        """Let *time* pass."""
        self.now += timedelta(**time)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def opened_cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a database that was opened once: a copy is made sooner than tables are."""
    folder = tmp_path_factory.mktemp("cases")
    Desk(load(environment={}, cases__database=f"sqlite:///{folder}/cases.db").cases).close()
    return folder


@pytest.fixture
def desk(opened_cases: Path, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    for file in opened_cases.iterdir():
        shutil.copy2(file, tmp_path / file.name)
    settings = load(environment={}, cases__database=f"sqlite:///{tmp_path}/cases.db", cases__two_people_above=3)
    with Desk(settings.cases, clock=clock) as opened:
        yield opened


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
def taken(do: Callable[..., Any], lea: Actor, scan: Path) -> taking.Taken:
    """Take a scan in: case 1 is urgent with 400 accounts, case 2 to review with 62, a third campaign is left aside."""
    return do(lea, taking.take, scan_folder.read(scan), "first")


@pytest.fixture
def confirmed(taken: taking.Taken, do: Callable[..., Any], ann: Actor) -> list[str]:
    """Confirm the campaign of case 2 and six of its members; return those."""
    six = [f"acct_20c4d8_{number:05d}" for number in range(6)]
    do(ann, judging.judge, 2, Verdict.CONFIRMED, "One list, dealt out.")
    do(ann, judging.judge, 2, Verdict.CONFIRMED, "Each has its part of the list.", accounts=six)
    return six
