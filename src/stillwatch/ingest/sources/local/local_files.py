"""Finds the local files that a path, a glob or a folder names, and tells of what it leaves out.

A folder that cannot be read is an error, like a file that cannot: what is in it would look as if it were not there.
"""

import glob
import os
from collections.abc import Iterator, MutableSequence, Sequence
from pathlib import Path

from stillwatch.errors import InputError

__all__ = ["files_named", "is_hidden"]

_WILD = frozenset("*?[")
_NAMED = 3
"""Most names in one notice."""
_OF_THE_SYSTEM = "lost+found"
"""A folder that file systems make for themselves, and that only the administrator can read."""


def files_named(name: str, notices: MutableSequence[str]) -> tuple[Path, list[Path]]:
    """Return the path that *name* is, and its files: the file itself, or those of a folder or glob, sorted.

    Links to folders and what is no file are left out of a folder, and *notices* gets how many. Raises ``InputError``
    where there is no such file, or where a folder cannot be read.
    """
    try:
        path = Path(name).expanduser()
    except RuntimeError as error:  # no user of this name, or none with a home folder
        raise InputError("this user has no home folder", where=_first_part(name), remedy="Check the path.") from error
    try:
        return path, _files_at(path, name, notices)
    except OSError as error:
        raise InputError(f"cannot be opened ({error.strerror})", where=str(error.filename or name)) from error


def is_hidden(path: Path) -> bool:
    """Return whether a part of the relative *path* says that it is no log: a dot or an underscore in front."""
    return any(part[0] in "._" or part == _OF_THE_SYSTEM for part in path.parts)


def _first_part(name: str) -> str:
    return name.split("/", 1)[0]


def _files_at(path: Path, name: str, notices: MutableSequence[str]) -> list[Path]:
    if path.is_dir():
        files = _files_in(path, notices)
        if not files:
            raise InputError("the folder holds no files", where=name, remedy="Name the folder with the log files.")
        return files
    if path.exists():
        return [path]
    if _WILD & set(name):
        files = _files_matching(path, notices)
        if not files:
            raise InputError("no file matches", where=name, remedy="Check the pattern; quote it for the shell.")
        return files
    raise InputError("there is no such file or folder", where=name, remedy="Check the path.")


def _files_in(folder: Path, notices: MutableSequence[str]) -> list[Path]:
    files: list[Path] = []
    links: list[Path] = []
    others: list[Path] = []
    for path in _below(folder):
        if path.is_dir():
            links.append(path)
        else:
            (files if path.is_file() else others).append(path)
    _tell(links, "linked folder", "linked folders", notices)
    _tell(others, "broken link or special file", "broken links or special files", notices)
    return sorted(files)


def _below(folder: Path) -> Iterator[Path]:
    """Yield what is not hidden in *folder* and its folders: every file, and every link to a folder."""

    def failed(error: OSError) -> None:
        raise error

    for place, folders, names in os.walk(folder, onerror=failed):
        here = Path(place)
        folders[:] = [name for name in folders if not is_hidden(Path(name))]
        yield from (here / name for name in folders if (here / name).is_symlink())
        yield from (here / name for name in names if not is_hidden(Path(name)))


def _files_matching(pattern: Path, notices: MutableSequence[str]) -> list[Path]:
    if _WILD & set(str(pattern.parent)):
        for folder in glob.glob(str(pattern.parent), recursive=True):  # noqa: PTH207
            if os.path.isdir(folder):  # noqa: PTH112
                os.scandir(folder).close()  # glob passes over a folder that it cannot read
    found = [Path(p) for p in sorted(glob.glob(str(pattern), recursive=True))]  # noqa: PTH207
    files = [path for path in found if path.is_file()]
    if "**" not in pattern.parts:
        _tell([path for path in found if path.is_dir()], "matching folder", "matching folders", notices)
    return files


def _tell(left: Sequence[Path], one: str, many: str, notices: MutableSequence[str]) -> None:
    if not left:
        return
    names = [os.fsencode(path).decode(errors="backslashreplace") for path in sorted(left)]
    named = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
    told = f"1 {one} was" if len(left) == 1 else f"{len(left):,} {many} were"
    notices.append(f"{told} left out: {named}. Name what should be read, too.")
