"""Makes bearer tokens and their digests. A token is shown once; only its digest is stored.

A token has 256 random bits, so its SHA-256 digest cannot be searched by trial. It needs neither a salt nor a slow hash.
"""

import secrets
from hashlib import sha256

__all__ = ["digest", "make"]


def make(prefix: str = "") -> str:
    """Return a new token. *prefix* lets secret scanners recognise it."""
    return prefix + secrets.token_urlsafe(32)


def digest(text: str) -> str:
    """Return the digest of the token *text*, SHA-256 in hexadecimal."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
