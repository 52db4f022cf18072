"""Checks texts that people write (reasons, titles, names), and splits or digests sets of accounts."""

import unicodedata
from collections.abc import Collection, Iterator
from hashlib import sha256

from stillwatch.errors import InputError

__all__ = ["account_facts", "batches", "said"]

_LISTED = 50
_BATCH = 5_000
"""Values in one query. SQLite and PostgreSQL both allow more."""


def said(text: str, what: str, *, most: int = 4_000) -> str:
    """Return *text* without blanks around it.

    Raises ``InputError``, which names *what*, for an empty text, for more than *most* characters, and for control
    characters other than line breaks and tabs.
    """
    text = text.strip()
    if not text:
        raise InputError(f"{what} is empty", where=what, remedy="Write a sentence that a colleague will understand.")
    if len(text) > most:
        raise InputError(f"{what} is longer than {most} characters", where=what, remedy="Shorten it.")
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\r\t" for c in text):
        raise InputError(f"{what} holds control characters", where=what, remedy="Remove them.")
    return text


def account_facts(accounts: Collection[str]) -> dict[str, int | str | list[str]]:
    """Return the fields by which an audit entry names *accounts*: number, digest, and the names of at most 50."""
    ordered = sorted(accounts)
    facts: dict[str, int | str | list[str]] = {
        "n_accounts": len(ordered),
        "accounts_sha256": sha256("\n".join(ordered).encode()).hexdigest(),
    }
    return facts | ({"accounts": ordered} if len(ordered) <= _LISTED else {})


def batches(values: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Yield *values*, sorted, in batches that fit into one query."""
    ordered = tuple(sorted(values))
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]
