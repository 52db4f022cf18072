"""Fixtures: a console in its own process, over a database with a scan and users who can sign in."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from stillwatch.cases import PERMISSIONS, Actor, Desk, Permission, Role
from stillwatch.cases.access import tokens, users
from stillwatch.cases.access.passwords import Passwords
from stillwatch.cases.decisions import import_scan
from stillwatch.settings import CasesSettings, load
from stillwatch.tables import scan_folder

SECRET = "a sentence does well"


@dataclass(frozen=True)
class Served:
    """A console that listens at ``url``. Users are named like their role and have the same password."""

    url: str
    database: str
    folder: Path
    secret: str = SECRET

    def desk(self) -> Desk:
        return Desk(CasesSettings(database=self.database))

    def token(self, role: Role) -> str:
        with self.desk() as desk, desk.work(Actor(role.value, role), Permission.VIEW) as work:
            return tokens.make(work, name="a program", scopes=PERMISSIONS[role], days=1)[0]


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Served]]:
    """Return a function that serves the cases of a scan."""
    running: list[subprocess.Popen[str]] = []

    def start(scan: Callable[..., Path] | None, **settings: Any) -> Served:
        folder = tmp_path_factory.mktemp("served")
        database = f"sqlite:///{folder}/cases.db"
        with Desk(CasesSettings(database=database), create=True) as desk:
            if scan is not None:
                with desk.work(Actor("scans", Role.LEAD), Permission.JUDGE) as work:
                    import_scan.take(work, scan_folder.read(scan(folder / "scan")), "March")
            _people(desk)
        environment = {f"STILLWATCH_{name.upper()}": str(value) for name, value in settings.items()}
        environment |= {"STILLWATCH_CASES__DATABASE": database, "STILLWATCH_CONSOLE__PORT": "0"}
        command = [sys.executable, "-m", "stillwatch.cli", "serve"]
        process = subprocess.Popen(command, env=os.environ | environment, cwd=folder, stderr=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stderr is not None
        for line in process.stderr:
            if found := re.search(r"listens at (http://\S+)", line):
                return Served(found.group(1), database, folder)
        raise AssertionError(f"the console ended with {process.wait()}")

    yield start
    for process in running:
        process.terminate()
        told = process.communicate(timeout=20)[1]
        assert process.returncode == 0, told
        assert told == "", "stderr is empty unless something failed"


def _people(desk: Desk) -> None:
    console = load(environment={}).console
    hashed = Passwords(memory_kib=console.password_memory_kib, passes=console.password_passes).hash(SECRET)
    with desk.work(users.HOUSE, Permission.ADMINISTER) as work:
        for role in Role:
            users.create(work, role.value, display=role.value.title(), role=role, password_hash=hashed)
        for name in ("ben", "leo"):
            role = Role.ANALYST if name == "ben" else Role.LEAD
            users.create(work, name, display=name.title(), role=role, password_hash=hashed)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start the installed Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("no Chromium is installed (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


@dataclass
class Visitor:
    """A browser window. The errors and warnings of the browser are kept."""

    page: Page
    served: Served
    complaints: list[str]

    def sign_in(self, name: str) -> None:
        self.go("/sign-in")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(self.served.secret)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def go(self, path: str) -> None:
        self.page.goto(self.served.url + path)

    def heading(self) -> str:
        return self.page.locator("h1").first.inner_text()


def _complains(said: Any) -> bool:
    # Software rendering without a GPU logs this performance warning. The page is not at fault.
    return said.type in ("error", "warning") and "GPU stall due to ReadPixels" not in said.text


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Visitor]]:
    """Return a function that opens a window. Any error or warning of the browser fails the test."""
    visitors: list[Visitor] = []

    def opened(served: Served, **options: Any) -> Visitor:
        page = browser.new_context(viewport={"width": 1280, "height": 900}, **options).new_page()
        visitor = Visitor(page, served, [])
        page.on("console", lambda said: visitor.complaints.append(said.text) if _complains(said) else None)
        page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitors.append(visitor)
        return visitor

    yield opened
    for visitor in visitors:
        visitor.page.context.close()
        assert visitor.complaints == []
