"""Identifies files that were read before: quickly by a stamp from the storage's metadata, exactly by content digest."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast

import fsspec
import pyarrow as pa

from stillwatch.errors import EngineError, InputError
from stillwatch.ingest.sources.locations import FileLocation, Source, source_at

__all__ = ["IDENTITIES", "HashingReader", "changed_file", "identify", "location_key", "stamp"]

_BLOCK = 1 << 20
IDENTITIES = pa.schema(
    [*((name, pa.string()) for name in ("path", "url", "shown", "stamp", "digest")), ("found", pa.bool_())]
)
"""A file's location, its stamp and the digest of its content."""
_CHANGING = ("mtime", "LastModified", "last_modified", "updated", "created", "ETag", "etag", "generation", "ino")
"""Metadata of any kind of storage that changes when a file is written."""


def location_key(location: FileLocation) -> str:
    """Return a name of the file at *location* that does not depend on the working folder."""
    return location.shown if location.url else location.path


def stamp(location: FileLocation) -> str:
    """Return a text that changes when the file is changed: its size, time of change and identity in the storage.

    Empty where the storage gives no such metadata; then only the content identifies the file. Raises ``InputError``
    where the file does not exist or its metadata cannot be read.
    """
    try:
        if not location.url:
            found = Path(location.path).stat()
            return f"{found.st_size} {found.st_mtime_ns} {found.st_ino}"
        system, _ = fsspec.core.url_to_fs(location.url)
        system.invalidate_cache()
        told = system.info(location.path)
    except (OSError, ImportError, ValueError) as error:
        raise InputError(f"its metadata cannot be read ({type(error).__name__})", where=location.shown) from error
    said = [f"{name}={told[name]}" for name in _CHANGING if told.get(name) is not None]
    return " ".join([f"size={told.get('size')}", *said]) if said else ""


def changed_file(source: Source) -> InputError:
    """Return the error for a file that is still being written."""
    return InputError(
        "the file changed while it was read; none of its rows were kept",
        where=source.name,
        remedy="Deliver files when they are complete, then scan again.",
    )


def identify(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Yield the files of *batch* (``distributed_read.locations_table``) with stamp and content digest.

    The result has the schema ``IDENTITIES``. Raises ``InputError`` where a file changes while it is read.
    """
    for row in batch.to_pylist():
        location = FileLocation(**row)
        before, source = stamp(location), source_at(location)
        with source.open() as raw:
            whole = HashingReader(raw, source.name)
            while whole.read(_BLOCK):
                pass
        if stamp(location) != before:
            raise changed_file(source)
        yield pa.RecordBatch.from_pylist([row | {"stamp": before, "digest": whole.digest()}], schema=IDENTITIES)


class HashingReader:
    """Wraps a file that is read once from start to end, and computes the SHA-256 of the bytes read so far."""

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
        """Return how many bytes were read; see ``byte_streams.Blocks.tell``."""
        return self._raw.tell()

    def close(self) -> None:
        """Do nothing: the owner closes the file."""

    def digest(self) -> str:
        """Return the SHA-256 of the bytes read so far, in hexadecimal."""
        return self._hash.hexdigest()

    def source(self) -> Source:
        """Return this file as a source that can be opened once."""
        return Source(self._name, lambda: cast("BinaryIO", self), again=False)
