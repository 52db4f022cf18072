"""Links and verifies the entries of a signed hash chain, such as the audit log.

An entry is a JSON object in canonical form: keys sorted, no blanks. Its digest is SHA-256 over that form, which
includes the digest of the previous entry. Its signature is Ed25519 (RFC 8032) over the digest. So an entry that is
changed, removed, added or moved breaks the chain at its place, and only the holder of the key can repair it.

A chain cannot show by itself that its end was cut off together with its head. Keep a head elsewhere, and ``verify``
compares it. The functions are pure: they use no database and no files.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

__all__ = [
    "FIRST", "ChainEntry", "ChainFault", "Head", "canonical", "head_statement", "is_signature", "link", "verify",
]  # fmt: skip

FIRST = "0" * 64
"""The ``previous`` digest of the first entry."""


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """One entry of a chain.

    ``at`` is ISO 8601 in UTC. ``details`` is canonical JSON. ``previous``, ``digest`` and ``signature`` are
    hexadecimal.
    """

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    details: str
    previous: str
    digest: str
    signature: str

    def covered(self) -> bytes:
        """Return the bytes that the digest is computed from."""
        return canonical({name: getattr(self, name) for name in _COVERED}).encode()


_COVERED = ("seq", "at", "actor", "action", "subject", "details", "previous")


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: the number of its entries and the digest of the last one."""

    seq: int
    digest: str


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The first entry that is not as it was written. ``place`` is its position from 1, ``what`` says what is wrong."""

    place: int
    what: str


def canonical(value: Mapping[str, Any]) -> str:
    """Return the canonical JSON text of *value*. Raises ``ValueError`` for NaN and infinity.

    A lone surrogate passes here. Encoding the text as UTF-8 then raises ``UnicodeEncodeError``, a ``ValueError``.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def link(
    key: Ed25519PrivateKey, head: Head, *, at: str, actor: str, action: str, subject: str, details: Mapping[str, Any]
) -> ChainEntry:
    """Return the entry that follows *head*, signed with *key*."""
    bare = ChainEntry(head.seq + 1, at, actor, action, subject, canonical(details), head.digest, "", "")
    digest = sha256(bare.covered()).hexdigest()
    return ChainEntry(**(asdict(bare) | {"digest": digest, "signature": key.sign(bytes.fromhex(digest)).hex()}))


def head_statement(head: Head) -> bytes:
    """Return the bytes to sign for a head that leaves the system. They differ from the bytes of every entry."""
    return canonical({"entries": head.seq, "head": head.digest}).encode()


def is_signature(public_key: Ed25519PublicKey, signature: object, statement: bytes) -> bool:
    """Return whether *signature* is the signature of *statement*, in lower-case hexadecimal without blanks.

    Other spellings decode to the same bytes and are refused, so that every change of a log file is found.
    """
    if not isinstance(signature, str):
        return False
    try:
        raw = bytes.fromhex(signature)
        public_key.verify(raw, statement)
    except (InvalidSignature, ValueError):
        return False
    return raw.hex() == signature


def verify(
    entries: Iterable[ChainEntry], public_key: Ed25519PublicKey, *, head: Head | None = None, known: Head | None = None
) -> ChainFault | None:
    """Return the first fault of the chain *entries*, or ``None`` where it has none.

    The chain must end at *head* and pass through *known*, where these are given.
    """
    last = Head(0, FIRST)
    for place, entry in enumerate(entries, start=1):
        what = _wrong(entry, last, public_key)
        if what:
            return ChainFault(place, what)
        last = Head(entry.seq, entry.digest)
        if known and known.seq == last.seq and known.digest != last.digest:
            return ChainFault(place, "this entry differs from the head that was kept elsewhere")
    if known and known.seq > last.seq:
        return ChainFault(
            last.seq + 1, f"entries are missing at the end: the head that was kept elsewhere has {known.seq}"
        )
    if head and head != last:
        # SQLite stores any value in an integer column, so the number may be no number.
        counted = head.seq if isinstance(head.seq, int) else last.seq
        return ChainFault(max(0, min(counted, last.seq)) + 1, "the log does not end at its head")
    return None


def _wrong(entry: ChainEntry, last: Head, public_key: Ed25519PublicKey) -> str:
    if entry.seq != last.seq + 1:
        return f"entry {last.seq + 1} is expected here"
    if entry.previous != last.digest:
        return "the entry does not follow the previous entry"
    try:
        digest = sha256(entry.covered()).digest()
    except (TypeError, ValueError):  # a value in a text column that is no text
        digest = b""
    if digest.hex() != entry.digest:
        return "the content of the entry was changed"
    return (
        "" if is_signature(public_key, entry.signature, digest) else "the entry is not signed with the key of this log"
    )
