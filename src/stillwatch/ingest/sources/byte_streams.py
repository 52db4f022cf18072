"""Bytes in, lines out: decompresses on the way, and bounds what one line may hold in memory."""

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
_MARK = b"\xef\xbb\xbf"  # the byte order mark some programs put before UTF-8
_GZIP_MAGIC, _ZSTD_MAGIC = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


class Truncated(Exception):  # noqa: N818 - never leaves the room; the reader makes a reject of it
    """A compressed stream ends or breaks before its end; everything up to there was handed out."""


class Blocks:
    """The decompressed bytes of a source in blocks, with its first ones to look at beforehand.

    Whether it is compressed is told by its first bytes, not by its name.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._raw: BinaryIO = source.open()
        self._blocks = self._guarded()
        self._head: list[bytes] = []

    def head(self, size: int) -> bytes:
        """Return about the first *size* bytes (fewer where there are no more) without using them up."""
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
        """Yield all blocks from the start, once; raises ``Truncated`` at the end of a broken stream."""
        head, self._head = self._head, []
        return itertools.chain(head, self._blocks)

    def tell(self) -> int:
        """Return how many bytes of the source, as it lies there, have been taken; 0 where it cannot say."""
        try:
            return self._raw.tell()
        except (OSError, ValueError):
            return 0

    def close(self) -> None:
        """Close the source, standard input excepted."""
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
            if member.eof:  # gzip files may hold several members; zero bytes after the last are padding
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
        # A failing read gives nothing of what it had decoded, so the last part is fetched byte by byte.
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
    """A readable file whose first bytes were already taken."""

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
        """Leave the file to its owner."""


def lines(blocks: Iterator[bytes], most: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield (line number from 1, line) for every line that is not blank; None for one over *most*.

    A longer line is never held. A ``Truncated`` from *blocks* passes through, after the whole lines before
    it; its broken last line is not given.
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
    """Return a temporary file with all of *blocks*: Parquet is read from its end."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    file.writelines(blocks)
    file.seek(0)
    return file
