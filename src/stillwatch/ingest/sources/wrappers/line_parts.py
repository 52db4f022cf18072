"""Joins lines that were stored in parts: cut at 16 KiB by a container runtime, or JSON written over many lines."""

from dataclasses import dataclass, field

from stillwatch.ingest.parsing.tolerant_json import loads
from stillwatch.ingest.sources.wrappers.wrapper import Line

__all__ = ["LineParts", "Whole"]


@dataclass(slots=True)
class _Waiting:
    """The parts of one line so far. *why* says how its end is known.

    ``cut``: the store says which part is the last. ``open``: the store does not say, and the text is the start of an
    object. ``pretty``: JSON over many lines, which ends with a bracket indented as the first one.
    """

    why: str
    positions: list[int] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    size: int = 0


@dataclass(frozen=True, slots=True)
class Whole:
    """A line joined from its parts; *text* is None where it is longer than allowed. *position* is that of its start."""

    position: int
    text: str | None


class LineParts:
    """Gets lines and parts of lines in order, and returns whole lines. Holds at most *most* characters per stream."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: dict[str, _Waiting] = {}

    def add(self, position: int, line: Line) -> list[Whole]:
        """Return the lines that are whole with *line*."""
        waiting = self._waiting.get(line.stream)
        if waiting is None:
            why = _why_waiting(line)
            if not why:
                return [Whole(position, line.text)]
            waiting = self._waiting[line.stream] = _Waiting(why)
        elif _is_new(line, waiting):
            return [*self._given_up(line.stream), Whole(position, line.text)]
        waiting.positions.append(position)
        waiting.size += len(line.text)
        if waiting.size <= self._most:
            waiting.pieces.append(line.text)
        return self._finished(line, waiting)

    def finish(self) -> list[Whole]:
        """Return what is still waiting at the end of the source."""
        return [whole for stream in list(self._waiting) for whole in self._given_up(stream)]

    def _finished(self, line: Line, waiting: _Waiting) -> list[Whole]:
        text = ("" if waiting.why != "pretty" else "\n").join(waiting.pieces)
        if waiting.why == "cut":
            is_whole = line.ended is not False
        elif waiting.why == "pretty":
            closing = line.text.rstrip().removesuffix(",")
            opening = waiting.pieces[0].rstrip() if waiting.pieces else ""
            is_whole = len(waiting.positions) > 1 and closing == opening[:-1] + {"{": "}", "[": "]"}[opening[-1]]
        else:
            is_whole = text.rstrip()[-1:] == "}" and _is_object(text)
        if waiting.size > self._most and not (waiting.why == "cut" and not is_whole):
            del self._waiting[line.stream]
            return [Whole(waiting.positions[0], None)]
        if not is_whole:
            return []
        del self._waiting[line.stream]
        return [Whole(waiting.positions[0], text)]

    def _given_up(self, stream: str) -> list[Whole]:
        """Return what waits in *stream*: one line where the store says that the parts belong together, else each."""
        waiting = self._waiting.pop(stream)
        if waiting.why == "open":
            return [Whole(p, text) for p, text in zip(waiting.positions, waiting.pieces, strict=True)]
        text = None if waiting.size > self._most else "\n".join(waiting.pieces)
        return [Whole(waiting.positions[0], text)]


def _why_waiting(line: Line) -> str:
    """Return why *line* is only the start of a line (``_Waiting.why``); empty where it is whole."""
    text = line.text.strip()
    if line.ended is False:
        return "cut"
    if text in ("{", "["):
        return "pretty"
    return "open" if line.ended is None and text[:1] == "{" and not _is_object(text) else ""


def _is_new(line: Line, waiting: _Waiting) -> bool:
    """Return whether *line* is an object by itself, so that what waits has lost its end."""
    if waiting.why == "cut" or not waiting.pieces:
        return False
    # Within JSON over many lines, an object of one line is indented more than the first bracket.
    start = waiting.pieces[0].rstrip()[:-1] + "{" if waiting.why == "pretty" else ""
    return line.text.startswith(start) and _is_object(line.text)


def _is_object(text: str) -> bool:
    text = text.strip()
    if text[:1] != "{" or text[-1:] != "}":
        return False
    try:
        return isinstance(loads(text), dict)
    except ValueError:
        return False
