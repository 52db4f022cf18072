import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from stillwatch import plugins
from stillwatch.errors import ContractError, SettingsError

FILES = {
    "__init__.py": "",
    "zebra.py": "THING = 'z'",
    "ant.py": "THING = 'a'",
    "unrelated.py": "OTHER = 1",
    "_hidden.py": "THING = 'hidden'",
    "deeper/__init__.py": "THING = 'deeper'",
}


class _Entry:
    """Stands in for an installed entry point."""

    def __init__(self, name: str, loaded: object) -> None:
        self.name = name
        self.value = f"elsewhere.{name}"
        self.dist = None
        self._loaded = loaded

    def load(self) -> object:
        return self._loaded


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    for name, text in FILES.items():
        path = tmp_path / "room_of_things" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield __import__("room_of_things")
    for name in [n for n in sys.modules if n.startswith("room_of_things")]:
        del sys.modules[name]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def installed(*entries: _Entry) -> None:
        monkeypatch.setattr(plugins, "entry_points", lambda group: entries if group == "room_of_things" else ())

    return installed


def test_files_are_found_by_name_and_sorted(room: ModuleType) -> None:
    assert list(plugins.find(room, "THING", group=room.__name__).items()) == [("ant", "a"), ("zebra", "z")]


def test_an_installed_extension_joins_as_module_or_as_object(room: ModuleType, install: Callable[..., None]) -> None:
    module = ModuleType("elsewhere.middle")
    module.THING = "m"  # type: ignore[attr-defined]
    install(_Entry("middle", module), _Entry("last", "an object"))
    assert plugins.find(room, "THING", group=room.__name__) == {
        "ant": "a",
        "last": "an object",
        "middle": "m",
        "zebra": "z",
    }


@pytest.mark.parametrize("name", ["ant", "twice"])
def test_two_of_one_name_are_refused(room: ModuleType, install: Callable[..., None], name: str) -> None:
    install(_Entry(name, "x"), _Entry(name, "y"))
    with pytest.raises(ContractError, match=f"two extensions are named '{name}'") as error:
        plugins.find(room, "THING", group=room.__name__)
    assert "elsewhere" in error.value.where
    assert error.value.remedy


def test_a_package_that_is_not_installed_says_what_to_install() -> None:
    error = plugins.not_installed(ImportError(name="pyspark"), extra="spark", asked_by="engine.kind spark")
    assert isinstance(error, SettingsError)
    assert "pyspark" in error.sentence()
    assert error.where == "engine.kind spark"
    assert error.remedy == "Run: pip install 'stillwatch[spark]'"
    assert error.exit_code == 2


def test_a_module_of_ours_that_is_missing_is_a_defect() -> None:
    missing = ModuleNotFoundError(name="stillwatch.engine.nowhere")
    with pytest.raises(ModuleNotFoundError) as raised:
        plugins.not_installed(missing, extra="spark", asked_by="engine.kind")
    assert raised.value is missing
