"""Only ``settings/loading.py`` reads the environment."""

import ast
from typing import Any

import pytest

READERS = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv", "expandvars"}


def environment_lines(tree: ast.Module) -> list[int]:
    """Return the lines that name the environment, however it was imported."""
    lines = []
    for node in ast.walk(tree):
        imported = isinstance(node, ast.ImportFrom) and any(alias.name in READERS for alias in node.names)
        if imported or (isinstance(node, ast.Attribute) and node.attr in READERS):
            lines.append(node.lineno)
    return sorted(lines)


def test_only_settings_reads_the_environment(modules: list[Any]) -> None:
    found = {module.path: environment_lines(module.tree) for module in modules}
    assert {path for path, lines in found.items() if lines} == {"settings/loading.py"}, "make it a setting instead"


@pytest.mark.parametrize(
    "text", ["import os\nos.environ['X']", "import os as o\no.getenv('X')", "\nfrom os import environ as e"]
)
def test_the_rule_can_fail(text: str) -> None:
    assert environment_lines(ast.parse(text)) == [2]
