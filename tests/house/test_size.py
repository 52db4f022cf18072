"""No module over 500 lines, no function over 60."""

import ast
import statistics
from typing import Any

MOST_MODULE, MOST_FUNCTION = 500, 60


def long_functions(tree: ast.Module) -> list[tuple[str, int]]:
    """Return name and lines of the functions that are too long; decorators and docstring count."""
    return [(name, lines) for name, lines in function_lines(tree) if lines > MOST_FUNCTION]


def function_lines(tree: ast.Module) -> list[tuple[str, int]]:
    """Return name and number of lines of every function and method."""
    return [
        (node.name, (node.end_lineno or 0) - min([node.lineno, *(d.lineno for d in node.decorator_list)]) + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_modules_fit(modules: list[Any], record_property: Any) -> None:
    sizes = {module.path: module.text.count("\n") for module in modules}
    record_property("median_module", statistics.median(sizes.values()))
    assert not {path: n for path, n in sizes.items() if n > MOST_MODULE}


def test_functions_fit_a_screen(modules: list[Any]) -> None:
    long = {f"{module.path}:{name}": n for module in modules for name, n in long_functions(module.tree)}
    assert not long


def test_the_rule_can_fail() -> None:
    body = "    x = 1\n"
    assert long_functions(ast.parse("@a\n@b\ndef f():\n" + 57 * body)) == []
    assert long_functions(ast.parse("@a\n@b\ndef f():\n" + 58 * body)) == [("f", 61)]
    assert long_functions(ast.parse("class C:\n  async def g(self):\n" + 60 * body)) == [("g", 61)]
