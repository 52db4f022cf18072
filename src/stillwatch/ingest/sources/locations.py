"""Finds and opens what the user named: files, globs, folders, standard input, object storage, databases."""

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

__all__ = ["DATABASES", "Place", "Source", "at", "expand"]

DATABASES = ("postgresql", "postgres")
_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to read; *name* is safe to show and stands in rejects, ``open`` gives its bytes.

    ``again`` tells whether it can be opened twice; ``database`` is the full URL of a database, else empty. ``place``
    says where a file is, to :func:`at` in another process; None where no other process can read the source. ``size`` is
    its bytes as it lies there, 0 where that is not known.
    """

    name: str
    open: Callable[[], BinaryIO]
    again: bool = True
    database: str = ""
    place: "Place | None" = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is: its path, and the URL that was named where it is in storage of another kind."""

    path: str
    url: str
    shown: str


def at(place: Place) -> Source:
    """Return the file at *place*, in whichever process this is asked."""
    if not place.url:
        path = Path(place.path)
        return Source(place.shown, _opener(path), place=place, size=_size(path))
    try:
        system, _ = fsspec.core.url_to_fs(place.url)
    except (ImportError, OSError, ValueError) as error:
        raise InputError(
            f"cannot be reached ({type(error).__name__})",
            where=place.shown,
            remedy="Install the storage's extra of stillwatch wherever logs are read.",
        ) from error
    return Source(place.shown, _remote_opener(system, place.path, place.shown), place=place)


def expand(named: Sequence[str]) -> list[Source]:
    """Return every source that *named* means, in order, each once; folders and globs give their files sorted.

    Files whose name starts with a dot or an underscore are left out of folders. Raises ``InputError`` where
    something named does not exist or a glob or folder is empty.
    """
    found: dict[str, Source] = {}
    for name in named:
        for source in _meant(name):
            found.setdefault(source.database or source.name, source)
    return list(found.values())


def _meant(name: str) -> Iterator[Source]:
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
        # Whoever reads it may stand in another folder.
        yield at(Place(str(file.absolute()), "", str(file)))


def _hidden(path: Path) -> bool:
    return any(part[0] in "._" for part in path.parts)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # told when it is opened
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
            files = sorted(system.glob(path))
        elif system.isdir(path):
            base = path.rstrip("/") + "/"
            files = [f for f in sorted(system.find(path)) if not _hidden(Path(f.removeprefix(base)))]
        else:
            files = [path] if system.exists(path) else []
    except ImportError as error:
        raise InputError(
            "this kind of storage needs a package that is not installed",
            where=_without_user(url),
            remedy="Install stillwatch[s3], stillwatch[gcs] or stillwatch[azure].",
        ) from error
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be reached ({type(error).__name__})", where=_without_user(url)) from error
    if not files:
        raise InputError("there is no such object", where=_without_user(url), remedy="Check the URL and the rights.")
    for file in files:
        shown = _without_user(system.unstrip_protocol(file))
        yield Source(shown, _remote_opener(system, file, shown), place=Place(file, url, shown))


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
