"""Reads lines from sources: decompresses, and limits the memory that one line can use."""

import bz2
import itertools
import lzma
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

import pyarrow as pa

from stillwatch.errors import EngineError
from stillwatch.ingest.sources import collector_frames
from stillwatch.ingest.sources.locations import Source
from stillwatch.ingest.sources.text_encodings import as_utf8

__all__ = ["Blocks", "LongLine", "Truncated", "lines", "spooled"]

_BLOCK = 1 << 18
_ZSTD_BLOCK = 1 << 16
_START = 8
_GZIP_MAGIC = b"\x1f\x8b"
_MOST_MEMORY = 1 << 28
"""Bytes that decompressing xz may hold; its strongest preset needs a quarter of them."""


class Truncated(Exception):  # noqa: N818 - never leaves ingest; the reader turns it into a reject
    """A compressed stream is cut off or damaged; all bytes before that point were returned."""


class Blocks:
    """The decompressed bytes of a source in blocks; its first blocks can be inspected before reading.

    The first bytes of the source, not its name, decide whether it is decompressed (gzip, Zstandard, bzip2, xz, frames
    of the OpenTelemetry Collector). Text in UTF-16 or UTF-32 becomes UTF-8.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._raw: BinaryIO = source.open()
        self._blocks = as_utf8(self._guarded())
        self._head: list[bytes] = []

    @property
    def work(self) -> Path | None:
        """Return the folder for a copy of the source; None means the system's."""
        return self._source.work

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
            start = _exactly(self._raw, _START)
            if start[:2] == _GZIP_MAGIC:
                yield from _gunzipped(start, self._raw)
            elif start[:4] == collector_frames.MAGIC:
                yield from _unzstd(self._source, start, self._raw)
            elif start[:3] == b"BZh":
                yield from _members(start, self._raw, bz2.BZ2Decompressor)
            elif start[:6] == b"\xfd7zXZ\0":
                yield from _members(start, self._raw, _xz)
            elif collector_frames.is_framed(start):
                yield from _framed(self._source, start, self._raw)
            elif collector_frames.is_framed_protobuf(start):
                raise collector_frames.protobuf_error(self._source.name)
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


def _xz() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(memlimit=_MOST_MEMORY)


def _members(
    start: bytes, raw: BinaryIO, made: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor]
) -> Iterator[bytes]:
    """Yield what the members of a bzip2 or xz file hold; *made* makes the decompressor of one member."""
    member = made()
    for chunk in itertools.chain([start], _plain(raw)):
        packed = chunk
        while packed or not (member.needs_input or member.eof):
            if member.eof:
                packed = packed.lstrip(b"\0")
                if not packed:
                    break
                member = made()
            try:
                block = member.decompress(packed, _BLOCK)
            except (OSError, lzma.LZMAError) as error:
                raise Truncated from error
            if block:
                yield block
            packed = member.unused_data if member.eof else b""
    if not member.eof:
        raise Truncated


def _framed(source: Source, start: bytes, raw: BinaryIO) -> Iterator[bytes]:
    try:
        yield from collector_frames.messages(start, raw, source.name)
    except collector_frames.DamagedFrame as error:
        raise Truncated from error


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


class LongLine(Protocol):
    """Reads a line that is too long to be kept. It gets the line in pieces, and yields the records found in it."""

    def feed(self, block: bytes) -> Iterator[bytes | None]:
        """Yield the records that end in *block*; None for one that is too long itself."""
        ...

    def finish(self) -> Iterator[bytes | None]:
        """Yield what the end of the line leaves; None where no record was found."""
        ...


class _Dropped:
    """A ``LongLine`` that reads nothing."""

    def feed(self, block: bytes) -> Iterator[bytes | None]:  # noqa: ARG002 - the contract's parameter
        yield from ()

    def finish(self) -> Iterator[bytes | None]:
        yield None


def lines(
    blocks: Iterator[bytes],
    most: int,
    *,
    end: bytes = b"\n",
    blank: bool = False,
    long_line: Callable[[], LongLine] = _Dropped,
) -> Iterator[tuple[int, bytes | None]]:
    """Yield (line number from 1, line) for every line that is not blank; None for a line over *most* bytes.

    A longer line is never kept in memory; *long_line* makes the reader of such a line. *end* ends a line. With *blank*,
    blank lines are yielded, too. ``Truncated`` from *blocks* is raised after the complete lines before it; the broken
    last line is not yielded.
    """
    position, held, size = 0, list[bytes](), 0
    long: LongLine | None = None
    for block in blocks:
        *whole, rest = block.split(end)
        for part in whole:
            position += 1
            if long is not None or size + len(part) > most:
                long = long or long_line()
                yield from _numbered(position, long, [*held, part])
                yield from ((position, found) for found in long.finish())
                long, held, size = None, [], 0
                continue
            line = part
            if held:
                line = b"".join([*held, part])
                held, size = [], 0
            if blank or line.strip():
                yield position, line
        held, size = [*held, rest] if rest else held, size + len(rest)
        if long is not None or size > most:
            long = long or long_line()
            yield from _numbered(position + 1, long, held)
            held = []
    if long is not None:
        yield from ((position + 1, found) for found in long.finish())
    elif (line := b"".join(held)).strip():
        yield position + 1, line


def _numbered(position: int, long: LongLine, pieces: Sequence[bytes]) -> Iterator[tuple[int, bytes | None]]:
    for piece in pieces:
        for found in long.feed(piece):
            yield position, found


def spooled(blocks: Blocks) -> BinaryIO:
    """Return a temporary file with all of *blocks*. Parquet needs it, because its index is at the end of the file.

    Raises ``EngineError`` where the folder for it is full or cannot be written.
    """
    try:
        return _spooled(blocks)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise EngineError(
            f"what comes in cannot be kept for reading ({reason})",
            where=str(blocks.work or "the folder for temporary files"),
            remedy="Name a folder with more space by --work, or a file in place of standard input.",
        ) from error


def _spooled(blocks: Blocks) -> BinaryIO:
    file = tempfile.TemporaryFile(dir=blocks.work)  # noqa: SIM115 - the caller closes it
    file.writelines(blocks)
    file.seek(0)
    return file
