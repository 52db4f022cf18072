"""Reads lines from sources: decompresses, and limits the memory that one line can use."""

import itertools
import tempfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

from stillwatch.errors import EngineError
from stillwatch.ingest.sources.locations import Source

__all__ = ["Blocks", "Truncated", "lines", "spooled"]

_BLOCK = 1 << 18
_ZSTD_BLOCK = 1 << 16
_MARK = b"\xef\xbb\xbf"  # the byte order mark that some programs write before UTF-8
_GZIP_MAGIC, _ZSTD_MAGIC = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


class Truncated(Exception):  # noqa: N818 - never leaves ingest; the reader turns it into a reject
    """A compressed stream is cut off or damaged; all bytes before that point were returned."""


class Blocks:
    """The decompressed bytes of a source in blocks; its first blocks can be inspected before reading.

    The first bytes of the source, not its name, decide whether it is decompressed (gzip, Zstandard).
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._raw: BinaryIO = source.open()
        self._blocks = self._guarded()
        self._head: list[bytes] = []

    def head(self, size: int) -> bytes:
        """Return at least the first *size* bytes, or all where there are fewer, without consuming them."""
        while sum(map(len, self._head)) < size:
            try:
                block = next(self._blocks, None)
            except Truncated:
                self._blocks = _raising()
                break
            if block is None:
                break
            self._head.append(block)
        return b"".join(self._head)

    def __iter__(self) -> Iterator[bytes]:
        """Yield all blocks from the start, once. Raises ``Truncated`` at the end of a broken stream."""
        head, self._head = self._head, []
        return itertools.chain(head, self._blocks)

    def tell(self) -> int:
        """Return how many stored (compressed) bytes have been read; 0 where the source cannot tell."""
        try:
            return self._raw.tell()
        except (OSError, ValueError):
            return 0

    def close(self) -> None:
        """Close the source, unless it is standard input."""
        if self._source.again:
            self._raw.close()

    def _guarded(self) -> Iterator[bytes]:
        try:
            start = _exactly(self._raw, 4)
            if start[:2] == _GZIP_MAGIC:
                yield from _gunzipped(start, self._raw)
            elif start == _ZSTD_MAGIC:
                yield from _unzstd(self._source, start, self._raw)
            else:
                yield start
                yield from _plain(self._raw)
        except OSError as error:
            raise EngineError(
                f"reading failed ({type(error).__name__})", where=self._source.name, remedy="Try again."
            ) from error


def _raising() -> Iterator[bytes]:
    yield from ()
    raise Truncated


def _exactly(raw: BinaryIO, size: int) -> bytes:
    got = b""
    while len(got) < size and (more := raw.read(size - len(got))):
        got += more
    return got


def _plain(raw: BinaryIO) -> Iterator[bytes]:
    while block := raw.read(_BLOCK):
        yield block


def _gunzipped(start: bytes, raw: BinaryIO) -> Iterator[bytes]:
    member = zlib.decompressobj(wbits=31)
    for chunk in itertools.chain([start], _plain(raw)):
        packed = chunk
        while packed:
            if member.eof:  # a gzip file can hold several members; zero bytes after the last one are padding
                packed = packed.lstrip(b"\0")
                if not packed:
                    break
                member = zlib.decompressobj(wbits=31)
            try:
                block = member.decompress(packed, _BLOCK)
            except zlib.error as error:
                raise Truncated from error
            if block:
                yield block
            packed = member.unused_data if member.eof else member.unconsumed_tail
    if not member.eof:
        if block := member.flush():
            yield block
        raise Truncated


def _unzstd(source: Source, start: bytes, raw: BinaryIO) -> Iterator[bytes]:
    done = 0
    stream = pa.CompressedInputStream(pa.PythonFile(_Rejoined(start, raw), mode="r"), "zstd")
    try:
        while block := stream.read(_ZSTD_BLOCK):
            done += len(block)
            yield block
    except OSError as error:
        # A failing read returns none of the bytes it had decoded, so the last bytes are read one by one.
        if source.again:
            yield from _last_bytes(source, done)
        raise Truncated from error


def _last_bytes(source: Source, skip: int) -> Iterator[bytes]:
    with source.open() as raw:
        stream = pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), "zstd")
        tail = bytearray()
        try:
            while skip:
                skip -= len(stream.read(min(skip, _ZSTD_BLOCK)))
            while byte := stream.read(1):
                tail += byte
        except OSError:
            yield bytes(tail)


class _Rejoined:
    """A readable file whose first bytes were already read; they are returned first."""

    closed = False

    def __init__(self, start: bytes, raw: BinaryIO) -> None:
        self._start = start
        self._raw = raw

    def read(self, size: int = -1) -> bytes:
        if self._start:
            start, self._start = self._start, b""
            return start
        return self._raw.read(size)

    def close(self) -> None:
        """Do nothing: the owner closes the file."""


def lines(blocks: Iterator[bytes], most: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield (line number from 1, line) for every line that is not blank; None for a line over *most* bytes.

    A longer line is never kept in memory. ``Truncated`` from *blocks* is raised after the complete lines before it; the
    broken last line is not yielded.
    """
    position, held, size = 0, list[bytes](), 0
    for number, block in enumerate(blocks):
        parts = (block.removeprefix(_MARK) if number == 0 else block).split(b"\n")
        for part in parts[:-1]:
            position += 1
            if size or held:
                line = b"".join(held) + part if size + len(part) <= most else None
                held, size = [], 0
            else:
                line = part if len(part) <= most else None
            if line is None or line.strip():
                yield position, None if line is None else line
        rest = parts[-1]
        size += len(rest)
        if size > most:
            held = []
        elif rest:
            held.append(rest)
    if size > most:
        yield position + 1, None
    elif (line := b"".join(held)).strip():
        yield position + 1, line


def spooled(blocks: Blocks) -> BinaryIO:
    """Return a temporary file with all of *blocks*. Parquet needs it, because its index is at the end of the file."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    file.writelines(blocks)
    file.seek(0)
    return file
