"""Folders that must not outlive the process, since they hold what a log says.

Each is deleted when its block ends. A process that has to end at once deletes those that are left.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["delete_all", "temporary_folder"]

_held: set[Path] = set()


@contextmanager
def temporary_folder(inside: Path | None = None, *, prefix: str = "stillwatch-") -> Iterator[Path]:
    """Yield a new folder in *inside*, or in the system's folder for temporary files; it is deleted at the end.

    Only its owner can read it. Raises ``OSError`` where it cannot be made.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=inside)).absolute()
    _held.add(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _held.discard(folder)


def delete_all() -> None:
    """Delete every folder that is still there; for a process that ends without leaving its blocks."""
    for folder in tuple(_held):
        shutil.rmtree(folder, ignore_errors=True)
