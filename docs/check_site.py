# ruff: noqa: INP001 - a script, not a package
"""Checks the built site: every internal link and anchor exists, and no page loads a file from another host.

    python docs/check_site.py build/site

Zensical checks the links of the Markdown sources. This script checks the pages as a browser gets them, with the links
that the theme adds. It needs the standard library alone. Exit code 1 means that something is wrong.
"""

import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = ["Page", "problems"]

LOADED = {"script": "src", "img": "src", "source": "src", "iframe": "src", "video": "src", "audio": "src"}
"""Attribute of the elements that make a browser fetch a file."""
FETCHING_RELS = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "dns-prefetch", "modulepreload", "manifest"}
"""Values of a link element's ``rel`` that make a browser fetch a file or open a connection."""


@dataclass
class Page(HTMLParser):
    """The anchors, links and loaded files of one HTML page."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what one element points to and is pointed at by."""
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag == "link" and FETCHING_RELS & set(values.get("rel", "").split()):
            self.loads.append(values.get("href", ""))
        if tag in LOADED and LOADED[tag] in values:
            self.loads.append(values[LOADED[tag]])


def _read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text("utf-8"))
    return page


def _target(site: Path, page: Path, link: str) -> Path:
    path = unquote(urlsplit(link).path)
    target = (site / path.lstrip("/") if path.startswith("/") else page.parent / path) if path else page
    return (target / "index.html" if path.endswith("/") or target.is_dir() else target).resolve()


def problems(site: Path) -> list[str]:
    """Return what is wrong with the HTML pages below *site*, one sentence each."""
    site = site.resolve()
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    if not pages:
        return [f"{site.name} has no pages"]
    found = []
    for path, page in pages.items():
        name = path.relative_to(site)
        for load in page.loads:
            parts = urlsplit(load)
            if parts.scheme not in {"", "data"} or parts.netloc:
                found.append(f"{name} loads {load} from another host")
            elif not parts.scheme and not _target(site, path, load).is_file():
                found.append(f"{name} loads {load}, which is not in the site")
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = _target(site, path, link)
            if not target.is_file():
                found.append(f"{name} links to {link}, which is not in the site")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                found.append(f"{name} links to {link}, and the page has no such anchor")
    return found


def main() -> int:
    """Print the problems of the site that the command line names."""
    found = problems(Path(sys.argv[1]))
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
