"""No import inside a function; ``cli.py`` alone loads rooms when a command needs them, in one place."""

import ast
from typing import Any

import pytest


def hidden_imports(tree: ast.Module) -> list[int]:
    """Return the lines of imports, written or by ``importlib``, that run inside a function."""
    lines = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for node in ast.walk(function):
                called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
                if isinstance(node, ast.Import | ast.ImportFrom) or called in {"__import__", "importlib.import_module"}:
                    lines.add(node.lineno)  # type: ignore[attr-defined]
    return sorted(lines)


def test_imports_stand_at_the_top(modules: list[Any]) -> None:
    allowed = {"cli.py", "plugins.py"}  # the commands, and the one that finds extensions
    hidden = {m.path: hidden_imports(m.tree) for m in modules if m.path not in allowed}
    assert not {path: lines for path, lines in hidden.items() if lines}


def test_the_commands_load_rooms_in_one_place(modules: list[Any]) -> None:
    (cli,) = [module for module in modules if module.path == "cli.py"]
    written = [n for n in ast.walk(cli.tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    assert all(node in cli.tree.body for node in written), "use the function that loads rooms"
    rooms = [line for line in cli.text.splitlines() if "import_module" in line and "stillwatch" in line]
    assert len(rooms) <= 1


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("import os\nif True:\n    import sys", []),
        ("def f():\n    import os", [2]),
        ("class C:\n    async def f(self):\n        from os import path", [3]),
        ("def f():\n    return importlib.import_module('os')", [2]),
        ("x = lambda: __import__('os')", [1]),
    ],
)
def test_the_rule_can_fail(text: str, lines: list[int]) -> None:
    assert hidden_imports(ast.parse(text)) == lines
