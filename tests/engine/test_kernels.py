"""Where the code of kernels is kept, for users who have no place of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from numba import config

from stillwatch.engine import kernels

CODE = """if True:
    import json, sys
    from stillwatch.engine import kernels
    from stillwatch.features import words
    folder, lasts = kernels.cache_folder()
    print(json.dumps([str(folder), lasts, str(words.mix.stats.cache_path)]))
"""
NOWHERE = {"NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator"}
"""As for a service account: neither the source's folder nor one of the user can be written."""


def _ran(code: str = CODE, **environment: str) -> list[object]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=kept | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return list(json.loads(done.stdout))


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the module look for a folder anew, and put back what it chose."""
    monkeypatch.setattr(config, "CACHE_DIR", "")
    monkeypatch.setattr(kernels, "_found", set())
    kernels._fallback.cache_clear()
    yield
    kernels._fallback.cache_clear()


def test_a_user_without_a_place_gets_one_that_lasts_and_is_its_own(tmp_path: Path) -> None:
    first = _ran(**NOWHERE, TMPDIR=str(tmp_path))
    folder = tmp_path / f"stillwatch-kernels-{os.geteuid()}"
    assert str(first[0]).startswith(str(folder))
    assert first[1] is False
    assert first[2] == first[0]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert _ran(**NOWHERE, TMPDIR=str(tmp_path)) == first


def test_a_place_that_the_user_names_is_taken(tmp_path: Path) -> None:
    found, lasts, _ = _ran(NUMBA_CACHE_DIR=str(tmp_path / "mine"))
    assert str(found).startswith(str(tmp_path / "mine"))
    assert lasts is True


@pytest.mark.parametrize("how", ["link", "open", "file"])
def test_a_folder_of_somebody_else_is_not_trusted(tmp_path: Path, how: str, forgotten: None) -> None:
    """Whoever can write it could have this user run what it holds."""
    folder = tmp_path / f"stillwatch-kernels-{os.geteuid()}"
    if how == "link":
        (tmp_path / "theirs").mkdir()
        folder.symlink_to(tmp_path / "theirs")
    elif how == "open":
        folder.mkdir()
        folder.chmod(0o777)
    else:
        folder.write_text("x")
    code = CODE + "    sys.stdout.flush()\n"
    found, _, _ = _ran(code, **NOWHERE, TMPDIR=str(tmp_path))
    assert folder not in Path(str(found)).parents
    assert str(found).startswith(str(tmp_path))
    assert not Path(str(found)).exists(), "it ends with the process"


def test_code_that_cannot_be_read_is_left_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgotten: None
) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "theirs"))
    monkeypatch.setattr(kernels.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(kernels, "_is_readable", lambda folder: tmp_path / "theirs" not in folder.parents)

    def one(x: int) -> int:
        return x + 1

    made = kernels.njit(cache=True)(one)
    assert str(made.stats.cache_path).startswith(str(tmp_path / "stillwatch-kernels-"))


def test_without_any_place_a_kernel_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch, forgotten: None) -> None:
    def nowhere() -> Path:
        raise FileNotFoundError("No usable temporary directory")

    nowhere.cache_info = kernels._fallback.cache_info  # type: ignore[attr-defined]
    nowhere.cache_clear = kernels._fallback.cache_clear  # type: ignore[attr-defined]
    monkeypatch.setattr(config, "CACHE_LOCATOR_CLASSES", "UserProvidedCacheLocator")
    monkeypatch.setattr(kernels, "_fallback", nowhere)
    assert kernels.njit(cache=True)(lambda x: x + 1)(1) == 2
    assert kernels.cache_folder() == (None, False)
