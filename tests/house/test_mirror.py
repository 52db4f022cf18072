"""Every source file has its test file, and every test file beside a room has its source file."""

import ast
from pathlib import Path
from typing import Any

import pytest

NOT_ROOMS = {"benchmarks", "contracts", "exporters", "house", "journeys", "laws", "real", "served", "wheel", "worlds"}
"""Folders of tests that look at more than one source file."""


def _test_of(source: str) -> str:
    path = Path(source)
    return path.with_name(f"test_{path.name.lstrip('_')}").as_posix()


def unmatched(sources: dict[str, bool], tests: set[str]) -> tuple[set[str], set[str]]:
    """Return the test files that are missing and those that test nothing; both relative to their root.

    *sources* says of each file whether it has a function. A file that only declares, such as a table, is tested by the
    contract suite of its kind.
    """
    files = {source: has for source, has in sources.items() if Path(source).name != "__init__.py"}
    mirrored = {t for t in tests if Path(t).name.startswith("test_") and Path(t).parts[0] not in NOT_ROOMS}
    return {_test_of(s) for s, has in files.items() if has} - mirrored, mirrored - {_test_of(s) for s in files}


def has_function(tree: ast.Module) -> bool:
    """Return whether a module defines a function or a method."""
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree))


def test_sources_and_tests_mirror_each_other(root: Path, modules: list[Any]) -> None:
    tests = root / "tests"
    # A signal or a migration declares, and each is special enough to have a test of its own.
    sources = {m.path: has_function(m.tree) or m.path.startswith("signals/") for m in modules}
    missing, orphans = unmatched(sources, {p.relative_to(tests).as_posix() for p in tests.rglob("*.py")})
    assert not missing, f"write these test files below tests/: {sorted(missing)}"
    assert not orphans, f"move or delete these files of tests/, which mirror no source file: {sorted(orphans)}"


@pytest.mark.parametrize(
    ("sources", "tests", "expected"),
    [
        ({"l/weigh.py": True, "l/__init__.py": True}, {"l/test_weigh.py", "l/conftest.py"}, (set(), set())),
        ({"links/_shared.py": True}, {"links/test_shared.py", "house/test_size.py"}, (set(), set())),
        ({"links/weigh.py": True}, {"test_weigh.py"}, ({"links/test_weigh.py"}, {"test_weigh.py"})),
        ({"errors.py": True}, set(), ({"test_errors.py"}, set())),
        ({"tables/links.py": False}, set(), (set(), set())),
        ({"tables/links.py": False}, {"tables/test_links.py"}, (set(), set())),
    ],
)
def test_the_rule_can_fail(sources: dict[str, bool], tests: set[str], expected: tuple[set[str], set[str]]) -> None:
    assert unmatched(sources, tests) == expected
