"""No import inside a function, and no module of ours named by a string; two files may wait with an import."""

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
    # What a command needs, an optional package, and the extensions of a room.
    allowed = {"commands/table.py", "runs/engine_choice.py", "plugins.py"}
    hidden = {m.path: hidden_imports(m.tree) for m in modules if m.path not in allowed}
    assert not {path: lines for path, lines in hidden.items() if lines}, (
        "move the imports of these lines to the top of the file"
    )


def imported(tree: ast.Module) -> set[str]:
    """Return the modules that a file imports, by their full names."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return names


def test_spark_is_imported_in_one_floor_which_one_file_opens(modules: list[Any]) -> None:
    """The package works without it; ``runs.engine_choice`` loads the floor when a setting asks for it."""
    found = {module.path: imported(module.tree) for module in modules}
    spark = {p for p, names in found.items() if {n.split(".")[0] for n in names} & {"pyspark", "py4j"}}
    assert spark
    assert {path for path in spark if not path.startswith("engine/spark/")} == set()
    assert {p for p, names in found.items() if "sqlglot" in names} == {"engine/dialect.py"}
    outside = {p for p, names in found.items() if "stillwatch.engine.spark" in names and "engine/spark/" not in p}
    assert outside == {"runs/engine_choice.py"}
    assert [p for p, names in found.items() if "stillwatch.engine.dialect" in names] == ["engine/spark/engine.py"]


def named_modules(tree: ast.Module, known: set[str]) -> list[str]:
    """Return the modules of ours that a file names in a string, where neither mypy nor import-linter sees them."""
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return sorted(text for text in texts if text in known)


def test_no_module_is_named_by_a_string(modules: list[Any]) -> None:
    known = {"stillwatch." + m.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for m in modules}
    # Files of a package are found by its name, and two groups of entry points have the name of their room.
    packages = {"stillwatch.lab.texts", "stillwatch.report", "stillwatch.console", "stillwatch.features"}
    packages |= {"stillwatch.ingest", "stillwatch.signals"}
    found = {m.path: [n for n in named_modules(m.tree, known) if n not in packages] for m in modules}
    assert not {path: names for path, names in found.items() if names}, "import the module, or reword the text"


def test_the_table_of_commands_alone_is_read_for_help(modules: list[Any]) -> None:
    """``--help`` has to be there at once, so what it reads imports nothing but the errors at its top."""
    light = {"stillwatch", "stillwatch.errors", "stillwatch.temporary"}
    light |= {f"stillwatch.commands.{name}" for name in ("entry.lazy", "entry.plain_text", "entry.process", "table")}
    for module in modules:
        if module.path in {
            "cli.py",
            "commands/__init__.py",
            "commands/entry/__init__.py",
            "commands/entry/lazy.py",
            "commands/entry/plain_text.py",
            "commands/entry/process.py",
            "commands/table.py",
        }:
            froms = {str(node.module) for node in module.tree.body if isinstance(node, ast.ImportFrom)}
            plain = {a.name for node in module.tree.body if isinstance(node, ast.Import) for a in node.names}
            ours = {name for name in froms | plain if name.split(".")[0] == "stillwatch"}
            assert ours <= light, f"{module.path}: import inside a function of commands/table.py"


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


def test_a_module_in_a_string_is_found() -> None:
    tree = ast.parse("load('stillwatch.cases'); print('stillwatch case list')")
    assert named_modules(tree, {"stillwatch.cases", "stillwatch.lab"}) == ["stillwatch.cases"]
