"""Links between documents lead to a file and a heading, code in documents parses, and the changelog is kept."""

import ast
import re
import textwrap
from pathlib import Path

import pytest

REPOSITORY = "https://github.com/stillwatch/stillwatch/"
"""Pages below docs/ name files outside docs/ by this address, because the documentation site has docs/ alone."""


def links_of(document: Path) -> list[str]:
    """Return the targets of a Markdown file's links and pictures, without those in code."""
    text = re.sub(r"^ *```.*?^ *```", "", document.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"`[^`\n]*`", "", text)
    return re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"^ *\[[^\]]+\]: (\S+)", text, re.MULTILINE)


def dead_links(document: Path, root: Path) -> list[str]:
    """Return the links of a Markdown file to a file or heading of the checkout at *root* that does not exist."""
    dead = []
    for link in links_of(document):
        name, _, heading = link.partition("#")
        target = document.parent / name if name else document
        if ours := re.match(rf"{REPOSITORY}(?:blob|tree)/main/(.*)", name):
            target = root / ours.group(1)
        elif re.match(r"[a-z]+:", link):
            continue
        if not target.exists() or (heading and heading not in headings(target)):
            dead.append(link)
    return dead


def links_out(document: Path, folder: Path) -> list[str]:
    """Return the relative links of a Markdown file that leave *folder*."""
    relative = [link.partition("#")[0] for link in links_of(document) if not re.match(r"[a-z]+:", link)]
    return [name for name in relative if not (document.parent / name).resolve().is_relative_to(folder.resolve())]


def headings(document: Path) -> set[str]:
    """Return the anchors of a document's headings."""
    found = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in found}


def _documents(root: Path) -> list[Path]:
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md")), *sorted((root / "tests").rglob("*.md"))]


def test_links_lead_somewhere(root: Path) -> None:
    dead = {str(d.relative_to(root)): links for d in _documents(root) if (links := dead_links(d, root))}
    assert not dead, "no such file, or no such heading in it: correct or delete the link"


def test_pages_of_the_site_link_within_the_site_or_by_full_address(root: Path) -> None:
    docs = root / "docs"
    out = {str(d.relative_to(root)): links for d in docs.rglob("*.md") if (links := links_out(d, docs))}
    assert not out, f"name files outside docs/ by their address: {REPOSITORY}blob/main/FILE"


def test_python_in_documents_parses(root: Path) -> None:
    for document in _documents(root):
        for block in re.findall(r"^ *```python\n(.*?)^ *```", document.read_text("utf-8"), re.MULTILINE | re.DOTALL):
            ast.parse(textwrap.dedent(block), filename=str(document))


def test_the_changelog_is_kept(root: Path) -> None:
    assert re.search(r"^## \[Unreleased\]$", (root / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE), (
        "keep ## [Unreleased]"
    )


def test_decisions_are_numbered_without_gaps(root: Path) -> None:
    numbers = [int(path.name[:4]) for path in sorted((root / "docs" / "adr").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1)), "number the ADRs from 1 without gaps"


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        ("[a](there.md) [b](there.md#its-heading) [c](https://example.org)", []),
        ("[a](nowhere.md)", ["nowhere.md"]),
        ("[b](there.md#other)", ["there.md#other"]),
        ("```text\n[a](nowhere.md)\n```", []),
        ("`[a](nowhere.md)`", []),
        ("![a](nowhere.png)", ["nowhere.png"]),
        ("[a]\n\n[a]: nowhere.md", ["nowhere.md"]),
        (f"[a]({REPOSITORY}blob/main/there.md#its-heading)", []),
        (f"[a]({REPOSITORY}blob/main/nowhere.md)", [f"{REPOSITORY}blob/main/nowhere.md"]),
    ],
)
def test_the_rule_can_fail(tmp_path: Path, text: str, dead: list[str]) -> None:
    (tmp_path / "there.md").write_text("# Its `heading`\n", "utf-8")
    (tmp_path / "here.md").write_text(text + "\n", "utf-8")
    assert dead_links(tmp_path / "here.md", tmp_path) == dead


def test_the_rule_on_links_out_can_fail(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    here = tmp_path / "docs" / "here.md"
    here.write_text("[a](../README.md#x) [b](there.md) [c](#here) [d](https://example.org)\n", "utf-8")
    assert links_out(here, tmp_path / "docs") == ["../README.md"]
