"""What every house test looks at: the checkout, and its modules as syntax trees."""

import ast
import importlib.util
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "stillwatch"
LEFT_BEHIND = re.compile(r"\.(?!ci$|github$|gitignore$|pre-commit-config\.yaml$).*|demo|bench|dist|build|__pycache__")
"""Without git: folders that tools make, most of them hidden."""


@dataclass(frozen=True)
class Source:
    """One module: where it is (relative to the package), its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def modules() -> list[Source]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text("utf-8")
        found.append(Source(path.relative_to(PACKAGE).as_posix(), text, ast.parse(text)))
    assert len(found) > 50
    return found


@pytest.fixture(scope="session")
def files() -> list[Path]:
    """Return the files of the checkout that git does not ignore; without git, all but what tools leave behind."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0 and done.stdout:
        listed = [ROOT / name for name in done.stdout.split("\0") if name]
    else:
        parts = {path: path.relative_to(ROOT).parts for path in ROOT.rglob("*")}
        listed = [path for path, names in parts.items() if not any(map(LEFT_BEHIND.fullmatch, names))]
    return sorted(path for path in listed if path.is_file())


@pytest.fixture(scope="session")
def reference() -> ModuleType:
    """Return the script that writes the reference pages, as a module."""
    spec = importlib.util.spec_from_file_location("reference_pages", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
