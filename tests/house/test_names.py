"""Files are named for the thing in them, classes have one name each, and words for people stay neutral."""

import ast
import re
from collections import defaultdict
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
    assert not [path for path in [*(m.path for m in modules), *tests] if is_nameless(path)], (
        "no utils, helpers, common, misc, base or manager: name each file for what is in it"
    )


def test_code_does_not_judge_people(modules: list[Any]) -> None:
    found = {m.path: NO_WORDS.findall(m.text) for m in modules if NO_WORDS.search(m.text)}
    assert not found, "that is a conclusion, and belongs in a judgement"


def names_given_twice(classes: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the class names that stand in several files; *classes* are pairs of a name and its file."""
    places: dict[str, list[str]] = defaultdict(list)
    for name, path in classes:
        places[name].append(path)
    return {name: paths for name, paths in places.items() if len(paths) > 1}


def test_class_names_are_unique(modules: list[Any]) -> None:
    found = [(node.name, m.path) for m in modules for node in m.tree.body if isinstance(node, ast.ClassDef)]
    assert not names_given_twice(found), "give one class of each name another name"


def test_a_name_given_twice_is_found() -> None:
    assert names_given_twice([("A", "x.py"), ("B", "x.py"), ("A", "y.py")]) == {"A": ["x.py", "y.py"]}


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
