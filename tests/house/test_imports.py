"""No import inside a function; ``commands/rooms.py`` alone loads rooms when a command needs them."""

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
    allowed = {"commands/rooms.py", "plugins.py"}  # what commands load, and what finds extensions
    hidden = {m.path: hidden_imports(m.tree) for m in modules if m.path not in allowed}
    assert not {path: lines for path, lines in hidden.items() if lines}


def imported(tree: ast.Module) -> set[str]:
    """Return the modules that a file imports, by their full names."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return names


def test_spark_is_imported_in_one_file_which_nothing_imports(modules: list[Any]) -> None:
    """The package works without it; ``plugins.optional`` loads the file when a setting asks for it."""
    found = {module.path: imported(module.tree) for module in modules}
    assert {p for p, names in found.items() if {n.split(".")[0] for n in names} & {"pyspark", "py4j"}} == {
        "engine/spark.py"
    }
    assert {p for p, names in found.items() if "sqlglot" in names} == {"engine/dialect.py"}
    assert not [path for path, names in found.items() if "stillwatch.engine.spark" in names]
    assert [p for p, names in found.items() if "stillwatch.engine.dialect" in names] == ["engine/spark.py"]


def test_commands_import_no_room(modules: list[Any]) -> None:
    """What a command needs is loaded when it runs, so that ``--help`` is there at once."""
    light = {"stillwatch", "stillwatch.commands", "stillwatch.errors", "stillwatch.model", "stillwatch.runs.stages"}
    for module in modules:
        if module.path == "cli.py" or module.path.startswith("commands/"):
            froms = {str(n.module) for n in ast.walk(module.tree) if isinstance(n, ast.ImportFrom)}
            ours = {name for name in froms if name.split(".")[0] == "stillwatch"}
            assert {name for name in ours if not name.startswith("stillwatch.commands.")} <= light, module.path


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
