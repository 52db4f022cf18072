"""Creates the result folder and the work folder of a run.

Results are written beside the folder's old ones and replace them when all of them are complete. So a run that is killed
leaves the old results or none, and never some of each.
"""

import fcntl
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.errors import EngineError, SettingsError
from stillwatch.ingest import Source
from stillwatch.tables import scan_folder
from stillwatch.tables.columns import Table
from stillwatch.temporary import temporary_folder

__all__ = ["make_folder", "require_apart", "require_same_kind", "result_file", "result_folder", "work_folder"]

_OWNER_ALONE = 0o600
_LOCK = ".lock"
_NEW = ".new-"


def make_folder(folder: Path) -> None:
    """Make *folder* where it is missing; raises ``EngineError`` where that fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"cannot make this folder ({_reason(error)})"
        raise EngineError(what, where=str(folder), remedy="Check --out.") from error


@contextmanager
def work_folder(work: Path | None) -> Iterator[Path]:
    """Yield a new folder in *work*, or in the system's folder for temporary files; it is deleted at the end."""
    with _temporary(work, "stillwatch-", str(work or "--work"), "--work names a folder that is there.") as folder:
        yield folder


@contextmanager
def result_folder(out: Path) -> Iterator[Path]:
    """Yield a new folder for the results of a scan. When the block ends without an error they replace those in *out*.

    Raises ``EngineError`` where another run writes into *out*, or where it cannot be written.
    """
    make_folder(out)
    with _locked(out), _temporary(out, _NEW, str(out), "Check --out.") as new:
        yield new
        with _named_errors(out):
            _replace_results(new, out)


@contextmanager
def result_file(out: Path, *others: Path) -> Iterator[tuple[Path, ...]]:
    """Yield paths in place of *out* and *others*, files of one folder. When the block ends well, they replace these."""
    make_folder(out.parent)
    with _temporary(out.parent, f".{out.name}{_NEW}", str(out.parent), "Check --out.") as folder:
        made = {folder / path.name: path for path in (out, *others)}
        yield tuple(made)
        with _named_errors(out):
            # The first file says that the run is complete, so it comes last.
            for new, path in reversed(made.items()):
                new.chmod(_OWNER_ALONE)
                new.replace(path)


def require_apart(sources: Sequence[Source], results: Iterable[Path]) -> None:
    """Raise ``SettingsError`` where one of the files *results*, which a run is going to write, is one of *sources*."""
    written = {path.resolve(): path for path in results}
    for source in sources:
        path = Path(source.location.path).resolve() if source.location and not source.location.url else None
        if path in written:
            raise SettingsError(
                "the results would replace one of the logs",
                where=str(written[path]),
                remedy="Name another --out, outside the logs.",
            )


def require_same_kind(out: Path, table: Table) -> None:
    """Raise ``SettingsError`` where the file *out* is there and is not the Parquet table *table*.

    A run replaces its own results, and no other file.
    """
    if not out.exists():
        return
    try:
        is_same = set(table.names) <= set(pq.read_schema(out).names)
    except (pa.ArrowException, OSError):
        is_same = False
    if not is_same:
        raise SettingsError(
            f"this file is there, and is no table {table.name}", where=str(out), remedy="Name another --out."
        )


def _replace_results(new: Path, out: Path) -> None:
    """Move the files of *new* to *out*.

    A folder without a summary is no finished scan. So the old summary goes first, and the new one comes last.
    """
    for name in scan_folder.LAST_FIRST:
        (out / name).unlink(missing_ok=True)
    made = {path.name for path in new.iterdir()}
    for name in sorted(made, key=lambda name: (name == scan_folder.SUMMARY, name)):
        (new / name).chmod(_OWNER_ALONE)
        (new / name).replace(out / name)


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Hold the lock of *out*, and delete what a killed run left there."""
    with _named_errors(out):
        lock = (out / _LOCK).open("ab")
    with lock:
        with _named_errors(out):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise EngineError(
                    "another run is writing its results into this folder",
                    where=str(out),
                    remedy="Wait until it ends, or name another --out.",
                ) from error
        for left in out.glob(f"{_NEW}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


@contextmanager
def _temporary(inside: Path | None, prefix: str, where: str, remedy: str) -> Iterator[Path]:
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(temporary_folder(inside, prefix=prefix))
        except OSError as error:
            raise EngineError(f"cannot make a folder here ({_reason(error)})", where=where, remedy=remedy) from error
        yield folder


@contextmanager
def _named_errors(out: Path) -> Iterator[None]:
    """Turn an error of the operating system into an ``EngineError`` that names the results."""
    try:
        yield
    except OSError as error:
        raise EngineError(
            f"the results cannot be written ({_reason(error)})",
            where=str(out),
            remedy="Check --out, and the free space and permissions there.",
        ) from error


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
