"""Creates the result folder and the work folder of a run."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stillwatch.errors import EngineError

__all__ = ["make_folder", "work_folder"]


def make_folder(folder: Path) -> None:
    """Make *folder* where it is missing; raises ``EngineError`` where that fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError("cannot make this folder", where=str(folder), remedy="Check --out.") from error


@contextmanager
def work_folder(work: Path | None) -> Iterator[Path]:
    """Yield a new folder in *work*, or in the system's folder for temporary files; it is deleted at the end."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="stillwatch-", dir=work))
    except OSError as error:
        raise EngineError(
            "cannot make a work folder", where=str(work), remedy="--work names a folder that is there."
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
