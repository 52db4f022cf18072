"""Checks whether this machine can run a scan: interpreter, work folder, compiled kernels, extensions."""

import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from stillwatch import features, ingest, signals
from stillwatch.engine import kernels
from stillwatch.errors import StillwatchError
from stillwatch.settings import Settings
from stillwatch.tables import EXCHANGES
from stillwatch.temporary import temporary_folder

__all__ = ["Check", "check"]


@dataclass(frozen=True)
class Check:
    """One requirement of a scan, whether it is met, and what was found."""

    name: str
    ok: bool
    detail: str


def check(work: Path | None = None) -> list[Check]:
    """Return the checks of ``stillwatch doctor``; *work* is the folder for intermediate tables."""
    checks = [
        Check("python", ok=(3, 11) <= sys.version_info[:2] <= (3, 13), detail=platform.python_version()),
        _work_folder(work),
    ]
    probe = pa.RecordBatch.from_pylist(
        [{"account_id": "a", "at": None, "prompt": "one two three", "system_prompt": None, "sketch": None}],
        schema=pa.schema([EXCHANGES.schema.field(name).with_nullable(nullable=True) for name in features.NEEDS]),
    )
    checks.append(
        _tried("kernels", lambda: f"{features.sketch_batch(probe, Settings().features).rows['n_words'][0]} words")
    )
    checks.append(_kernel_cache())
    checks.append(_tried("signals", lambda: f"{len(signals.load())} signals"))
    checks.append(_tried("formats", lambda: f"{len(ingest.known_formats())} log formats"))
    return checks


def _work_folder(work: Path | None) -> Check:
    """Return whether a folder can be made there, and has space."""
    try:
        with temporary_folder(work) as made:
            folder, free = made.parent, shutil.disk_usage(made).free
    except OSError as error:
        return Check("work folder", ok=False, detail=f"{work or 'temporary files'}: {error.strerror}")
    return Check("work folder", ok=free > 1 << 30, detail=f"{free / (1 << 30):.1f} GiB free in {folder}")


def _kernel_cache() -> Check:
    """Return where compiled kernels are kept. A scan runs without such a folder, but starts later."""
    folder, lasts = kernels.cache_folder()
    if folder is None:
        detail = "none: every process compiles the kernels anew, which takes a minute; set NUMBA_CACHE_DIR"
    elif lasts:
        detail = str(folder)
    else:
        detail = f"{folder}, for the time being: this user has no cache folder; set HOME or NUMBA_CACHE_DIR"
    return Check("kernel cache", ok=True, detail=detail)


def _tried(name: str, attempt: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, detail=attempt())
    except StillwatchError as error:
        return Check(name, ok=False, detail=error.sentence())
    except Exception as error:  # noqa: BLE001 - whatever it is, a scan would meet it
        return Check(name, ok=False, detail=f"{type(error).__name__}: {error}")
