"""Every source file has its test file, and every test file beside a room has its source file."""

from pathlib import Path

import pytest

NOT_ROOMS = {"benchmarks", "contracts", "house", "journeys", "laws", "real", "served", "worlds"}
"""Folders of tests that look at more than one source file."""


def _tests_wanted(sources: set[str]) -> set[str]:
    wanted = set()
    for source in sources:
        path = Path(source)
        if path.name != "__init__.py":
            wanted.add(path.with_name(f"test_{path.name.lstrip('_')}").as_posix())
    return wanted


def unmatched(sources: set[str], tests: set[str]) -> tuple[set[str], set[str]]:
    """Return the test files that are missing and those that test nothing; both relative to their root."""
    wanted = _tests_wanted(sources)
    mirrored = {t for t in tests if Path(t).name.startswith("test_") and Path(t).parts[0] not in NOT_ROOMS}
    return wanted - mirrored, mirrored - wanted


def test_sources_and_tests_mirror_each_other(root: Path) -> None:
    package, tests = root / "src" / "stillwatch", root / "tests"
    sources = {p.relative_to(package).as_posix() for p in package.rglob("*.py")}
    missing, orphans = unmatched(sources, {p.relative_to(tests).as_posix() for p in tests.rglob("*.py")})
    assert not missing, f"missing: {sorted(missing)}"
    assert not orphans, f"nothing to test: {sorted(orphans)}"


@pytest.mark.parametrize(
    ("sources", "tests", "expected"),
    [
        ({"links/weigh.py", "links/__init__.py"}, {"links/test_weigh.py", "links/conftest.py"}, (set(), set())),
        ({"links/_shared.py"}, {"links/test_shared.py", "house/test_size.py"}, (set(), set())),
        ({"links/weigh.py"}, {"test_weigh.py"}, ({"links/test_weigh.py"}, {"test_weigh.py"})),
        ({"errors.py"}, set(), ({"test_errors.py"}, set())),
    ],
)
def test_the_rule_can_fail(sources: set[str], tests: set[str], expected: tuple[set[str], set[str]]) -> None:
    assert unmatched(sources, tests) == expected
