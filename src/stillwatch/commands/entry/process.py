"""Prepares the process of a command: its streams, the rights of its files, and what a signal does.

A signal ends the process within seconds, also in the middle of a query or a kernel, where Python cannot run a handler.
"""

import io
import os
import select
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from stillwatch.temporary import delete_all

__all__ = ["SignalExit", "flush", "place_of", "prepare"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_NATIVE_S = 3.0
"""Seconds that native code has to come back after a signal."""
_TIDY_S = 60.0
"""Seconds that the blocks of the program have to end in good order."""
_TWICE_S = 1.0
"""Seconds in which a second signal counts as the same one. A terminal and a wrapper often send one each."""


def prepare() -> None:
    """Make files readable by their owner only, and streams that bear whatever is at their other end.

    Results name accounts, so no file is for everybody.
    """
    os.umask(0o077)
    _fill_descriptors()
    sys.stdout, sys.stderr = _stream(sys.stdout, 1), _stream(sys.stderr, 2)
    sys.unraisablehook = lambda found: _tell("an error was ignored", found.exc_value)
    threading.excepthook = lambda found: _tell("a thread ended", found.exc_value)


def flush() -> None:
    """Write what is left in the buffers. Raises ``OSError`` where stdout cannot be written to."""
    try:
        sys.stdout.flush()
    except OSError:
        # The interpreter would fail once more at its end, with a traceback.
        sys.stdout = _stream(None, 1)
        raise
    finally:
        sys.stderr.flush()


def place_of(error: BaseException) -> str:
    """Return the innermost place of this package that *error* came through, as ``file:line``; empty if none.

    The text of an error can quote a log, its place cannot.
    """
    package = Path(__file__).parents[2]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if package in Path(frame.filename).parents]
    return f"{Path(frames[-1].filename).relative_to(package)}:{frames[-1].lineno}" if frames else ""


def _tell(what: str, error: BaseException | None) -> None:
    if error is not None:
        place = f" at {place}" if (place := place_of(error)) else ""
        print(f"stillwatch: {what} ({type(error).__name__}{place}).", file=sys.stderr)  # noqa: T201


def _fill_descriptors() -> None:
    """Open the null device where a standard stream is closed, or the next file would become that stream."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)


class _Patient(io.FileIO):
    """A stream that outlives its reader: what nobody reads is dropped, and the command goes on to its exit code."""

    def __init__(self, number: int) -> None:
        super().__init__(number, "wb", closefd=False)
        self._is_error_stream, self._is_over = number == 2, False

    def write(self, data: Any) -> int:
        while not self._is_over:
            try:
                written = super().write(data)
            except OSError as error:
                # Where stderr cannot be written to, nobody can be told, and the exit code has to say it.
                if not (self._is_error_stream or isinstance(error, BrokenPipeError)):
                    raise
                self._is_over = True
                break
            if written is not None:
                return written
            select.select([], [self], [])  # somebody else set the pipe to not waiting
        return len(memoryview(data).cast("B"))


def _stream(given: TextIO | None, number: int) -> TextIO:
    """Return a text stream over the descriptor *number*; what the encoding lacks is escaped."""
    raw = io.BufferedWriter(_Patient(number))
    encoding = given.encoding if given is not None else "utf-8"
    return io.TextIOWrapper(raw, encoding, "backslashreplace", line_buffering=number == 2 or raw.raw.isatty())


class SignalExit:
    """Ends the process on SIGINT, SIGTERM or SIGHUP. ``number`` is the signal that came, 0 before.

    The handler raises ``SystemExit`` in the main thread, so that every block ends in good order. A query or a kernel
    keeps the main thread from running it, and a library may swallow the exception. So a thread watches: it deletes
    the temporary folders and ends the process where nothing else does.
    """

    def __init__(self) -> None:
        self.number = 0
        self._came_at = 0.0

    def install(self) -> None:
        """Answer the signals from here on, but not those that the caller of the process ignores, as ``nohup`` does."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._raise)
        # Bytes arrive there at once, whatever the main thread does.
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        threading.Thread(target=self._watch, args=(reader,), name="signals", daemon=True).start()
        told = sys.unraisablehook

        def unraisable(found: Any) -> None:
            if self.number and isinstance(found.exc_value, SystemExit):
                # Raised where Python cannot pass it on; it is raised again from a place where it can.
                self._came_at = 0.0
                threading.Timer(0.05, signal.raise_signal, [self.number]).start()
            else:
                told(found)

        sys.unraisablehook = unraisable

    def _raise(self, number: int, _: FrameType | None) -> None:
        now = time.monotonic()
        if self._came_at:
            if now - self._came_at > _TWICE_S:
                self._end(number)
            return
        self.number, self._came_at = number, now
        raise SystemExit(128 + number)

    def _watch(self, reader: int) -> None:
        while data := os.read(reader, 1):
            if data[0] in _SIGNALS:
                break
        time.sleep(_NATIVE_S)
        if self.number:
            time.sleep(_TIDY_S)
        self._end(data[0])

    def _end(self, number: int) -> None:
        delete_all()
        os._exit(128 + number)
