"""Compiles kernels with numba, and keeps their machine code where the next process finds it.

numba keeps it beside the source, or in the cache of the user. A service account often can write to neither. Its code is
kept in a folder of its own below the system's folder for temporary files, or not at all.
"""

import atexit
import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba import config

from stillwatch.temporary import temporary_folder

__all__ = ["cache_folder", "njit"]

_OWNER_ALONE = 0o700
_found: set[Path] = set()
_open = ExitStack()
atexit.register(_open.close)


def njit(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return ``numba.njit`` with *options*. With ``cache`` the code is kept where this process can, else nowhere."""

    def compiled(function: Callable[..., Any]) -> Any:
        if not options.get("cache"):
            return numba.njit(**options)(function)
        for folder in (None, _fallback):
            try:
                if folder is not None:
                    config.CACHE_DIR = str(folder())  # type: ignore[attr-defined]
                made = numba.njit(**options)(function)
            except (RuntimeError, OSError):  # no folder that can be written
                continue
            place = Path(made.stats.cache_path)
            if _is_readable(place):
                _found.add(place)
                return made
        return numba.njit(**{**options, "cache": False})(function)

    return compiled


def cache_folder() -> tuple[Path | None, bool]:
    """Return a folder with the code of kernels, and whether it lasts; None where every process compiles anew."""
    lasting = sorted(place for place in _found if not _is_temporary(place))
    places = lasting or sorted(_found)
    return (places[0], bool(lasting)) if places else (None, False)


def _is_temporary(place: Path) -> bool:
    return _fallback.cache_info().currsize > 0 and _fallback() in place.parents


@cache
def _is_readable(folder: Path) -> bool:
    """Return whether this user can read the code that is in *folder*; somebody else may have written it."""
    return all(os.access(file, os.R_OK) for file in folder.glob("*.nb[ic]"))


@cache
def _fallback() -> Path:
    """Return a folder that this user alone can write.

    Machine code is loaded from it, so a folder of somebody else is not trusted. Raises ``OSError`` where there is none.
    """
    folder = Path(tempfile.gettempdir()) / f"stillwatch-kernels-{os.geteuid()}"
    try:
        folder.mkdir(mode=_OWNER_ALONE, exist_ok=True)
        found = folder.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077:
            return folder
    except OSError:
        pass  # a file or a link of somebody else
    return _open.enter_context(temporary_folder(prefix="stillwatch-kernels-"))
