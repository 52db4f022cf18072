"""Checks whether this machine can run a scan: interpreter, work folder, compiled kernels, extensions."""

import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from stillwatch import features, ingest, signals
from stillwatch.errors import StillwatchError
from stillwatch.settings import Settings
from stillwatch.tables import EXCHANGES

__all__ = ["Check", "check"]


@dataclass(frozen=True)
class Check:
    """One requirement of a scan, whether it is met, and what was found."""

    name: str
    ok: bool
    detail: str


def check(work: Path | None = None) -> list[Check]:
    """Return the checks of ``stillwatch doctor``; *work* is the folder for intermediate tables."""
    folder = work or Path(tempfile.gettempdir())
    free = shutil.disk_usage(folder).free if folder.is_dir() else 0
    checks = [
        Check("python", ok=(3, 11) <= sys.version_info[:2] <= (3, 13), detail=platform.python_version()),
        Check("work folder", ok=free > 1 << 30, detail=f"{free / (1 << 30):.1f} GiB free in {folder}"),
    ]
    probe = pa.RecordBatch.from_pylist(
        [{"account_id": "a", "at": None, "prompt": "one two three", "system_prompt": None, "sketch": None}],
        schema=pa.schema([EXCHANGES.schema.field(name).with_nullable(nullable=True) for name in features.NEEDS]),
    )
    checks.append(
        _tried("kernels", lambda: f"{features.sketch_batch(probe, Settings().features).rows['n_words'][0]} words")
    )
    checks.append(_tried("signals", lambda: f"{len(signals.load())} signals"))
    checks.append(_tried("formats", lambda: f"{len(ingest.known_formats())} log formats"))
    return checks


def _tried(name: str, attempt: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, detail=attempt())
    except (StillwatchError, OSError, ImportError, RuntimeError) as error:
        return Check(name, ok=False, detail=type(error).__name__)
