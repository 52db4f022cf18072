"""Tells whether a file was read before: cheaply by what its storage says of it, for certain by its content."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast

import fsspec
import pyarrow as pa

from stillwatch.errors import EngineError, InputError
from stillwatch.ingest.sources.locations import Place, Source, at

__all__ = ["IDENTITIES", "Digested", "changed", "identify", "key", "stamp"]

_BLOCK = 1 << 20
IDENTITIES = pa.schema([(name, pa.string()) for name in ("path", "url", "shown", "stamp", "digest")])
_CHANGING = ("mtime", "LastModified", "last_modified", "updated", "created", "ETag", "etag", "generation", "ino")
"""What storage says of a file, one kind or another, that is different once somebody has written to it."""


def key(place: Place) -> str:
    """Return what the file at *place* is called, wherever this process stands."""
    return place.shown if place.url else place.path


def stamp(place: Place) -> str:
    """Return what is another text once somebody has changed the file: its size, when it was changed and where it lies.

    It is empty where the storage does not say when; such a file is told by its content alone. Raises ``InputError``
    where there is no such file any more.
    """
    try:
        if not place.url:
            found = Path(place.path).stat()
            return f"{found.st_size} {found.st_mtime_ns} {found.st_ino}"
        system, _ = fsspec.core.url_to_fs(place.url)
        system.invalidate_cache()
        told = system.info(place.path)
    except (OSError, ImportError, ValueError) as error:
        raise InputError(f"cannot be looked at ({type(error).__name__})", where=place.shown) from error
    said = [f"{name}={told[name]}" for name in _CHANGING if told.get(name) is not None]
    return " ".join([f"size={told.get('size')}", *said]) if said else ""


def changed(source: Source) -> InputError:
    """Return the error about a file that is still being written."""
    return InputError(
        "the file changed while it was read; nothing of it was kept",
        where=source.name,
        remedy="Deliver files when they are complete, then scan again.",
    )


def identify(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Yield the files at the places of *batch* (``spread.listed``) with stamp and digest of their content (schema
    ``IDENTITIES``).
    """
    for row in batch.to_pylist():
        place = Place(**row)
        before, source = stamp(place), at(place)
        with source.open() as raw:
            whole = Digested(raw, source.name)
            while whole.read(_BLOCK):
                pass
        if stamp(place) != before:
            raise changed(source)
        yield pa.RecordBatch.from_pylist([row | {"stamp": before, "digest": whole.digest()}], schema=IDENTITIES)


class Digested:
    """A file that is read from its start to its end, and the digest of what was read of it so far."""

    closed = False

    def __init__(self, raw: BinaryIO, name: str) -> None:
        self._raw, self._name = raw, name
        self._hash = sha256()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; raises ``EngineError`` where the storage fails."""
        try:
            block = self._raw.read(size)
        except OSError as error:
            raise EngineError(
                f"reading failed ({type(error).__name__})", where=self._name, remedy="Try again."
            ) from error
        self._hash.update(block)
        return block

    def tell(self) -> int:
        """Return how many bytes were read, as far as the file can say; see ``streams.Blocks.tell``."""
        return self._raw.tell()

    def close(self) -> None:
        """Leave the file to its owner."""

    def digest(self) -> str:
        """Return the digest of what was read, in hexadecimal."""
        return self._hash.hexdigest()

    def source(self) -> Source:
        """Return what is read here as a source that can be opened once."""
        return Source(self._name, lambda: cast("BinaryIO", self), again=False)
