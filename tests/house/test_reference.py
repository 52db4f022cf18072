"""Every setting, table, column, signal, error, command, format and capability stands in the reference, as it is now."""

import inspect
from pathlib import Path
from types import ModuleType

import pytest

from stillwatch import errors, ingest, signals
from stillwatch.model import CAPABILITIES
from stillwatch.settings import SignalSettings, explain
from stillwatch.tables import TABLES


def _wanted(reference: ModuleType) -> dict[str, list[str]]:
    return {
        "tables.md": [f"## `{t.name}`" for t in TABLES] + [f"| `{c.name}` |" for t in TABLES for c in t.columns],
        "settings.md": [f"| `{v.name}` |" for v in explain(environment={})]
        + [f"| `signals.NAME.{name}` |" for name in SignalSettings.model_fields],
        "signals.md": [f"## `{name}`" for name in signals.load()],
        "errors.md": [
            f"| `{n}` |"
            for n, kind in inspect.getmembers(errors, inspect.isclass)
            if kind.__module__ == errors.__name__
        ],
        "commands.md": [f"## `{name}`" for name, _ in reference.commands()],
        "formats.md": [f"`{name}`" for name in ingest.known_formats()],
        "capabilities.md": [capability.name for capability in CAPABILITIES],
    }


@pytest.mark.parametrize(
    "page",
    ["tables.md", "settings.md", "signals.md", "errors.md", "commands.md", "formats.md", "capabilities.md"],
)
def test_everything_stands_in_its_page(root: Path, reference: ModuleType, page: str) -> None:
    text = (root / "docs" / "reference" / page).read_text("utf-8")
    missing = [entry for entry in _wanted(reference)[page] if entry not in text]
    by_hand = f"describe each by hand in docs/reference/{page}; `make docs` does not write it"
    assert not missing, "run `make docs`" if page in reference.PAGES else by_hand


def test_generated_pages_are_current(reference: ModuleType) -> None:
    assert reference.stale() == [], "run `make docs`"


def test_the_rule_can_fail(reference: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    assert reference.stale() == list(reference.PAGES)
    reference.write()
    assert reference.stale() == []
    page = tmp_path / "settings.md"
    page.write_text(page.read_text("utf-8").replace("| `5` | accounts |", "| `6` | accounts |", 1), "utf-8")
    assert reference.stale() == ["settings.md"]
