"""Holds the newest valid snapshot of a file, as a gateway's process reads it again and again."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from stillwatch.enforcement.snapshot.snapshot import Snapshot, read
from stillwatch.errors import InputError, MissingError, StillwatchError
from stillwatch.signing import keys

__all__ = ["CHECK_EVERY_S", "Holder"]

CHECK_EVERY_S = 0.25
"""Seconds between two looks at the file."""


def _now() -> datetime:
    return datetime.now(UTC)


class Holder:
    """The newest snapshot that *path* has held since this process began. An older or a forged one never replaces it.

    *public_key* is that of the publisher, in hexadecimal. Raises ``MissingError`` where there is no snapshot yet, and
    ``InputError`` where it cannot be obeyed. A gateway that has never seen one does not conclude that nobody is
    limited.
    """

    def __init__(
        self,
        path: Path,
        public_key: str,
        *,
        clock: Callable[[], datetime] = _now,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = path
        self._key = keys.public_key(public_key)
        self._elapsed = elapsed
        self._seen: tuple[int, int, int] | None = None
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self.problem = ""
        """Why the file on disk is not the snapshot that is held; empty where it is."""
        self.current = self._load(self._state())
        self._age_s, self._since = self.current.age_s(clock()), elapsed()

    def refresh(self) -> bool:
        """Look at the file again, and return whether a newer snapshot is held now."""
        try:
            state = self._state()
            if state == self._seen:
                return False
            found = self._load(state)
        except StillwatchError as error:
            self.problem = error.sentence()
            return False
        if found.number < self.current.number:
            self.problem = f"{self.path}: the snapshot is older than the one that is held."
            return False
        self.problem = ""
        if found.number == self.current.number:
            return False
        self.current, self._age_s, self._since = found, 0.0, self._elapsed()
        return True

    def age_s(self) -> float:
        """Return the age of the snapshot that is held, in seconds.

        Of the first one it is told by the clock, of every later one by the time since it came. So a clock that goes
        wrong matters until the publisher's next sign of life, and no longer.
        """
        return self._age_s + self._elapsed() - self._since

    def follow(self) -> "Holder":
        """Look at the file again and again, in a thread that ends with the process or with :meth:`close`."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._follow, name="snapshot", daemon=True)
            self._thread.start()
        return self

    def close(self) -> None:
        """End the thread of :meth:`follow`."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _follow(self) -> None:
        while not self._ended.wait(CHECK_EVERY_S):
            self.refresh()

    def _state(self) -> tuple[int, int, int]:
        try:
            found = self.path.stat()
        except OSError as error:
            raise MissingError(
                "there is no snapshot here",
                where=str(self.path),
                remedy="Publish one with `stillwatch gateway publish`, or name it in gateway.snapshot.",
            ) from error
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _load(self, state: tuple[int, int, int]) -> Snapshot:
        # What is wrong with a file is found once; it is read again when it changes.
        self._seen = state
        try:
            data = self.path.read_bytes()
        except OSError as error:
            self._seen = None
            raise InputError("the snapshot cannot be read", where=str(self.path), remedy="Check the file.") from error
        return read(data, self._key, where=str(self.path))
