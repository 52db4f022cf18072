"""A make target that cannot run says why in one sentence: what is missing, and what to do."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

TOOLS = ("sh", "awk", "sed", "rm", "mkdir", "cp", "touch", "ls", "tail", "cat", "chmod", "echo", "test", "make")
"""What a system always has; everything else is missing in these tests."""
READY = [".venv", ".venv-spark", ".venv-docs", ".venv-wheel"]

Make = Callable[..., tuple[int, str]]


@pytest.fixture
def make(root: Path, tmp_path: Path) -> Make:
    """Return a function that runs a target in a copy of the build files, with none but these *commands* installed."""
    checkout, path = tmp_path / "checkout", tmp_path / "bin"
    path.mkdir()
    for folder in ("requirements", "islands"):
        shutil.copytree(root / folder, checkout / folder, ignore=shutil.ignore_patterns("node_modules"))
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(root / name, checkout)
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (path / tool).symlink_to(found)

    def run(target: str, *variables: str, ready: bool = True, **commands: str) -> tuple[int, str]:
        for name, script in commands.items():
            (path / name).write_text(f"#!/bin/sh\n{script}\n", "utf-8")
            (path / name).chmod(0o755)
        old = [f"-o{folder}/.ready" for folder in READY] if ready else []
        environment = {"PATH": str(path), "HOME": str(tmp_path), "LC_ALL": "C"}
        done = subprocess.run(
            [str(path / "make"), *old, target, *variables],
            cwd=checkout,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


UNREACHABLE = 'echo "npm error ECONNREFUSED"; [ "$1" = config ] && echo http://registry.example || exit 1'


@pytest.mark.parametrize(
    ("target", "commands", "sentence"),
    [
        ("test-oidc", {}, "make test-oidc needs Node.js, which is not installed (Debian: apt install nodejs)."),
        ("test-oidc", {"node": ""}, "make test-oidc needs npm, which is not installed (Debian: apt install npm)."),
        (
            "test-oidc",
            {"node": '[ "$1" = --version ] && echo v18.0.0; [ "$1" != -e ]', "npm": ""},
            "make test-oidc needs Node.js 20 or newer; this is v18.0.0.",
        ),
        ("test-oidc", {"node": "", "npm": UNREACHABLE}, "npm error ECONNREFUSED"),
        ("test-oidc", {"node": "", "npm": UNREACHABLE}, "If it cannot reach its registry"),
        ("islands-check", {"node": "", "npm": UNREACHABLE}, "npm could not install islands/package-lock.json"),
        ("test-spark", {}, "make test-spark needs Java, which is not installed (Debian: apt install openjdk-"),
        (
            "test-spark-large",
            {"java": "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2"},
            "make test-spark-large needs Java 17 or 21; this is Java 11. JAVA_HOME can name another.",
        ),
        ("bench-spark", {}, "make bench-spark needs Java"),
        (
            "test-browser",
            {},
            "make test-browser needs Chromium, which is not installed (Debian: apt install chromium).",
        ),
        ("screenshots", {}, "make screenshots needs Chromium"),
        ("screenshots", {"chromium": ""}, "which is missing: make demo"),
        ("lock", {}, "make lock needs uv, which is not installed"),
        ("bench-real", {}, "Name a folder of real parts: make bench-real PARTS=folder"),
    ],
)
def test_what_is_missing_is_named(make: Make, target: str, commands: dict[str, str], sentence: str) -> None:
    code, said = make(target, **commands)
    assert code == 2
    assert sentence in said


@pytest.mark.parametrize("target", ["test-postgres", "test-postgres-slow"])
def test_a_missing_server_is_named(make: Make, target: str) -> None:
    code, said = make(target, "POSTGRES=nowhere")
    assert code == 2
    assert f"make {target} needs the PostgreSQL server" in said


def test_a_python_of_another_version_is_named(make: Make) -> None:
    code, said = make("lint", "PYTHON=old", ready=False, old="exit 1")
    assert code == 2
    assert "Stillwatch needs Python 3.11, 3.12 or 3.13; old is not one. Name one: make PYTHON=" in said


def test_no_python_at_all_is_named(make: Make) -> None:
    code, said = make("lint", ready=False)
    assert code == 2
    assert "python3 is not one. Name one: make PYTHON=" in said


def test_a_python_without_venv_is_named(make: Make) -> None:
    code, said = make("lint", ready=False, python3='[ "$1" = -c ] || [ "$1" = --version ]')
    assert code == 2
    assert "That Python cannot make virtual environments (Debian: apt install python3-venv)." in said


@pytest.mark.parametrize(
    ("target", "folder", "file"),
    [
        ("lint", ".venv", "dev"),
        ("docs-build", ".venv-docs", "docs"),
        ("test-spark", ".venv-spark", "dev"),
    ],
)
def test_an_index_that_cannot_be_reached_is_named(make: Make, target: str, folder: str, file: str) -> None:
    pip = 'echo "ERROR: no connection" >&2; exit 1'
    python = f"""case "$1" in
-m) mkdir -p "$3/bin"; printf '#!/bin/sh\\n%s\\n' '{pip}' > "$3/bin/python"; chmod +x "$3/bin/python" ;;
esac"""
    code, said = make(target, ready=False, python3=python)
    assert code == 2
    assert "ERROR: no connection" in said
    assert f"pip could not install requirements/{file}.txt; see above. If it cannot reach its package index" in said
    assert f"{folder}/bin/python -m pip config set global.index-url URL" in said


def test_help_begins_with_the_three_targets_that_matter(make: Make) -> None:
    code, said = make("help")
    assert code == 0
    assert [line.split()[0] for line in said.split("\n\n")[1].splitlines()[1:]] == ["demo", "test", "check"]


def test_help_names_every_target(make: Make, root: Path) -> None:
    makefile = (root / "Makefile").read_text("utf-8")
    targets = {line.split(":")[0] for line in makefile.splitlines() if line[:1].islower() and "## " in line}
    _, said = make("help")
    assert {line.split()[0] for line in said.splitlines() if line.startswith("  ")} == targets
