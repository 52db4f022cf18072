"""Turns lines of JSON into records, and opens the wrappers around records, until no wrapper is left."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from stillwatch.ingest.parsing.format import Record, RowFault, Skip
from stillwatch.ingest.parsing.tolerant_json import loads
from stillwatch.ingest.sources.json_documents import split_objects
from stillwatch.ingest.sources.wrappers.known import opened
from stillwatch.ingest.sources.wrappers.line_parts import LineParts
from stillwatch.ingest.sources.wrappers.wrapper import Inside, Line

__all__ = ["Found", "Unwrapper"]

Found = tuple[int, Mapping[str, Any] | RowFault | Skip, int]
"""Position from 1, the record or the reason why it cannot be read, and its size in bytes."""

_LEVELS = 8
"""Most wrappers around a record."""
_CONTAINERD = re.compile(rb"\d{4}-\d\d-\d\dT\S+ (stdout|stderr) ([FP])(?::\S*)? ?")
"""The start of a line in Kubernetes' log files (CRI): the time, the stream, and whether the line ends here."""
_PREFIXED = re.compile(rb'[^{}"\t]{1,2000}?(?: \{(?:\w+="[^"{}]*"(?:, ?)?)*\})?[ \x1e](?=\{\s*")')
"""What stands before an object in a line: a time, the name of a container or a level, the labels of Loki."""
_COLOURS = re.compile(rb"\x1b\[[0-9;]*m")
"""What a terminal shows as colours, such as around the names of containers."""
_SEQUENCE = b"\x1e"
_BETWEEN_OBJECTS = re.compile(rb"\}[\s,\x1e]*\{")


class Unwrapper:
    """Yields the records of lines and of records. A record keeps the position of what it came in.

    *most* is the most bytes of a line that comes in parts. A record for which *owns* is true is never opened.
    """

    def __init__(self, most: int, owns: Callable[[Record], bool] | None = None) -> None:
        self._most, self._owns = most, owns
        self._parts = LineParts(most)

    def line(self, position: int, line: bytes | None) -> Iterator[Found]:
        """Yield the records of one line, or of one JSON value; None is a line that is too long."""
        if line is None:
            yield position, self._too_long(), 0
            return
        try:
            loaded = loads(line)
        except ValueError:
            yield from self._other(position, line)
            return
        if type(loaded) is dict:
            if self._opened(loaded) is None:  # the common case first, for speed
                yield position, loaded, len(line)
            else:
                yield from self.record(position, loaded, len(line))
            return
        found = loaded if isinstance(loaded, list) and loaded else [loaded]
        for entry in found:
            if isinstance(entry, str) and entry[:1] == "{":  # JSON that was written as JSON a second time
                yield from self._text(position, Line(entry), 1)
            else:
                yield from self.record(position, entry, len(line) // len(found))

    def record(self, position: int, record: Any, size: int, level: int = 0) -> Iterator[Found]:
        """Yield what is inside *record*, or the record itself where no wrapper fits."""
        if isinstance(record, RowFault | Skip):
            yield position, record, size
        elif not isinstance(record, Mapping):
            yield position, RowFault("a JSON object is expected"), size
        elif level >= _LEVELS or (inside := self._opened(record)) is None:
            yield position, record, size
        else:
            found = list(inside)
            for entry in found:
                if isinstance(entry, Line):
                    yield from self._text(position, entry, level + 1)
                else:
                    yield from self.record(position, entry, size // len(found), level + 1)

    def _opened(self, record: Record) -> Inside | None:
        return None if self._owns is not None and self._owns(record) else opened(record)

    def finish(self) -> Iterator[Found]:
        """Yield what is left of lines that came in parts, at the end of the source."""
        for whole in self._parts.finish():
            yield from self._whole(whole.position, whole.text, 1)

    def _text(self, position: int, line: Line, level: int) -> Iterator[Found]:
        for whole in self._parts.add(position, line):
            yield from self._whole(whole.position, whole.text, level)

    def _whole(self, position: int, text: str | None, level: int) -> Iterator[Found]:
        if text is None:
            yield position, self._too_long(), 0
            return
        line = text.strip().encode("utf-8", "surrogatepass")
        if not line:
            return
        if level >= _LEVELS:
            yield position, _no_json(line), len(line)
            return
        try:
            loaded = loads(line)
        except ValueError:
            yield from self._other(position, line, level)
            return
        for entry in loaded if isinstance(loaded, list) and loaded else [loaded]:
            yield from self.record(position, entry, len(line), level)

    def _other(self, position: int, line: bytes, level: int = 0) -> Iterator[Found]:
        """Yield the records of a line that is not JSON by itself: with other text before it, or several objects."""
        if match := _CONTAINERD.match(line):
            text = line[match.end() :].decode("utf-8", "surrogateescape")
            stream, ended = match.group(1).decode(), match.group(2) == b"F"
            yield from self._text(position, Line(text, stream, ended), level + 1)
        elif (record := _after_prefix(line)) is not None:
            yield from self.record(position, record, len(line), level + 1)
        elif objects := self._objects(line):
            for record in objects:
                yield from self.record(position, record, len(line) // len(objects), level + 1)
        else:
            yield position, _no_json(line), len(line)

    def _objects(self, line: bytes) -> list[Any]:
        """Return the objects of a line that holds nothing but several of them, as Firehose writes; else none."""
        if line[:1] != b"{" or not _BETWEEN_OBJECTS.search(line):
            return []
        try:
            found = [loads(part) for _, part in split_objects(iter([line]), self._most) if part]
        except ValueError:
            return []
        return found if all(isinstance(record, dict) for record in found) else []

    def _too_long(self) -> RowFault:
        return RowFault(f"longer than {self._most} bytes (ingest.max_row_bytes)")


def _after_prefix(line: bytes) -> Any:
    """Return the object that follows other text in *line*; None where there is none."""
    line = _COLOURS.sub(b"", line.removeprefix(_SEQUENCE))
    match = _PREFIXED.match(line)
    start = match.end() if match else 0
    if not start and line[:1] != b"{":
        return None
    try:
        found = loads(line[start:])
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _no_json(line: bytes) -> RowFault:
    try:
        line.decode()
    except UnicodeDecodeError:
        return RowFault("not UTF-8; a JSON object in UTF-8 is expected")
    return RowFault("not valid JSON, or nested too deeply; a JSON object is expected")
