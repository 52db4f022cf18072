"""Fixtures: a console over a desk with a test clock, users in every role, browsers and API clients."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from stillwatch.cases import Actor, Desk, Permission, Role
from stillwatch.cases.access import sessions, tokens, users
from stillwatch.cases.access.passwords import Passwords
from stillwatch.cases.access.roles import PERMISSIONS
from stillwatch.cases.decisions import actions, import_scan, judgements
from stillwatch.cases.decisions.actions import ActionKind, Plan
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.console import build_app
from stillwatch.console.app import build_state
from stillwatch.console.web.base_url import site_of
from stillwatch.settings import CasesSettings, ConsoleSettings
from stillwatch.tables import scan_folder

SITE = "https://console.example"
SECRET = "a sentence does well"
TWELVE = [f"acct_20c4d8_{number:05d}" for number in range(12)]
CHEAP = {"password_memory_kib": 64, "password_passes": 1}
"""Below the minimum of the settings. Copying a model skips validation."""


@dataclass
class Clock:
    now: datetime = datetime(2026, 4, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an empty database. Copying it is faster than creating the tables."""
    folder = tmp_path_factory.mktemp("opened")
    _desk(folder).close()
    return folder


@pytest.fixture(scope="session")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a database with one user per role, named like the role, and a second administrator."""
    folder = tmp_path_factory.mktemp("peopled")
    hashed = Passwords(memory_kib=64, passes=1).hash(SECRET)
    with _desk(folder) as desk, desk.work(users.HOUSE, Permission.ADMINISTER) as work:
        for role in Role:
            users.create(work, role.value, display=role.value.title(), role=role, password_hash=hashed)
        users.create(work, "other", display="Other", role=Role.ADMINISTRATOR, password_hash=hashed)
    return folder


def _desk(folder: Path, clock: Clock | None = None) -> Desk:
    return Desk(CasesSettings(database=f"sqlite:///{folder}/cases.db"), clock=clock or Clock(), create=True)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def decided(peopled: Path, tmp_path_factory: pytest.TempPathFactory, make_scan: Callable[[Path], Path]) -> Path:
    """Return the folder of a database with users and cases. Twelve members of case 2 are confirmed."""
    folder = tmp_path_factory.mktemp("decided")
    for file in peopled.iterdir():
        shutil.copy2(file, folder / file.name)
    with _desk(folder) as desk:
        with desk.work(Actor("lea", Role.LEAD), Permission.JUDGE) as work:
            import_scan.take(work, scan_folder.read(make_scan(folder / "scan")), "first")
        with desk.work(Actor("ann", Role.ANALYST), Permission.JUDGE) as work:
            judgements.judge(work, 2, Verdict.CONFIRMED, "One list, dealt out.")
            judgements.judge(work, 2, Verdict.CONFIRMED, "Each has its part of the list.", accounts=TWELVE)
    shutil.rmtree(folder / "scan")
    return folder


@pytest.fixture
def desk(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    """Open a desk, with users where the test uses ``crowd``, and with decisions where it uses ``confirmed``."""
    wanted = [name for name in ("confirmed", "crowd") if name in request.fixturenames]
    template = request.getfixturevalue({"confirmed": "decided", "crowd": "peopled"}[wanted[0]] if wanted else "opened")
    for file in template.iterdir():
        shutil.copy2(file, tmp_path / file.name)
    with _desk(tmp_path, clock) as desk:
        yield desk


@pytest.fixture
def settings() -> ConsoleSettings:
    return ConsoleSettings(base_url=SITE).model_copy(update=CHEAP)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Return an application that is built once, since routes take time. Tests replace its state."""
    desk = Desk(CasesSettings(database=f"sqlite:///{tmp_path_factory.mktemp('built')}/cases.db"), create=True)
    app = build_app(desk, ConsoleSettings(base_url=SITE).model_copy(update=CHEAP))
    desk.close()
    return app


@pytest.fixture
def app(built: FastAPI, desk: Desk, settings: ConsoleSettings) -> FastAPI:
    built.state.console = build_state(desk, settings, site_of(settings))
    return built


@pytest.fixture
def own_app(desk: Desk, settings: ConsoleSettings) -> FastAPI:
    """Return an application to which a test may add routes."""
    return build_app(desk, settings)


