"""Hashes and checks passwords with argon2id (RFC 9106).

A check of an unknown user takes as long as a check of a known one. A limit on parallel hashes bounds the memory.
"""

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
"""Fewest and most characters. There is no rule on digits or signs: NIST SP 800-63B advises against such rules."""
_AT_A_TIME, _PATIENCE_S = 4, 10.0


def acceptable(password: str, *, name: str) -> str:
    """Return *password* if the user *name* may have it.

    Raises ``InputError`` for a short, long or guessable password.
    """
    remedy = f"Choose {LEAST} to {_MOST} characters, for example a sentence."
    if not LEAST <= len(password) <= _MOST:
        raise InputError(f"a password has {LEAST} to {_MOST} characters", where="password", remedy=remedy)
    if len(set(password)) < 5 or (name.casefold() in password.casefold() and len(password) < len(name) + LEAST):
        raise InputError("that password is easy to guess", where="password", remedy=remedy)
    return password


class Passwords:
    """Hashes and checks passwords. *memory_kib*, *passes* and *lanes* are the parameters of argon2id."""

    def __init__(self, *, memory_kib: int, passes: int, lanes: int = 1) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        self._turn = BoundedSemaphore(_AT_A_TIME)
        self._unknown = self._hasher.hash(bearer.make())

    def hash(self, password: str) -> str:
        """Return the hash of *password* to store. Raises ``EngineError`` after 10 s of waiting for a free place."""
        with self._in_turn():
            return self._hasher.hash(_one_spelling(password))

    def fits(self, kept: str | None, password: str) -> bool:
        """Return whether *kept* is the hash of *password*. Without a hash the check takes as long and returns false."""
        with self._in_turn():
            try:
                self._hasher.verify(kept or self._unknown, _one_spelling(password))
            except (Argon2Error, InvalidHashError):
                return False
        return kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Return whether the hash *kept* was made with other parameters than the current ones."""
        return self._hasher.check_needs_rehash(kept)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=_PATIENCE_S):
            raise EngineError(
                "too many people are signing in at once", where="passwords", remedy="Try again in a moment."
            )
        try:
            yield
        finally:
            self._turn.release()


def _one_spelling(password: str) -> bytes:
    # Systems encode the same key presses in different code points. NIST SP 800-63B advises NFKC.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
