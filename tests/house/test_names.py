"""Files are named for the thing in them, and words for people stay neutral."""

import re
from pathlib import Path
from typing import Any

import pytest

NO_NAMES = re.compile(r"_?(utils?|helpers?|common|misc|base|managers?)")
NO_WORDS = re.compile(r"attacker|fraudster|criminal", re.IGNORECASE)


def is_nameless(path: str) -> bool:
    """Return whether a file or folder of *path* is called like a drawer."""
    return any(NO_NAMES.fullmatch(Path(part).stem) for part in Path(path).parts)


def test_no_file_is_a_drawer(modules: list[Any], root: Path) -> None:
    tests = [p.relative_to(root).as_posix().replace("test_", "") for p in (root / "tests").rglob("*.py")]
    assert not [path for path in [*(m.path for m in modules), *tests] if is_nameless(path)]


def test_code_does_not_judge_people(modules: list[Any]) -> None:
    found = {m.path: NO_WORDS.findall(m.text) for m in modules if NO_WORDS.search(m.text)}
    assert not found, "that is a conclusion, and belongs in a judgement"


@pytest.mark.parametrize(
    ("path", "nameless"),
    [
        ("links/utils.py", True),
        ("common/links.py", True),
        ("links/_helpers.py", True),
        ("base.py", True),
        ("links/baseline.py", False),
        ("ingest/database.py", False),
    ],
)
def test_the_rule_can_fail(path: str, nameless: bool) -> None:
    assert is_nameless(path) is nameless
