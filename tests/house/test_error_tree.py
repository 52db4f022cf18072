"""The tree drawn in the docstring of ``errors.py`` is the real one."""

import inspect
import re

from stillwatch import errors

_LINE = re.compile(r"^(?P<indent>[│├└─ ]*)(?P<name>\w+Error)\b")


def drawn_tree(text: str) -> dict[str, str]:
    """Return child → parent of the tree in *text*; the root has the parent ``Exception``."""
    parents: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in text.splitlines():
        match = _LINE.match(line)
        if not match:
            continue
        depth = len(match["indent"])
        while above and above[-1][0] >= depth:
            above.pop()
        parents[match["name"]] = above[-1][1] if above else "Exception"
        above.append((depth, match["name"]))
    return parents


def test_the_drawing_is_the_real_tree() -> None:
    real = {
        name: kind.__bases__[0].__name__
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if kind.__module__ == errors.__name__
    }
    assert drawn_tree(errors.__doc__ or "") == real, "correct the tree in the docstring of errors.py"


def test_only_errors_py_defines_errors(modules: list) -> None:
    outside = [
        f"{module.path}:{line}"
        for module in modules
        if module.path != "errors.py"
        for line in re.findall(r"^class (\w+(?:Error|Exception)\b.*)", module.text, re.MULTILINE)
    ]
    assert not outside, "move these classes to errors.py"


def test_the_rule_can_fail() -> None:
    text = "AError\n├── BError   x\n│   └── CError\n└── DError"
    assert drawn_tree(text) == {"AError": "Exception", "BError": "AError", "CError": "BError", "DError": "AError"}
    assert drawn_tree(text.replace("│   └── CError", "├── CError"))["CError"] == "AError"