@dataclass
class Browser:
    """A browser: it keeps cookies, sends its origin, and sends the CSRF token of its page."""

    client: TestClient
    csrf: str = ""
    headers: dict[str, str] = field(default_factory=lambda: {"Origin": SITE, "Sec-Fetch-Site": "same-origin"})

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, headers={"Accept": "text/html", **more.pop("headers", {})}, **more)

    def post(self, path: str, *, csrf: str | None = None, **fields: Any) -> Any:
        """Send a form as its page does, with what the page shows now, unless the test says otherwise."""
        if "seen" not in fields and (shown := self.seen(path, fields)):
            fields["seen"] = shown
        data = {"csrf": self.csrf if csrf is None else csrf, **fields}
        return self.client.post(path, data=data, headers={"Accept": "text/html", **self.headers})

    def seen(self, path: str, fields: dict[str, Any] | None = None) -> str:
        """Return what the page with the form at *path* shows, for the forms that carry it; empty for others."""
        found = re.fullmatch(
            r"(/(cases|actions|appeals)/[0-9]+(/members)?)/(judge|close|approve|refuse|cancel|undo|answer)", path
        )
        filters = {name: value for name, value in (fields or {}).items() if name in ("word", "standing", "signal")}
        shown = self.get(f"{found[1]}.json", params=filters) if found else None
        return shown.json().get("seen", "") if shown is not None else ""

    def cookie(self, name: str) -> str | None:
        return self.client.cookies.get(f"__Host-stillwatch-{name}")

    def bear(self, name: str, value: str) -> None:
        self.client.cookies.set(f"__Host-stillwatch-{name}", value, domain="console.example", path="/")


def new_browser(app: FastAPI) -> Browser:
    return Browser(TestClient(app, base_url=SITE, follow_redirects=False, raise_server_exceptions=False))


@pytest.fixture
def stranger(app: FastAPI) -> Browser:
    """Return a browser without a session, at a console without users."""
    return new_browser(app)


@dataclass
class Crowd:
    """One user per role, named like the role."""

    app: FastAPI
    desk: Desk

    def stranger(self) -> Browser:
        return new_browser(self.app)

    def signed_in(self, name: str) -> Browser:
        """Return a browser with a session of *name*. It skips the password check, which is slow."""
        browser = self.stranger()
        with self.desk.bookkeeping() as look:
            hours = self.app.state.console.login.hours
            opened = sessions.start(look, users.find(look, name).user_id, hours)
        browser.bear("session", opened.token)
        browser.csrf = opened.csrf
        return browser

    def token(self, name: str, *scopes: Permission, days: int = 30) -> str:
        with self.desk.look() as look:
            actor = users.find(look, name).actor()
        with self.desk.work(actor, Permission.VIEW) as work:
            return tokens.make(work, name="a program", scopes=frozenset(scopes or PERMISSIONS[actor.role]), days=days)[
                0
            ]

    def as_root(self, what: Callable[..., Any], *args: Any) -> Any:
        with self.desk.work(Actor("other", Role.ADMINISTRATOR), Permission.ADMINISTER) as work:
            return what(work, *args)


@pytest.fixture
def crowd(app: FastAPI, desk: Desk) -> Crowd:
    return Crowd(app, desk)


@pytest.fixture
def taken(desk: Desk, scan: Path) -> import_scan.Taken:
    """Import a scan: case 1 is urgent with 400 accounts, case 2 is review with 62."""
    with desk.work(Actor("lea", Role.LEAD), Permission.JUDGE) as work:
        return import_scan.take(work, scan_folder.read(scan), "first")


@pytest.fixture
def grow(desk: Desk, tmp_path: Path, make_scan: Callable[..., Path], three: list[Any]) -> Callable[[int], None]:
    """Return a function that imports a later scan, in which case 2 has that many accounts."""

    def grown(n_accounts: int) -> None:
        three[1].n_accounts = n_accounts
        folder = make_scan(tmp_path / f"grown-{n_accounts}", three, n_rejects=n_accounts)
        with desk.work(Actor("lea", Role.LEAD), Permission.JUDGE) as work:
            import_scan.take(work, scan_folder.read(folder), f"grown to {n_accounts}")

    return grown


@pytest.fixture
def confirmed() -> list[str]:
    """Return twelve confirmed members of case 2: more than one user may act on alone. See ``decided``."""
    return TWELVE


@pytest.fixture
def limited(desk: Desk, confirmed: list[str]) -> int:
    """Suspend these twelve accounts with approval; return the number of the action."""
    with desk.work(Actor("ann", Role.ANALYST), Permission.ACT) as work:
        number = actions.plan(work, 2, Plan(ActionKind.SUSPEND, "One list.", dry_run=False)).action_id
    with desk.work(Actor("lea", Role.LEAD), Permission.APPROVE) as work:
        actions.answer(work, number, "Agreed.", approve=True)
    with desk.work(actions.SCHEDULE, Permission.ACT) as work:
        actions.carry_out(work, number)
    return number
