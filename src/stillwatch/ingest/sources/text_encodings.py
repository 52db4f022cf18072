"""Turns text in UTF-16 or UTF-32 into UTF-8, and removes the mark at the start of a file.

Windows PowerShell 5 writes UTF-16 with ``>``; spreadsheets write UTF-8 with a mark.
"""

import codecs
import itertools
from collections.abc import Iterator

__all__ = ["as_utf8", "encoding_of"]

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)
_PLAIN = frozenset(b"\t\r\n") | frozenset(range(0x20, 0x7F))
_SEEN = 64
"""Bytes that are looked at. Some of them are zero in every log in UTF-16, because its marks and digits are ASCII."""


def encoding_of(start: bytes) -> tuple[str, int]:
    """Return the encoding of text with the first bytes *start*, and the length of its mark.

    Without a mark, two characters of ASCII with a zero byte each are UTF-16. Everything else counts as UTF-8.
    """
    for mark, name in _MARKS:
        if start.startswith(mark) and (0 in start or name == "utf-8"):
            return name, len(mark)
    if len(start) >= 4:
        if start[1] == start[3] == 0 and start[0] in _PLAIN and start[2] in _PLAIN:
            return "utf-16-le", 0
        if start[0] == start[2] == 0 and start[1] in _PLAIN and start[3] in _PLAIN:
            return "utf-16-be", 0
    return "utf-8", 0


def as_utf8(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the text of *blocks* as UTF-8, without a mark. UTF-8 and binary data are passed on unchanged.

    What is not valid in UTF-16 becomes bytes that are not valid in UTF-8, so that its row is rejected.
    """
    start = b""
    try:
        for block in blocks:
            start += block
            if len(start) >= _SEEN:
                break
    except Exception:  # the stream is broken, and this text stands before the break
        yield start
        raise
    name, mark = encoding_of(start)
    rest = itertools.chain([start[mark:]], blocks)
    if name == "utf-8":
        yield from (block for block in rest if block)
        return
    decoder = codecs.getincrementaldecoder(name)("surrogatepass")
    for block in rest:
        if text := decoder.decode(block):
            yield text.encode("utf-8", "surrogatepass")
    if decoder.getstate()[0]:  # half a character at the end
        yield b"\xff"
