"""Reads the rows of a JSON value that is larger than a row may be: a page of an API, or one large export request.

Each row is given in a container of its own that holds nothing else. So ``{"data": [A, B], "total": 2}`` gives
``{"data": [A]}`` and ``{"data": [B]}``, which are read as the whole would be.
"""

import re
from collections.abc import Iterator

__all__ = ["CONTAINERS", "PAGES", "ContainerRows"]

PAGES = (
    "data",
    "rows",
    "items",
    "results",
    "result",
    "records",
    "Records",
    "logs",
    "events",
    "logEvents",
    "entries",
    "value",
    "hits",
    "streams",
    "tables",
    "traces",
    "requests",
    "Messages",
)
"""Names of lists in which APIs and exports hand out rows."""
CONTAINERS = frozenset(
    (
        *PAGES,
        *("resourceSpans", "resource_spans", "batches", "scopeSpans", "scope_spans", "instrumentationLibrarySpans"),
        *("spans", "resourceLogs", "resource_logs", "scopeLogs", "scope_logs", "logRecords", "log_records"),
        "observations",
    )
)
"""Names of lists whose entries are rows, or hold rows."""

_STRUCTURE = re.compile(rb'["{}\[\]]')
_STRING_END = re.compile(rb'["\\]')
_KEY = re.compile(rb'"([^"\\]{1,64})"\s*:\s*\Z')
_OPENS = frozenset(b"{[")
_OPEN, _LIST, _QUOTE, _BACKSLASH = b'{["\\'
_BEFORE = 1 << 16
"""Most bytes of a container before its list. They are repeated for every row."""


class ContainerRows:
    """Gets one JSON value in pieces, and yields the rows of its lists; None for a row over *most* bytes.

    *before* and *after* are put around each row. ``done`` says that the value has ended; ``rest`` is what follows it.
    """

    def __init__(self, most: int, before: bytes = b"", after: bytes = b"") -> None:
        self.done, self.rest = False, b""
        self._most, self._before, self._after = most, before, after
        self._open = bytearray()
        self._prefix = bytearray()
        self._kept = 0
        self._n_found = 0
        self._in_string = self._escaped = self._in_list = False
        self._depth = 0
        self._row: list[bytes] = []
        self._size = 0
        self._inner: ContainerRows | None = None

    def feed(self, block: bytes) -> Iterator[bytes | None]:
        """Yield the rows that end in *block*."""
        while block:
            if self.done:
                self.rest += block
                return
            if self._inner is not None:
                yield from self._counted(self._inner.feed(block))
                block = b""
                if self._inner.done:
                    block = self._inner.rest
                    yield from self._counted(self._inner.finish())
                    self._inner = None
            elif self._depth:
                found, block = self._in_row(block)
                yield from self._counted(iter(found))
            else:
                block = self._outside(block)

    def finish(self) -> Iterator[bytes | None]:
        """Yield what stands unfinished at the end; None where no row was found."""
        if self._inner is not None:
            yield from self._inner.finish()
        elif self._depth:
            yield b"".join(self._row)
        elif not self._n_found:
            yield None

    def _counted(self, found: Iterator[bytes | None]) -> Iterator[bytes | None]:
        for row in found:
            self._n_found += 1
            yield row

    def _outside(self, block: bytes) -> bytes:
        """Read up to the next row, or to the end of the value. Return the bytes not read yet."""
        start = at = 0
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
            elif self._in_list and sign in _OPENS:
                self._depth, self._row, self._size = 1, [block[at - 1 : at]], 1
                return block[at:]
            elif sign in _OPENS:
                self._remember(block[start : at - 1])
                start = at - 1
                if sign == _LIST and self._enters_list():
                    start = at
                self._open.append(sign)
            else:
                start = self._close(start, at)
                if not self._open:
                    self.done, self.rest = True, block[at:]
                    return b""
        if not self._in_list:
            self._remember(block[start:])
        return b""

    def _close(self, start: int, at: int) -> int:
        """Close the innermost bracket, at the sign before *at*. Return where the text starts that is not kept yet."""
        del self._open[-1:]
        if not self._in_list:
            return start
        self._in_list = False
        del self._prefix[self._kept :]
        return at

    def _remember(self, piece: bytes) -> None:
        """Keep *piece* of the container; no more of it where the container has much else before its lists."""
        if len(self._prefix) == self._kept:
            piece = piece.lstrip()
            piece = piece[1:] if piece[:1] == b"," else piece
        if len(self._prefix) <= _BEFORE:
            self._prefix += piece

    def _enters_list(self) -> bool:
        """Return whether the list that starts here holds rows. Sets what is put around them."""
        if _LIST in self._open or len(self._prefix) > _BEFORE:
            return False
        key = _KEY.search(self._prefix)
        if self._open and (key is None or key.group(1).decode("utf-8", "replace") not in CONTAINERS):
            return False
        self._kept = key.start() if key else 0
        self._in_list = True
        return True

    def _in_row(self, block: bytes) -> tuple[list[bytes | None], bytes]:
        """Read up to the end of the row. Return it, if it ends, and the bytes not read yet."""
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
            elif sign in _OPENS:
                self._depth += 1
            else:
                self._depth -= 1
                if self._depth == 0:
                    self._row.append(block[:at])
                    return self._taken(), block[at:]
        self._row.append(block)
        self._size += len(block)
        if self._size <= self._most:
            return [], b""
        self._inner, whole = ContainerRows(self._most, *self._around()), b"".join(self._row)
        self._row, self._size, self._depth, self._in_string, self._escaped = [], 0, 0, False, False
        return [], whole

    def _around(self) -> tuple[bytes, bytes]:
        opened = bytes(self._open)
        closing = b"".join(b"}" if sign == _OPEN else b"]" for sign in reversed(opened))
        listed = b"[" if len(opened) > 1 else b""
        return self._before + bytes(self._prefix) + listed, (closing if listed else b"") + self._after

    def _taken(self) -> list[bytes | None]:
        row = b"".join(self._row)
        self._row, self._size = [], 0
        before, after = self._around()
        if len(row) <= self._most:
            return [before + row + after]
        inner = ContainerRows(self._most, before, after)
        return [*inner.feed(row), *inner.finish()]
