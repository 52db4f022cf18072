"""Splits JSON that spans many lines into its objects, without keeping the whole text in memory."""

import re
from collections.abc import Iterator

from stillwatch.ingest.parsing.tolerant_json import loads

__all__ = ["is_document", "split_objects"]

_STRUCTURE = re.compile(rb'["{}\[\]]')
_STRING_END = re.compile(rb'["\\]')
_OPENS, _CLOSES = frozenset(b"{["), frozenset(b"}]")


def is_document(head: bytes) -> bool:
    """Return whether text that starts with *head* is JSON that spans many lines, not one record per line."""
    written = [line.strip() for line in head.split(b"\n")]
    written = [line for line in written if line]
    if len(written) < 2 or written[0][:1] not in (b"{", b"["):
        return False
    if written[0] in (b"[", b"{", b"[{"):
        return True
    if written[0][-1:] not in (b"[", b"{", b","):
        return False
    return not any(_is_record(line) for line in written[:20])


def _is_record(line: bytes) -> bool:
    try:
        return isinstance(loads(line), dict)
    except ValueError:
        return False


def split_objects(blocks: Iterator[bytes], most: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield (number from 1, bytes) for every top-level object or object in a top-level array; None for one over *most*.

    *most* is in bytes. An object that does not end is yielded incomplete. Text between objects is skipped.
    """
    splitter = _Splitter(most)
    for block in blocks:
        yield from splitter.feed(block)
    yield from splitter.finish()


class _Splitter:
    """Tracks strings and nesting. An outermost ``{`` starts an object."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._depth = 0
        self._in_string = False
        self._escaped = False
        self._held: list[bytes] = []
        self._size = 0
        self._number = 0

    def feed(self, block: bytes) -> Iterator[tuple[int, bytes | None]]:
        start = 0 if self._depth else -1
        at = 0
        if self._escaped and block:
            self._escaped, at = False, 1
        while match := (_STRING_END if self._in_string else _STRUCTURE).search(block, at):
            at = match.end()
            sign = match.group()[0]
            if sign == 0x5C:
                if at == len(block):
                    self._escaped = True
                at += 1
            elif sign == 0x22:
                self._in_string = not self._in_string
            elif sign in _OPENS:
                if sign == 0x7B and self._depth == 0:
                    start, self._depth = match.start(), 1
                elif self._depth:
                    self._depth += 1
            elif sign in _CLOSES and self._depth:
                self._depth -= 1
                if self._depth == 0:
                    self._hold(block[start:at])
                    yield self._finished_object()
                    start = -1
        if start >= 0:
            self._hold(block[start:])

    def finish(self) -> Iterator[tuple[int, bytes | None]]:
        if self._depth:
            yield self._finished_object()

    def _hold(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._most:
            self._held = []
        else:
            self._held.append(piece)

    def _finished_object(self) -> tuple[int, bytes | None]:
        self._number += 1
        whole = None if self._size > self._most else b"".join(self._held)
        self._held, self._size = [], 0
        return self._number, whole
