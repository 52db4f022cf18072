"""Law 3: where somebody is from enters no score. No code of signals, links or campaigns names a column of it.

The other half of the law, that permuting those columns changes no campaign, is tested on whole scans.
"""

import ast
import re
from typing import Any

import pytest

ROOMS = ("signals/", "links/", "campaigns/")
ORIGIN = re.compile(
    r"(?<![a-z])(country|countries|nationality|language|locale|script|region|ethnicity|surname)(?![a-z])"
)


def origins(tree: ast.Module) -> list[tuple[int, str]]:
    """Return line and word of every name or text in code, docstrings left out, that speaks of origin."""
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    found = []
    for node in ast.walk(tree):
        if id(node) in prose:
            continue
        texts = [getattr(node, key, None) for key in ("id", "attr", "arg", "name", "module", "value")]
        for text in texts:
            if isinstance(text, str):
                found += [(getattr(node, "lineno", 0), word) for word in ORIGIN.findall(text.lower())]
    return sorted(set(found))


def test_no_code_of_the_detector_knows_where_somebody_is_from(modules: list[Any]) -> None:
    looked_at = [m for m in modules if m.path.startswith(ROOMS)]
    assert len(looked_at) > 25
    found = {m.path: origins(m.tree) for m in looked_at}
    assert not {path: words for path, words in found.items() if words}, "no score may use these words (line, word)"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('S = attribute("declared_country", F)', ["country"]),
        ("S = Signal(\"SELECT value FROM attributes WHERE name = 'country'\")", ["country"]),
        ("def weigh(rows): return rows.language", ["language"]),
        ("script_share = 1", ["script"]),
        ('"""Two accounts that share a language."""', []),
        ('x = "description of the transcript"', []),
    ],
)
def test_the_rule_can_fail(text: str, words: list[str]) -> None:
    assert [word for _, word in origins(ast.parse(text))] == words
