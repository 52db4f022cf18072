"""``__all__`` is sorted, names what exists, and covers what other modules take."""

import ast
import importlib
from typing import Any

import pytest


def exported(tree: ast.Module) -> list[str] | None:
    """Return the names in ``__all__``, or None where a module has none."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and [ast.unparse(t) for t in node.targets] == ["__all__"]:
            return list(ast.literal_eval(node.value))
    return None


def in_order(names: list[str]) -> list[str]:
    """Return *names* as they are sorted here: constants, then classes, then functions."""
    return sorted(set(names), key=lambda name: (not name.isupper(), not name[:1].isupper(), name))


def _module_name(path: str) -> str:
    parts = ["stillwatch", *path.removesuffix(".py").split("/")]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_lists_are_sorted_and_true(modules: list[Any]) -> None:
    for module in modules:
        names = exported(module.tree)
        if names is None:
            continue
        assert names == in_order(names), f"{module.path}: sort __all__: constants, classes, functions"
        assert not set(names) - _offered(module), f"{module.path}: take out of __all__ what the module does not have"


def _offered(module: Any) -> set[str]:
    """Return the names that *module* has; as they are written where it needs a package of an extra that is missing."""
    try:
        return set(dir(importlib.import_module(_module_name(module.path))))
    except ModuleNotFoundError as error:
        if not module.path.startswith("engine/spark/") or error.name not in {"pyspark", "py4j"}:
            raise
        imports = (node for node in module.tree.body if isinstance(node, ast.ImportFrom))
        taken = {alias.name for node in imports for alias in node.names}
        return (
            taken
            | {n.name for n in module.tree.body if isinstance(n, ast.ClassDef | ast.FunctionDef)}
            | {ast.unparse(node.target) for node in module.tree.body if isinstance(node, ast.AnnAssign)}
        )


def test_what_other_modules_take_is_exported(modules: list[Any]) -> None:
    lists = {_module_name(m.path): exported(m.tree) for m in modules}
    hidden = set()
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and lists.get(node.module or "") is not None:
                taken = {alias.name for alias in node.names if f"{node.module}.{alias.name}" not in lists}
                hidden |= {f"{node.module}.{name}" for name in taken - set(lists[node.module or ""] or ())}
    assert not hidden, "add each name to __all__ of its module, or do not import it from another"


def test_rooms_say_what_they_offer(modules: list[Any]) -> None:
    rooms = [m for m in modules if m.path.count("/") == 1 and m.path.endswith("/__init__.py")]
    assert len(rooms) >= 8
    # A ground floor offers its modules one by one: its door has a docstring and imports nothing.
    doors = [m for m in rooms if any(isinstance(node, ast.Import | ast.ImportFrom) for node in m.tree.body)]
    assert len(doors) >= 8
    assert not [m.path for m in doors if exported(m.tree) is None], "give each room an __all__"


@pytest.mark.parametrize(
    ("names", "expected"),
    [(["find", "Signal", "A_B"], ["A_B", "Signal", "find"]), (["b", "a", "b"], ["a", "b"])],
)
def test_the_rule_can_fail(names: list[str], expected: list[str]) -> None:
    assert in_order(names) == expected
