"""Turns names given by the user into sources that can be opened.

A name is a file, a glob, a folder, standard input, an object storage URL or a database URL.
"""

import os
import sys
from collections.abc import Callable, Iterator, MutableSequence, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import fsspec
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from stillwatch.errors import InputError
from stillwatch.ingest.sources.local.local_files import files_named, is_hidden

__all__ = ["DATABASES", "FileLocation", "Source", "expand", "source_at"]

DATABASES = ("postgresql", "postgres")
_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to read. ``name`` holds no password and is written to rejects. ``open`` returns its bytes.

    ``again`` says whether the source can be opened a second time. ``database`` is the full URL of a database, else
    empty. ``location`` lets another process open the file (:func:`source_at`); None where only this process can read
    the source. ``size`` is the stored size in bytes, 0 where it is not known. ``found`` says that a folder or a glob
    was named and not the file itself. ``work`` is the folder for a copy of what can be opened once and is read twice;
    None means the system's.
    """

    name: str
    open: Callable[[], BinaryIO]
    again: bool = True
    database: str = ""
    location: "FileLocation | None" = None
    size: int = 0
    found: bool = False
    work: Path | None = None


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
    except Exception as error:  # each storage has errors of its own
        raise _unreachable(location.url, error) from error
    opener = _remote_opener(system, location.path, location.shown)
    return Source(location.shown, opener, location=location, found=location.found)


def expand(
    named: Sequence[str], notices: MutableSequence[str] | None = None, *, work: Path | None = None
) -> list[Source]:
    """Return the sources of all *named*, in order and without repeats. Folders and globs give their files sorted.

    Files in a folder whose name, or whose folder's name, starts with a dot or an underscore are left out. *notices*
    gets what else is left out of a folder, such as linked folders. *work* is the folder for copies of what is read.

    Raises ``InputError`` where a name does not exist, a glob or folder is empty, or a folder cannot be read.
    """
    found: dict[str, Source] = {}
    told: MutableSequence[str] = [] if notices is None else notices
    for name in named:
        for source in _sources_named(name, told, work):
            key = source.database or source.name
            if key not in found or found[key].found:  # a file that is also named by itself counts as named
                found[key] = source
    return list(found.values())


def _sources_named(name: str, notices: MutableSequence[str], work: Path | None) -> Iterator[Source]:
    scheme = name.split("://", 1)[0] if "://" in name else ""
    if name == "-":
        yield Source("-", _standard_input, again=False, work=work)
    elif scheme.split("+", 1)[0] in DATABASES:
        yield Source(_shown(name), _no_bytes, database=name)
    elif scheme:
        yield from _remote(name)
    else:
        yield from _local(name, notices)


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise InputError("standard input is closed", where="-", remedy="Name a file, or pipe the log into the command.")
    return sys.stdin.buffer


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


def _local(name: str, notices: MutableSequence[str]) -> Iterator[Source]:
    path, files = files_named(name, notices)
    for file in files:
        # The process that reads the file may have another working folder, so the path is absolute.
        absolute, found = str(file.absolute()), file != path
        shown = os.fsencode(file).decode(errors="backslashreplace")
        if _is_text(absolute):
            yield source_at(FileLocation(absolute, "", shown, found=found))
        else:  # no table can hold the path, so this process has to read the file
            yield Source(shown, _opener(Path(absolute)), size=_size(Path(absolute)), found=found)


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


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
            listed = {name: about for name, about in found.items() if not is_hidden(Path(name.removeprefix(base)))}
        else:
            listed = {path: {}} if system.exists(path) else {}
    except Exception as error:  # each storage has errors of its own
        raise _unreachable(url, error) from error
    if not listed:
        raise InputError(
            "there is no such object", where=_without_user(url), remedy="Check the URL and the permissions."
        )
    for file, about in sorted(listed.items()):
        shown = _without_user(system.unstrip_protocol(file))
        location = FileLocation(file, url, shown, found=file != path, size=about.get("size") or 0)
        yield Source(shown, _remote_opener(system, file, shown), location=location, found=location.found)


_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs", "az": "azure", "abfs": "azure", "abfss": "azure"}
"""The extra of this package for each kind of storage, by the scheme of its URLs."""


def _unreachable(url: str, error: Exception) -> InputError:
    """Return the error for storage that cannot be asked, with the cause as far as it is known."""
    scheme = url.split("://", 1)[0]
    if isinstance(error, ImportError):
        what = f"storage of the kind {scheme} needs a package that is not installed"
        if scheme in ("http", "https"):
            remedy = "Download the file, or install aiohttp."
        elif scheme in _EXTRAS:
            remedy = f"Install stillwatch[{_EXTRAS[scheme]}] on every machine that reads logs."
        else:
            remedy = "Install the package of fsspec for it on every machine that reads logs."
    elif isinstance(error, ValueError) and scheme not in fsspec.available_protocols():
        what, remedy = f"{scheme} is no known kind of storage", "Check the URL."
    else:
        what, remedy = f"cannot be reached ({type(error).__name__})", "Check the URL, the network and the permissions."
    return InputError(what, where=_without_user(url), remedy=remedy)


def _remote_opener(system: fsspec.AbstractFileSystem, path: str, shown: str) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        try:
            return cast("BinaryIO", system.open(path, "rb"))
        except Exception as error:  # each storage has errors of its own
            raise InputError(f"cannot be opened ({type(error).__name__})", where=shown) from error

    return opened


def _without_user(url: str) -> str:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path.partition('?')[0]}"
