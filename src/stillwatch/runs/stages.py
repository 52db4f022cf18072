"""Counts and times the stages of a run."""

import resource
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from stillwatch.model import Pace, Progress

__all__ = ["Stage", "Stages"]

_TOLD_EVERY = 0.2
"""Seconds between two calls of *progress* for one stage."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A finished stage: rows and bytes of input, seconds, and the peak memory of the process until its end, in MiB.

    With an engine of several machines the memory is that of the driver.
    """

    stage: str
    rows: int
    bytes: int
    seconds: float
    peak_mib: float


class Stages:
    """Counts and times one stage after the other, and calls *progress*. Threads may count at the same time."""

    def __init__(self, progress: Progress = lambda _: None, clock: Callable[[], float] = time.monotonic) -> None:
        self._tell, self._clock, self._lock = progress, clock, threading.Lock()
        self._over: list[Stage] = []
        self._name, self._rows, self._bytes, self._size = "", 0, 0, 0
        self._began = self._told = 0.0

    def begin(self, name: str, *, size: int = 0) -> None:
        """Begin the stage *name* and end the one before; *size* is the bytes that it will read, 0 if unknown."""
        self.end()
        with self._lock:
            self._name, self._rows, self._bytes, self._size = name, 0, 0, size
            self._began = self._told = self._clock()
        self._tell(self._pace())

    def count(self, *, rows: int = 0, size: int = 0) -> None:
        """Add *rows* and *size* bytes to the stage."""
        with self._lock:
            self._rows += rows
            self._bytes += size
            now = self._clock()
            if now - self._told < _TOLD_EVERY:
                return
            self._told = now
            pace = self._pace()
        self._tell(pace)

    def end(self) -> tuple[Stage, ...]:
        """End the current stage and return all finished stages, in their order."""
        with self._lock:
            if self._name:
                seconds = round(self._clock() - self._began, 3)
                self._over.append(Stage(self._name, self._rows, self._bytes, seconds, _peak_mib()))
                self._name = ""
            return tuple(self._over)

    def _pace(self) -> Pace:
        share = self._bytes / self._size if self._size else None
        return Pace(self._name, self._rows, self._clock() - self._began, share)


def _peak_mib() -> float:
    # in bytes on macOS, in KiB on other systems
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale, 1)
