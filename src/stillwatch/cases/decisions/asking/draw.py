"""Draws whom an experiment asks: a random sample in a random order that anybody can draw again from the seed."""

import secrets
from collections.abc import Collection
from hashlib import sha256

__all__ = ["draw", "new_seed"]


def new_seed() -> str:
    """Return a new seed: 32 hexadecimal digits from the operating system."""
    return secrets.token_hex(16)


def draw(accounts: Collection[str], count: int, seed: str) -> list[str]:
    """Return at most *count* of *accounts*, the first in the order of SHA-256 over seed, line feed, account.

    The order of *accounts* does not matter. Every account has the same chance, over seeds that are drawn uniformly.
    """
    ordered = sorted(set(accounts), key=lambda account: (sha256(f"{seed}\n{account}".encode()).digest(), account))
    return ordered[:count]
