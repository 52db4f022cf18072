"""No file names a package registry's host or a path of one machine; requirement files are pinned by version and hash."""

import re
from pathlib import Path

import pytest

HOSTS = ["pypi." + "org", "python" + "hosted.org", "registry.npmjs." + "org", "crates" + ".io", "deb.debian." + "org"]
PATHS = ["/wor" + "k/", "/tmp/" + "w/", "/roo" + "t/"]
FORBIDDEN = re.compile("|".join(re.escape(text) for text in [*HOSTS, *PATHS]))

ENTRIES = {
    "base": 20,
    "dev": 20,
    "docs": 8,
    "s3": 20,
    "gcs": 20,
    "azure": 20,
    "spark": 20,
    "gateway": 20,
    "exporters": 20,
    "litellm": 20,
    "peers": 20,
}
"""Requirement files, each with a number of entries that it surely has more of."""


def addresses(text: str) -> list[str]:
    """Return what *text* should not name."""
    return FORBIDDEN.findall(text)


def test_no_file_names_a_registry_or_a_machine(files: list[Path], root: Path) -> None:
    found = {
        str(path.relative_to(root)): sorted(set(hits))
        for path in files
        if path.suffix not in {".png", ".parquet"} and (hits := addresses(path.read_text("utf-8", errors="replace")))
    }
    assert not found, "take these hosts and paths out of the files"


def test_every_requirement_file_is_looked_at(root: Path) -> None:
    assert {path.stem for path in (root / "requirements").glob("*.txt")} == set(ENTRIES), "add the file to ENTRIES here"


@pytest.mark.parametrize("name", ENTRIES)
def test_requirements_are_pinned_and_hashed(root: Path, name: str) -> None:
    text = (root / "requirements" / f"{name}.txt").read_text("utf-8")
    assert "://" not in text
    assert not re.findall(r"^-", text, re.MULTILINE)
    entries = re.split(r"^(?=[A-Za-z0-9])", re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE), flags=re.MULTILINE)[1:]
    assert len(entries) > ENTRIES[name]
    assert not [e.splitlines()[0] for e in entries if "==" not in e or "--hash=sha256:" not in e]


def test_what_is_required_is_locked(root: Path) -> None:
    project = (root / "pyproject.toml").read_text("utf-8")
    wanted = set(
        re.findall(r'^  "([a-z0-9-]+)', project.split("dependencies = [", 1)[1].split("]", 1)[0], re.MULTILINE)
    )
    assert len(wanted) > 10
    for name in ("base", "dev", "s3", "gcs", "azure", "spark"):
        locked = set(
            re.findall(r"^([a-z0-9-]+)==", (root / "requirements" / f"{name}.txt").read_text("utf-8"), re.MULTILINE)
        )
        assert wanted <= locked, name


def test_the_site_generator_is_pinned_exactly(root: Path) -> None:
    project = (root / "pyproject.toml").read_text("utf-8")
    (wanted,) = re.findall(r'^docs = \["(zensical==[0-9.]+)"\]$', project, re.MULTILINE)
    assert f"\n{wanted} \\\n" in (root / "requirements" / "docs.txt").read_text("utf-8")


def test_the_rule_can_fail() -> None:
    assert addresses("--index-url https://" + HOSTS[0] + "/simple") == [HOSTS[0]]
    assert addresses("see " + PATHS[0] + "main") == [PATHS[0]]
    assert addresses("framework/main, https://example.org") == []
