"""Passwords: argon2id, as much work for a name that nobody has, and no more memory at a time than was meant."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from stillwatch.cases.access import bearer
from stillwatch.errors import EngineError, InputError

__all__ = ["LEAST", "Passwords", "acceptable"]

LEAST, _MOST = 12, 256
"""Characters of a password. Length is the one rule: demands for digits and signs make people choose worse."""
_AT_A_TIME, _PATIENCE_S = 4, 10.0


def acceptable(password: str, *, name: str) -> str:
    """Return *password* if somebody called *name* may have it; ``InputError`` says what is wrong with it."""
    remedy = f"Choose {LEAST} to {_MOST} characters; a sentence does well."
    if not LEAST <= len(password) <= _MOST:
        raise InputError(f"a password has {LEAST} to {_MOST} characters", where="password", remedy=remedy)
    if len(set(password)) < 5 or (name.casefold() in password.casefold() and len(password) < len(name) + LEAST):
        raise InputError("that password is easily guessed", where="password", remedy=remedy)
    return password


class Passwords:
    """Hashes passwords and checks them, with *memory_kib* and *passes* as argon2id has them."""

    def __init__(self, *, memory_kib: int, passes: int, lanes: int = 1) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        self._turn = BoundedSemaphore(_AT_A_TIME)
        self._nobodys = self._hasher.hash(bearer.make())

    def hash(self, password: str) -> str:
        """Return what is kept of *password*."""
        with self._in_turn():
            return self._hasher.hash(_one_spelling(password))

    def fits(self, kept: str | None, password: str) -> bool:
        """Return whether *kept* is of *password*; where nothing is kept, the answer takes as long."""
        with self._in_turn():
            try:
                self._hasher.verify(kept or self._nobodys, _one_spelling(password))
            except (Argon2Error, InvalidHashError):
                return False
        return kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Return whether *kept* was made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(kept)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=_PATIENCE_S):
            raise EngineError("too many people sign in at once", where="passwords", remedy="Try again in a moment.")
        try:
            yield
        finally:
            self._turn.release()


def _one_spelling(password: str) -> bytes:
    # The same keys give other code points on other systems; NFKC is what NIST SP 800-63B advises.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
