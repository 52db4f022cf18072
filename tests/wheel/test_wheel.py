"""The package as people install it: wheel and source archive are whole, and the command works in an empty folder.

``make test-wheel`` builds both into ``STILLWATCH_DIST`` and installs the wheel beside requirements/base.txt, and nothing
else, into the environment of ``STILLWATCH_PYTHON``.
"""

import json
import os
import re
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "stillwatch"
WANTED = (
    "report/templates/page.html.j2",
    "report/assets/uPlot.LICENSE.txt",
    "console/templates/layout.html.j2",
    "console/assets/console.css",
    "console/assets/graph.js",
    "console/assets/htmx.LICENSE.txt",
    "cases/store/migrations/script.py.mako",
    "cases/store/migrations/env.py",
    "py.typed",
)
"""One file of each kind that is not found by importing the package."""

LISTENS = re.compile(r"listens at (http://\S+)")

pytestmark = pytest.mark.wheel


@dataclass(frozen=True)
class Installed:
    """The environment that the wheel is installed into, and an empty folder to work in."""

    python: Path
    folder: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.call(str(self.python.with_name("stillwatch")), *arguments)

    def call(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.folder, env=self.environment(), capture_output=True, text=True, check=False, timeout=600
        )

    def environment(self) -> dict[str, str]:
        """Return an environment with an empty home, and without what points at a checkout."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        return {"PATH": os.defpath, "HOME": str(home), "LC_ALL": "C.UTF-8"}


@pytest.fixture(scope="module")
def dist() -> Path:
    return ROOT / os.environ["STILLWATCH_DIST"]


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (found,) = dist.glob("stillwatch-*-py3-none-any.whl")
    return found


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    # Not resolved: the interpreter of a virtual environment is a link to the one it was made with.
    return Installed(ROOT / os.environ["STILLWATCH_PYTHON"], tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="module")
def demo(installed: Installed) -> Path:
    done = installed.run("demo", "--out", "result")
    assert done.returncode == 0, done.stderr
    return installed.folder / "result"


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _tracked(folder: Path) -> set[str]:
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard", str(folder)]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        found = {ROOT / name for name in listed.stdout.split("\0") if name}
    else:
        found = {path for path in folder.rglob("*") if "__pycache__" not in path.parts}
    return {path.relative_to(folder).as_posix() for path in found if path.is_file()}


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    inside = {name.removeprefix("stillwatch/") for name in _names(wheel) if name.startswith("stillwatch/")}
    assert set(WANTED) <= inside
    assert inside == _tracked(PACKAGE)


def test_the_wheel_carries_the_licence_and_nothing_beside_the_package(wheel: Path) -> None:
    names = _names(wheel)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"stillwatch"}


def test_the_source_archive_builds_the_same_wheel(dist: Path, wheel: Path, tmp_path: Path) -> None:
    (archive,) = dist.glob("stillwatch-*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    for name in ("README.md", "LICENSE", "pyproject.toml", "requirements/base.txt"):
        assert (source / name).is_file(), name
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert _names(tmp_path / "dist" / wheel.name) == _names(wheel)


def test_the_installed_package_is_the_one_that_runs(installed: Installed) -> None:
    where = installed.call(str(installed.python), "-c", "import stillwatch; print(stillwatch.__file__)").stdout
    assert "site-packages" in where
    assert str(PACKAGE) not in where


def test_what_the_package_needs_is_locked_for_those_who_install_it(installed: Installed) -> None:
    done = installed.call(str(installed.python), "-m", "pip", "check")
    assert done.returncode == 0, done.stdout


def test_version_and_help(installed: Installed) -> None:
    version = installed.run("--version")
    assert version.returncode == 0
    assert "0.1.0" in version.stdout
    shown = installed.run("--help")
    assert shown.returncode == 0
    assert all(name in shown.stdout for name in ("demo", "scan", "case", "serve"))


def test_the_demo_leaves_a_report(demo: Path) -> None:
    report = demo / "scan" / "report.html"
    assert report.stat().st_size > 10_000
    assert (demo / "scan" / "campaigns.parquet").is_file()


def test_the_demo_s_case_is_listed_from_its_folder(demo: Path, installed: Installed) -> None:
    assert (installed.folder / "stillwatch.db").is_file()
    done = installed.run("case", "list", "--json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["cases"]) == 1


def test_the_installed_console_serves_its_pages_and_files(demo: Path, installed: Installed) -> None:
    command = [str(installed.python.with_name("stillwatch")), "serve"]
    environment = {**installed.environment(), "STILLWATCH_CONSOLE__PORT": "0"}
    with subprocess.Popen(command, cwd=installed.folder, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            address = next(found.group(1) for line in process.stderr if (found := LISTENS.search(line)))
            page = _get(f"{address}/sign-in")
            assert "<title>" in page
            files = set(re.findall(r'(?:href|src)="(/static/[^"?]+)', page))
            assert files
            assert all(_get(address + file) for file in files)
        finally:
            process.terminate()


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return str(answer.read().decode("utf-8"))
