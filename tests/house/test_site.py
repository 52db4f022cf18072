"""The check of the built documentation site finds dead links and files from other hosts; every page is in the site."""

import importlib.util
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope="module")
def check_site(root: Path) -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("check_site", root / "docs" / "check_site.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_site"] = module  # where its dataclass looks for its own module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["check_site"]


@pytest.fixture(scope="module")
def configuration(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "zensical.toml").read_text("utf-8"))["project"]


def listed(nav: list[Any] | dict[str, Any] | str) -> Iterator[str]:
    """Yield the pages and folders of a navigation."""
    if isinstance(nav, str):
        yield nav
    else:
        for entry in nav.values() if isinstance(nav, dict) else nav:
            yield from listed(entry)


def test_every_page_stands_in_the_navigation_once(root: Path, configuration: dict[str, Any]) -> None:
    docs = root / "docs"
    entries = list(listed(configuration["nav"]))
    pages = [
        page
        for e in entries
        for page in ([e] if e.endswith(".md") else [f"{e}{p.name}" for p in (docs / e).glob("*.md")])
    ]
    written = [path.relative_to(docs).as_posix() for path in docs.rglob("*.md")]
    differing = sorted(set(pages) ^ set(written))
    assert sorted(pages) == sorted(written), f"make nav of zensical.toml list each page once; look at {differing}"


def test_the_navigation_has_its_six_parts(configuration: dict[str, Any]) -> None:
    assert [name for part in configuration["nav"] for name in part] == [
        "Home",
        "Tour",
        "How-to",
        "Reference",
        "Why",
        "ADRs",
    ]


def test_the_site_asks_no_other_host(configuration: dict[str, Any]) -> None:
    assert configuration["theme"]["font"] is False
    assert "repo_url" not in configuration
    assert not any("://" in path for key in ("extra_css", "extra_javascript") for path in configuration.get(key, []))


GOOD = {
    "index.html": '<a href="other/">o</a> <a href="other/#there">t</a> <a href="#here">h</a> <i id="here"></i>'
    '<a href="https://example.org/x">e</a> <img src="a.png"> <link rel="stylesheet" href="a.css">'
    '<link rel="canonical" href="https://example.org/"> <img src="data:image/png;base64,AA">',
    "other/index.html": '<h1 id="there"></h1><a href="../">up</a><script src="../a.js"></script>',
    "a.png": "", "a.css": "", "a.js": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (None, []),
        ('<a href="nowhere/">n</a>', ["links to nowhere/, which is not in the site"]),
        ('<a href="other/#nothing">n</a>', ["links to other/#nothing, and the page has no such anchor"]),
        ('<a href="#nothing">n</a>', ["links to #nothing, and the page has no such anchor"]),
        ('<img src="b.png">', ["loads b.png, which is not in the site"]),
        ('<script src="https://cdn.example/x.js"></script>', ["loads https://cdn.example/x.js from another host"]),
        ('<script src="//cdn.example/x.js"></script>', ["loads //cdn.example/x.js from another host"]),
        (
            '<link rel="preconnect" href="https://fonts.example">',
            ["loads https://fonts.example from another host"],
        ),
    ],
)
def test_the_check_can_fail(check_site: ModuleType, tmp_path: Path, page: str | None, found: list[str]) -> None:
    for name, text in GOOD.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    if page is not None:
        (tmp_path / "page.html").write_text(page, "utf-8")
    assert check_site.problems(tmp_path) == [f"page.html {problem}" for problem in found]


def test_a_site_without_pages_is_a_problem(check_site: ModuleType, tmp_path: Path) -> None:
    assert check_site.problems(tmp_path) == [f"{tmp_path.name} has no pages"]
