"""Sensitive columns never reach a log line or an error message; ``tables.py`` says which they are."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest

from stillwatch.tables import TABLES
from stillwatch.tables.columns import Sensitivity

SENSITIVE = {
    column.name
    for table in TABLES
    for column in table.columns
    if column.sensitivity in {Sensitivity.PERSONAL, Sensitivity.CONTENT}
}
WORD = "value"
"""A column of ``attributes``, but also what any variable may be called: only ``row["value"]`` counts."""
LOGGERS = {"log", "logger", "logging", "structlog", "warnings", "notices"}
LOG_CALLS = {"debug", "info", "warning", "error", "exception", "critical", "log", "warn", "append", "msg", "bind"}


def _messages(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what is raised and what is logged."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            yield node.exc
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOG_CALLS:
            holder = node.func.value
            name = holder.attr if isinstance(holder, ast.Attribute) else getattr(holder, "id", "")
            if name.lstrip("_") in LOGGERS:
                yield node


def _named(node: ast.AST) -> str:
    """Return the column that an expression reads, as far as its spelling tells."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
        return str(node.args[0].value) if isinstance(node.args[0], ast.Constant) else ""
    return ""


def leaks(tree: ast.Module) -> list[tuple[int, str]]:
    """Return line and column of every message that is given a value called like a sensitive column."""
    found = []
    for message in _messages(tree):
        for node in ast.walk(message):
            name = _named(node)
            if name in SENSITIVE and (name != WORD or isinstance(node, ast.Subscript)):
                found.append((getattr(node, "lineno", 0), name))
    return sorted(set(found))


def test_the_columns_that_matter_are_known() -> None:
    assert {"account_id", "prompt", "system_prompt", "completion", "client_ip", "email", "user_agent"} <= SENSITIVE
    assert not {"model", "at", "status", "severity"} & SENSITIVE


def test_messages_carry_no_sensitive_column(modules: list[Any]) -> None:
    found = {module.path: leaks(module.tree) for module in modules}
    assert not {path: lines for path, lines in found.items() if lines}, "take these (line, column) out of the message"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("raise E(f'no such account {account_id}')", [(1, "account_id")]),
        ("raise E('bad: %s' % row['prompt']) from error", [(1, "prompt")]),
        ("raise E('bad: {}'.format(row.client_ip))", [(1, "client_ip")]),
        ("log.warning('odd', who=row.get('email'))", [(1, "email")]),
        ("self._log.info(f'{exchange.completion!r}')", [(1, "completion")]),
        ("notices.append(f'{client_ip} dominates')", [(1, "client_ip")]),
        ("raise E(f'row {position} of {source}: prompt is no text')", []),
        ("rows.append(account_id)", []),
        ("raise E(row['value'])", [(1, "value")]),
        ("raise E(f'entry point {entry.value}')", []),
    ],
)
def test_the_rule_can_fail(text: str, expected: list[tuple[int, str]]) -> None:
    assert leaks(ast.parse(text)) == expected
