"""Splits JSON that spans many lines into its objects, without keeping the whole text in memory."""

import re
from collections.abc import Iterator

from stillwatch.ingest.parsing.tolerant_json import loads
from stillwatch.ingest.sources.json_containers import ContainerRows

__all__ = ["is_document", "split_objects"]

_STRUCTURE = re.compile(rb'["{}\[\]]')
_STRING_END = re.compile(rb'["\\\n]')
_NEXT_LINE = re.compile(rb"\s*?\n([ \t]*)\S")
_OPENS = frozenset(b"{[")
_OPEN, _QUOTE, _BACKSLASH, _LINE_BREAK = b'{"\\\n'
_INDENT = 256
"""Most bytes of a line's indentation that are looked at."""
_BETWEEN = re.compile(rb"[\s,\[\]\x1e]*")
"""What stands between the objects of an array, of a stream of objects, or of a JSON text sequence (RFC 7464)."""
_SCALAR = re.compile(rb'(?:null|true|false|-?\d[\d.eE+-]*|"(?:[^"\\\n]|\\.)*")(?=\s*[,\]])')
_LINES_SEEN = 200
_LINES_AFTER = 20


def is_document(head: bytes) -> bool:
    """Return whether text that starts with *head* is JSON that spans many lines, not one record per line.

    Lines of other text before the JSON do not count.
    """
    found = [line.strip() for line in head.split(b"\n", _LINES_SEEN)[:_LINES_SEEN]]
    found = [line for line in found if line]
    for number, line in enumerate(found):
        if line[:1] not in (b"{", b"["):
            continue
        if line in (b"[", b"{", b"[{"):
            return len(found) > number + 1
        if _is_record(line):
            return False
        if line[-1:] in (b"[", b"{", b","):
            after = found[number + 1 : number + _LINES_AFTER]
            return bool(after) and not any(_is_record(other) for other in after)
    return False


def _is_record(line: bytes) -> bool:
    try:
        return isinstance(loads(line), dict | list)
    except ValueError:
        return False


def split_objects(blocks: Iterator[bytes], most: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield (number from 1, bytes) for every top-level object or object in a top-level array; None for one over *most*.

    *most* is in bytes. An object over *most* that holds the rows of a known container is split into them
    (``json_containers``). A line of other text between objects is yielded as it stands. An object that does not end is
    yielded incomplete.
    """
    splitter = _Splitter(most)
    number = 0
    for block in blocks:
        for found in splitter.feed(block):
            number += 1
            yield number, found
    for found in splitter.finish():
        number += 1
        yield number, found


class _Splitter:
    """Tracks strings and nesting. A ``{`` at the start of a line, or between objects, starts an object."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._depth = 0
        self._in_string = False
        self._escaped = False
        self._held: list[bytes] = []
        self._size = 0
        self._between = b""
        self._indent = b""
        self._is_indented = False
        self._in_long_text = False
        self._long: ContainerRows | None = None

    def feed(self, block: bytes) -> Iterator[bytes | None]:
        """Yield what ends in *block*."""
        while block:
            found: list[bytes | None] = []
            if self._in_long_text:
                block = self._skipped(block)
            elif self._long is not None:
                yield from self._long.feed(block)
                block = b""
                if self._long.done:
                    found, block, self._long = list(self._long.finish()), self._long.rest, None
            else:
                found, block = (self._inside if self._depth else self._outside)(block)
            yield from found

    def finish(self) -> Iterator[bytes | None]:
        """Yield what stands unfinished at the end."""
        if self._long is not None:
            yield from self._long.finish()
        elif self._depth:
            yield from self._taken()
        elif not self._in_long_text and not _BETWEEN.fullmatch(self._between):
            yield self._between.strip()

    def _outside(self, block: bytes) -> tuple[list[bytes | None], bytes]:
        """Read up to the start of an object. Return the lines of text before it, and the bytes not read yet."""
        block, self._between = self._between + block, b""
        found: list[bytes | None] = []
        at = 0
        while at < len(block):
            start, at = at, _end_of(_BETWEEN.match(block, at), at)
            if at == len(block):
                self._between = block[max(start, block.rfind(b"\n") + 1, at - _INDENT) :]
            elif block[at] == _OPEN:
                self._begin(block, at)
                return found, block[at + 1 :]
            elif scalar := _SCALAR.match(block, at):
                found.append(scalar.group())
                at = scalar.end()
            elif (end := block.find(b"\n", at)) >= 0:
                found.append(block[at:end].strip())
                at = end
            elif len(block) - at <= self._most:
                self._between = block[at:]
                break
            else:
                found.append(None)
                self._in_long_text = True
                break
        return found, b""

    def _begin(self, block: bytes, at: int) -> None:
        """Begin an object at the ``{`` of *block* at index *at*."""
        self._depth, self._held, self._size = 1, [b"{"], 1
        self._indent = block[block.rfind(b"\n", 0, at) + 1 : at]
        below = _NEXT_LINE.match(block, at + 1)
        self._is_indented = not self._indent.strip() and below is not None and len(below.group(1)) > len(self._indent)

    def _inside(self, block: bytes) -> tuple[list[bytes | None], bytes]:
        """Read up to the end of the object. Return it, if it ends or is too long, and the bytes not read yet."""
        at = 0
        if self._escaped:
            self._escaped, at = False, 1
        while match := (_STRING_END if self._in_string else _STRUCTURE).search(block, at):
            at = match.end()
            sign = block[at - 1]
            if sign == _BACKSLASH:
                self._escaped = at == len(block)
                at += 1
            elif sign == _QUOTE:
                self._in_string = not self._in_string
            elif sign == _LINE_BREAK:
                if self._begins_again(block, at):  # JSON has no line break inside a string, so its end is lost
                    self._hold(block[: at - 1])
                    return self._taken(), block[at - 1 :]
            elif sign in _OPENS:
                start = block.rfind(b"\n", 0, at)
                if sign == _OPEN and self._is_indented and start >= 0 and self._begins_again(block, start + 1):
                    self._hold(block[:start])
                    return self._taken(), block[start:]
                self._depth += 1
            else:
                self._depth -= 1
                if self._depth == 0:
                    self._hold(block[:at])
                    return self._taken(), block[at:]
        self._hold(block)
        if self._size <= self._most:
            return [], b""
        self._long, whole = ContainerRows(self._most), b"".join(self._held)
        self._reset()
        return [], whole

    def _begins_again(self, block: bytes, at: int) -> bool:
        """Return whether a ``{`` stands on the line at *at* where this object began: this object was cut off."""
        return block.startswith(self._indent + b"{", at)

    def _skipped(self, block: bytes) -> bytes:
        """Skip the rest of a line of text that is too long. Return the bytes after it."""
        end = block.find(b"\n")
        self._in_long_text = end < 0
        return block[end:] if end >= 0 else b""

    def _hold(self, piece: bytes) -> None:
        self._size += len(piece)
        self._held.append(piece)

    def _taken(self) -> list[bytes | None]:
        whole, fits = b"".join(self._held), self._size <= self._most
        self._reset()
        if fits:
            return [whole]
        rows = ContainerRows(self._most)
        return [*rows.feed(whole), *rows.finish()]

    def _reset(self) -> None:
        self._held, self._size, self._depth = [], 0, 0
        self._in_string = self._escaped = False


def _end_of(match: re.Match[bytes] | None, otherwise: int) -> int:
    return otherwise if match is None else match.end()
