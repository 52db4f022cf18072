"""Links between documents lead somewhere, code in them parses, and the changelog has its Unreleased heading."""

import ast
import re
import textwrap
from pathlib import Path

import pytest


def dead_links(document: Path) -> list[str]:
    """Return the relative links of a Markdown file that lead nowhere, headings of the target included."""
    dead = []
    prose = re.sub(r"^ *```.*?^ *```", "", document.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, heading = link.partition("#")
        target = document.parent / name if name else document
        if not target.exists() or (heading and heading not in headings(target)):
            dead.append(link)
    return dead


def headings(document: Path) -> set[str]:
    """Return the anchors of a document's headings."""
    found = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in found}


def _documents(root: Path) -> list[Path]:
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md")), *sorted((root / "tests").rglob("*.md"))]


def test_links_lead_somewhere(root: Path) -> None:
    dead = {str(d.relative_to(root)): links for d in _documents(root) if (links := dead_links(d))}
    assert not dead


def test_python_in_documents_parses(root: Path) -> None:
    for document in _documents(root):
        for block in re.findall(r"^ *```python\n(.*?)^ *```", document.read_text("utf-8"), re.MULTILINE | re.DOTALL):
            ast.parse(textwrap.dedent(block), filename=str(document))


def test_the_changelog_is_kept(root: Path) -> None:
    assert re.search(r"^## \[Unreleased\]$", (root / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def test_decisions_are_numbered_without_gaps(root: Path) -> None:
    numbers = [int(path.name[:4]) for path in sorted((root / "docs" / "adr").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        ("[a](there.md) [b](there.md#its-heading) [c](https://example.org)", []),
        ("[a](nowhere.md)", ["nowhere.md"]),
        ("[b](there.md#other)", ["there.md#other"]),
        ("```text\n[a](nowhere.md)\n```", []),
    ],
)
def test_the_rule_can_fail(tmp_path: Path, text: str, dead: list[str]) -> None:
    (tmp_path / "there.md").write_text("# Its `heading`\n", "utf-8")
    (tmp_path / "here.md").write_text(text + "\n", "utf-8")
    assert dead_links(tmp_path / "here.md") == dead
