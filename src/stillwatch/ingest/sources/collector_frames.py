"""Reads files of the OpenTelemetry Collector's file exporter in which every message is compressed by itself.

With ``compression: zstd`` the exporter writes each message as its length (4 bytes, big endian) and one Zstandard frame.
The messages are JSON with ``format: json``. With ``format: proto`` they are Protobuf, which is not read.
"""

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

from stillwatch.errors import FormatError

__all__ = ["MAGIC", "DamagedFrame", "is_framed", "is_framed_protobuf", "messages", "protobuf_error"]

MAGIC = b"\x28\xb5\x2f\xfd"
"""The first bytes of a Zstandard frame."""
_LENGTH = 4
_MOST = 1 << 28
"""Largest frame, in bytes. A longer one is taken for a damaged length."""
_BLOCK = 1 << 16
_FIELD_1 = 0x0A
"""How a Protobuf message starts whose first field is 1 and has a length, as all export requests do."""


class DamagedFrame(Exception):  # noqa: N818 - never leaves sources
    """A frame is cut off or damaged; all messages before it were returned."""


def is_framed(start: bytes) -> bool:
    """Return whether a file with the first 8 bytes *start* holds compressed messages with their lengths."""
    return start[_LENGTH : 2 * _LENGTH] == MAGIC and 0 < _length(start) <= _MOST


def is_framed_protobuf(start: bytes) -> bool:
    """Return whether a file with the first 8 bytes *start* holds Protobuf messages with their lengths."""
    if len(start) < 2 * _LENGTH or start[_LENGTH] != _FIELD_1:
        return False
    inner = start[_LENGTH + 1]
    is_short = inner < 0x80  # a length up to 127 is one byte
    return start[0] == 0 and (_length(start) >= inner + 2 if is_short else _length(start) > 0x80)


def protobuf_error(name: str) -> FormatError:
    """Return the error for a file of Protobuf messages."""
    return FormatError(
        "this file of the Collector's file exporter holds Protobuf, which is not read",
        where=name,
        remedy="Set `format: json` in the exporter; `compression: zstd` can stay.",
    )


def messages(start: bytes, raw: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the messages of *raw*, each ended by a line break; *start* holds the bytes that were read before.

    Raises ``DamagedFrame`` at a broken frame, and ``FormatError`` with the *name* of the source for Protobuf.
    """
    held = start
    while True:
        held = _filled(held, raw, _LENGTH)
        if not held:
            return
        length = _length(held)
        if len(held) < _LENGTH or not 0 < length <= _MOST:
            raise DamagedFrame
        held = _filled(held, raw, _LENGTH + length)
        frame, held = held[_LENGTH : _LENGTH + length], held[_LENGTH + length :]
        if len(frame) < length:
            raise DamagedFrame
        yield from _unpacked(frame, name)


def _unpacked(frame: bytes, name: str) -> Iterator[bytes]:
    first = True
    try:
        stream = pa.CompressedInputStream(pa.BufferReader(frame), "zstd")
        while block := stream.read(_BLOCK):
            if first and block[0] == _FIELD_1:
                raise protobuf_error(name)
            first = False
            yield block
    except OSError as error:
        raise DamagedFrame from error
    yield b"\n"


def _filled(held: bytes, raw: BinaryIO, size: int) -> bytes:
    pieces, n_bytes = [held], len(held)
    while n_bytes < size and (more := raw.read(size - n_bytes)):
        pieces.append(more)
        n_bytes += len(more)
    return b"".join(pieces)


def _length(start: bytes) -> int:
    return int.from_bytes(start[:_LENGTH], "big")
