"""Texts that let whoever bears them in: made at random, handed out once, known here by their digest alone.

They hold 256 random bits, so a plain SHA-256 cannot be searched, and needs neither salt nor work.
"""

import secrets
from hashlib import sha256

__all__ = ["digest", "make"]


def make(prefix: str = "") -> str:
    """Return a new one; *prefix* lets tools that look for leaked secrets know it."""
    return prefix + secrets.token_urlsafe(32)


def digest(text: str) -> str:
    """Return what is kept of *text*."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
