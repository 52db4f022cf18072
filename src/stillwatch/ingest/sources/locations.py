"""Turns names given by the user into sources that can be opened.

A name is a file, a glob, a folder, standard input, an object storage URL or a database URL.
"""

import glob
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import fsspec
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from stillwatch.errors import InputError

__all__ = ["DATABASES", "FileLocation", "Source", "expand", "source_at"]

DATABASES = ("postgresql", "postgres")
_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to read. ``name`` holds no password and is written to rejects. ``open`` returns its bytes.

    ``again`` says whether the source can be opened a second time. ``database`` is the full URL of a database, else
    empty. ``location`` lets another process open the file (:func:`source_at`); None where only this process can read
    the source. ``size`` is the stored size in bytes, 0 where it is not known. ``found`` says that a folder or a glob
    was named and not the file itself.
    """

    name: str
    open: Callable[[], BinaryIO]
    again: bool = True
    database: str = ""
    location: "FileLocation | None" = None
    size: int = 0
    found: bool = False


@dataclass(frozen=True, slots=True)
class FileLocation:
    """Where a file is: its path in its file system, the named URL (empty for a local file), and the name to show.

    ``found`` as in :class:`Source`. ``size`` is what the storage's listing says, 0 where it says nothing.
    """

    path: str
    url: str
    shown: str
    found: bool = False
    size: int = 0


def source_at(location: FileLocation) -> Source:
    """Return the file at *location* as a source; works in any process that can reach the file.

    Raises ``InputError`` where the storage cannot be reached.
    """
    if not location.url:
        path = Path(location.path)
        return Source(location.shown, _opener(path), location=location, size=_size(path), found=location.found)
    try:
        system, _ = fsspec.core.url_to_fs(location.url)
    except (ImportError, OSError, ValueError) as error:
        raise InputError(
            f"cannot be reached ({type(error).__name__})",
            where=location.shown,
            remedy="Install the extra of stillwatch for this storage on every machine that reads logs.",
        ) from error
    opener = _remote_opener(system, location.path, location.shown)
    return Source(location.shown, opener, location=location, found=location.found)


def expand(named: Sequence[str]) -> list[Source]:
    """Return the sources of all *named*, in order and without repeats. Folders and globs give their files sorted.

    Files in a folder whose name, or whose folder's name, starts with a dot or an underscore are left out. Raises
    ``InputError`` where a name does not exist, or a glob or folder is empty.
    """
    found: dict[str, Source] = {}
    for name in named:
        for source in _sources_named(name):
            key = source.database or source.name
            if key not in found or found[key].found:  # a file that is also named by itself counts as named
                found[key] = source
    return list(found.values())


def _sources_named(name: str) -> Iterator[Source]:
    scheme = name.split("://", 1)[0] if "://" in name else ""
    if name == "-":
        yield Source("-", lambda: sys.stdin.buffer, again=False)
    elif scheme.split("+", 1)[0] in DATABASES:
        yield Source(_shown(name), _no_bytes, database=name)
    elif scheme:
        yield from _remote(name)
    else:
        yield from _local(name)


def _no_bytes() -> BinaryIO:
    raise InputError("a database is read row by row, not as a file")


def _shown(url: str) -> str:
    try:
        return make_url(url).set(query={}).render_as_string(hide_password=True)
    except (ArgumentError, ValueError) as error:
        raise InputError(
            "not a database URL",
            where="postgresql://…",
            remedy="Write postgresql://user:password@host/database.",
        ) from error


def _local(name: str) -> Iterator[Source]:
    path = Path(name).expanduser()
    if path.is_dir():
        files = [p for p in sorted(path.rglob("*")) if p.is_file() and not _hidden(p.relative_to(path))]
        if not files:
            raise InputError("the folder holds no files", where=name, remedy="Name the folder with the log files.")
    elif path.exists():
        files = [path]
    elif _WILD & set(name):
        files = [Path(p) for p in sorted(glob.glob(str(path), recursive=True)) if Path(p).is_file()]  # noqa: PTH207
        if not files:
            raise InputError("no file matches", where=name, remedy="Check the pattern; quote it for the shell.")
    else:
        raise InputError("there is no such file or folder", where=name, remedy="Check the path.")
    for file in files:
        # The process that reads the file may have another working folder, so the path is absolute.
        yield source_at(FileLocation(str(file.absolute()), "", str(file), found=file != path))


def _hidden(path: Path) -> bool:
    return any(part[0] in "._" for part in path.parts)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # opening the file raises the error
        return 0


def _opener(path: Path) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        try:
            return path.open("rb")
        except OSError as error:
            raise InputError(f"cannot be opened ({error.strerror})", where=str(path)) from error

    return opened


def _remote(url: str) -> Iterator[Source]:
    try:
        system, path = fsspec.core.url_to_fs(url)
        if _WILD & set(path):
            listed = system.glob(path, detail=True)
        elif system.isdir(path):
            base = path.rstrip("/") + "/"
            found = system.find(path, detail=True)
            listed = {name: about for name, about in found.items() if not _hidden(Path(name.removeprefix(base)))}
        else:
            listed = {path: {}} if system.exists(path) else {}
    except ImportError as error:
        raise InputError(
            "this kind of storage needs a package that is not installed",
            where=_without_user(url),
            remedy="Install stillwatch[s3], stillwatch[gcs] or stillwatch[azure].",
        ) from error
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be reached ({type(error).__name__})", where=_without_user(url)) from error
    if not listed:
        raise InputError(
            "there is no such object", where=_without_user(url), remedy="Check the URL and the permissions."
        )
    for file, about in sorted(listed.items()):
        shown = _without_user(system.unstrip_protocol(file))
        location = FileLocation(file, url, shown, found=file != path, size=about.get("size") or 0)
        yield Source(shown, _remote_opener(system, file, shown), location=location, found=location.found)


def _remote_opener(system: fsspec.AbstractFileSystem, path: str, shown: str) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        try:
            return cast("BinaryIO", system.open(path, "rb"))
        except OSError as error:
            raise InputError(f"cannot be opened ({type(error).__name__})", where=shown) from error

    return opened


def _without_user(url: str) -> str:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path.partition('?')[0]}"
