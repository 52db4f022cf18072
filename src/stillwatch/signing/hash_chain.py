"""The arithmetic of the audit log: what an entry's digest covers, who signed it, and where a log was changed.

An entry is a JSON object in one canonical form (keys sorted, no blanks). Its digest is SHA-256 over that form, which
holds the digest of the entry before it; the signature is Ed25519 (RFC 8032) over the digest. So a changed, removed,
added or moved entry breaks the chain at its place, and who lacks the key cannot mend it. What no chain can show by
itself is an end that was cut off together with its head: keep a head elsewhere, and `verify` compares.

No database and no files here: entries go in, the first place that is wrong comes out.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

__all__ = ["FIRST", "Entry", "Fault", "Head", "canonical", "head_statement", "is_signature", "link", "verify"]

FIRST = "0" * 64
"""What stands in place of a digest before the first entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; ``details`` is canonical JSON, ``at`` ISO 8601 in UTC, the rest hexadecimal."""

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
        """Return the bytes that the digest is of."""
        return canonical({name: getattr(self, name) for name in _COVERED}).encode()


_COVERED = ("seq", "at", "actor", "action", "subject", "details", "previous")


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a log: how many entries it has and the digest of the last."""

    seq: int
    digest: str


@dataclass(frozen=True, slots=True)
class Fault:
    """The first entry (by its place in the log, from 1) that is not as it was written, and what is wrong with it."""

    place: int
    what: str


def canonical(value: Mapping[str, Any]) -> str:
    """Return the one JSON text of *value* that is hashed and written; not-a-number is refused with ``ValueError``.

    Half a surrogate pair passes here and is refused, with ``ValueError`` too, where the text is encoded.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def link(
    key: Ed25519PrivateKey, head: Head, *, at: str, actor: str, action: str, subject: str, details: Mapping[str, Any]
) -> Entry:
    """Return the entry that follows *head*, signed with *key*."""
    bare = Entry(head.seq + 1, at, actor, action, subject, canonical(details), head.digest, "", "")
    digest = sha256(bare.covered()).hexdigest()
    return Entry(**(asdict(bare) | {"digest": digest, "signature": key.sign(bytes.fromhex(digest)).hex()}))


def head_statement(head: Head) -> bytes:
    """Return the bytes that are signed where a head is given away, apart from those of any entry."""
    return canonical({"entries": head.seq, "head": head.digest}).encode()


def is_signature(public_key: Ed25519PublicKey, signature: object, statement: bytes) -> bool:
    """Return whether *signature* is that of *statement* to the letter: no capitals, no blanks, which decode alike."""
    if not isinstance(signature, str):
        return False
    try:
        raw = bytes.fromhex(signature)
        public_key.verify(raw, statement)
    except (InvalidSignature, ValueError):
        return False
    return raw.hex() == signature


def verify(
    entries: Iterable[Entry], public_key: Ed25519PublicKey, *, head: Head | None = None, known: Head | None = None
) -> Fault | None:
    """Return the first fault of the log *entries*, which should end at *head* and pass through *known*, or nothing."""
    last = Head(0, FIRST)
    for place, entry in enumerate(entries, start=1):
        what = _wrong(entry, last, public_key)
        if what:
            return Fault(place, what)
        last = Head(entry.seq, entry.digest)
        if known and known.seq == last.seq and known.digest != last.digest:
            return Fault(place, "this is not the entry that the head kept elsewhere names")
    if known and known.seq > last.seq:
        return Fault(last.seq + 1, f"entries are missing at the end: a head kept elsewhere counts {known.seq}")
    if head and head != last:
        # SQLite keeps whatever somebody wrote into a column of integers.
        counted = head.seq if isinstance(head.seq, int) else last.seq
        return Fault(max(0, min(counted, last.seq)) + 1, "the log does not end where its head says")
    return None


def _wrong(entry: Entry, last: Head, public_key: Ed25519PublicKey) -> str:
    if entry.seq != last.seq + 1:
        return f"entry {last.seq + 1} should stand here"
    if entry.previous != last.digest:
        return "it does not follow from the entry before it"
    try:
        digest = sha256(entry.covered()).digest()
    except (TypeError, ValueError):  # what somebody wrote into a column of text is no text
        digest = b""
    if digest.hex() != entry.digest:
        return "its words are not those that were written"
    return "" if is_signature(public_key, entry.signature, digest) else "it was not signed with the key of this log"
