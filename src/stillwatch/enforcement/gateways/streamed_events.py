"""Server-sent events as they pass: whole events out of chunks of any size, and what *withhold* leaves of them."""

from collections.abc import Iterator

import orjson

from stillwatch.enforcement.bodies.withholding import withhold_from_answer

__all__ = ["EventFilter"]


class EventFilter:
    """Takes chunks of a stream in the format of server-sent events (WHATWG HTML) and gives what may go on.

    An event that is no JSON goes on as it came.
    """

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> bytes:
        """Return the events that *chunk* completes, without what is withheld."""
        *whole, self._rest = (self._rest + chunk).replace(b"\r\n", b"\n").split(b"\n\n")
        return b"".join(self._kept(whole))

    def end(self) -> bytes:
        """Return what is left at the end of the stream."""
        rest, self._rest = self._rest, b""
        return b"".join(self._kept([rest])) if rest.strip() else rest

    @staticmethod
    def _kept(events: list[bytes]) -> Iterator[bytes]:
        for event in events:
            lines = event.split(b"\n")
            data = b"\n".join(line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:"))
            try:
                found = orjson.loads(data)
            except orjson.JSONDecodeError:
                found = None
            if not isinstance(found, dict):
                yield event + b"\n\n"
                continue
            kept = withhold_from_answer(found)
            if kept == found:
                yield event + b"\n\n"
            elif kept is not None:
                others = [line for line in lines if line and not line.startswith(b"data:")]
                yield b"\n".join([*others, b"data: " + orjson.dumps(kept)]) + b"\n\n"
