# ruff: noqa: INP001 - a script, not a package
"""Takes the pictures of the docs: ``python docs/screenshots.py SCAN`` (``make screenshots``).

The console goes into ``docs/console``, the report of the scan into ``docs/report.png``.

It imports the scan into a new database and adds judgements, actions and an appeal, so that no page is empty. It needs
Chromium.
"""

import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from playwright.sync_api import Page, sync_playwright

from stillwatch.cases import Actor, Desk, Permission, Role, Verdict
from stillwatch.cases.access import users
from stillwatch.cases.access.passwords import Passwords
from stillwatch.cases.decisions import actions, appeals, import_scan, judgements, labels
from stillwatch.cases.decisions.actions import ActionKind, Plan, active_limits
from stillwatch.console import build_app
from stillwatch.settings import CasesSettings, ConsoleSettings
from stillwatch.tables import scan_folder

FOLDER = Path(__file__).parent / "console"
SECRET = "a sentence does well"  # noqa: S105 - of a temporary database
ANN, LEA, LEO = Actor("ann", Role.ANALYST), Actor("lea", Role.LEAD), Actor("leo", Role.LEAD)
PAGES = {
    "queue": "/cases",
    "case": "/cases/1",
    "members": "/cases/1/members",
    "graph": "/cases/1/graph",
    "without": "/cases/1/without?standing=innocent",
    "actions": "/cases/1/actions",
    "action": "/actions/2",
    "waiting": "/actions",
    "appeals": "/appeals",
    "appeal": "/appeals/1",
    "allowances": "/allowances",
    "account": "/accounts?account={account}",
    "scans": "/scans",
    "compare": "/scans/compare",
    "precision": "/precision",
    "audit": "/audit",
    "views": "/views",
    "own-account": "/account",
}


def main() -> None:
    """Take the screenshots."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = CasesSettings(database=f"sqlite:///{folder}/cases.db", appeal_address="appeals@example.org")
        with Desk(settings, clock=_Clock(), create=True) as desk:
            account = _lived_in(desk, Path(sys.argv[1]))
            with _served(desk) as url, sync_playwright() as playwright:
                found = shutil.which("chromium") or shutil.which("google-chrome")
                browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": 1280, "height": 860})
                _sign_in(page, url, "leo")
                for name, path in PAGES.items():
                    _take(page, url + path.format(account=account), name)
                page.emulate_media(color_scheme="dark")
                _take(page, f"{url}/cases/1", "case-dark")
                page.emulate_media(color_scheme="light")
                page.set_viewport_size({"width": 1160, "height": 1330})
                page.goto((Path(sys.argv[1]) / "report.html").resolve().as_uri())
                page.screenshot(path=FOLDER.parent / "report.png")
                browser.close()


class _Clock:
    """Starts at a fixed time, so that screenshots differ only where the pages changed."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self) -> datetime:
        return datetime(2026, 4, 1, 9, tzinfo=UTC) + timedelta(seconds=time.monotonic() - self._began)


def _lived_in(desk: Desk, scan: Path) -> str:
    """Add judgements, actions and an appeal; return an account of the appeal."""
    hashed = Passwords(memory_kib=19_456, passes=2).hash(SECRET)
    with desk.work(users.HOUSE, Permission.ADMINISTER) as work:
        for actor in (ANN, LEA, LEO):
            users.create(work, actor.name, display=actor.name.title(), role=actor.role, password_hash=hashed)
    with desk.work(LEA, Permission.JUDGE) as work:
        import_scan.take(work, scan_folder.read(scan), "March")
        names = sorted(judgements.standings(work, 1))
    with desk.work(ANN, Permission.JUDGE) as work:
        import_scan.open_by_hand(work, "A tip from a partner", names[:3], "They see the same cards.")
        labels.label_case(work, 1, "press", "A reporter asked about it.")
        judgements.judge(
            work, 1, Verdict.CONFIRMED, "One list, dealt out without repetition; sales knows none of them."
        )
        judgements.judge(work, 1, Verdict.CONFIRMED, "Each has its part of the list.", accounts=names[:40])
        judgements.judge(work, 1, Verdict.INNOCENT, "A customer since 2023.", accounts=names[40:42])
        rehearsed = actions.plan(work, 1, Plan(ActionKind.SUSPEND, "Rehearse it first."))
        ends = work.now + timedelta(days=30)
        limited = actions.plan(
            work, 1, Plan(ActionKind.THROTTLE, "Slow the list down.", dry_run=False, ends_at=ends, holdout=0.1)
        )
    with desk.work(LEA, Permission.APPROVE) as work:
        for planned in (rehearsed, limited):
            actions.answer(work, planned.action_id, "I looked at the members myself.", approve=True)
    for planned in (rehearsed, limited):
        with desk.work(actions.SCHEDULE, Permission.ACT) as work:
            actions.carry_out(work, planned.action_id)
    with desk.work(ANN, Permission.ACT) as work:
        actions.plan(work, 1, Plan(ActionKind.STEP_UP, "Ask who they are.", dry_run=False))
    with desk.look() as look:
        treated = [x.account_id for x in active_limits.in_force(look)]
    with desk.work(ANN, Permission.JUDGE) as work:
        appeals.receive(work, limited.action_id, treated[:2], "We are a class of thirty. Our teacher gave us the list.")
    return treated[0]


@contextmanager
def _served(desk: Desk) -> Iterator[str]:
    settings = ConsoleSettings(port=8471)
    server = uvicorn.Server(uvicorn.Config(build_app(desk, settings), port=settings.port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{settings.port}"
    server.should_exit = True
    thread.join()


def _sign_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/sign-in")
    page.screenshot(path=FOLDER / "sign-in.png")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(SECRET)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda at: "/sign-in" not in at)


def _take(page: Page, address: str, name: str) -> None:
    answer = page.goto(address)
    if answer is None or not answer.ok:
        raise SystemExit(f"{address} cannot be opened")
    page.wait_for_timeout(1_500 if name == "graph" else 300)
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
