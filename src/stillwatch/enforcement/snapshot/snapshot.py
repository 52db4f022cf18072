"""The snapshot: what gateways obey, as one signed value and as the bytes of its file.

The file has three parts: a line of canonical JSON with the facts and the rules, a line with its Ed25519 signature (RFC
8032), and the entries of the index. The first line holds the SHA-256 of the entries, so the signature covers all.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import numpy as np
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from stillwatch.enforcement.snapshot.account_index import ENTRY, AccountIndex
from stillwatch.enforcement.snapshot.rules import Rule
from stillwatch.errors import InputError
from stillwatch.signing.hash_chain import canonical

__all__ = ["Snapshot", "read", "written"]

_FORMAT, _VERSION = "stillwatch-snapshot", 1
_CONTEXT = b"stillwatch snapshot v1\n"
"""Stands before what is signed, so that no signature of another kind passes for one of a snapshot."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Rules, and the accounts to which they apply. ``number`` grows with every snapshot of one publisher."""

    number: int
    published_at: datetime
    rules: tuple[Rule, ...]
    index: AccountIndex

    def age_s(self, now: datetime) -> float:
        """Return the age in seconds, and 0 where the clock of the reader is behind."""
        return max(0.0, (now - self.published_at).total_seconds())

    def rules_of(self, account_id: str) -> list[Rule]:
        """Return the rules for an account, also those that do not hold now."""
        return [self.rules[place] for place in self.index.rules_of(account_id)]


def written(snapshot: Snapshot, key: Ed25519PrivateKey) -> bytes:
    """Return the bytes of the file of *snapshot*, signed with *key*."""
    body = np.ascontiguousarray(snapshot.index.entries).tobytes()
    facts = {
        "format": _FORMAT,
        "version": _VERSION,
        "number": snapshot.number,
        "published_at": snapshot.published_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "rules": [rule.written() for rule in snapshot.rules],
        "n_entries": len(snapshot.index),
        "body_sha256": sha256(body).hexdigest(),
    }
    line = canonical(facts).encode()
    return b"%b\n%b\n%b" % (line, key.sign(_CONTEXT + line).hex().encode(), body)


def read(data: bytes, public_key: Ed25519PublicKey, *, where: str = "") -> Snapshot:
    """Return the snapshot in the bytes of its file.

    Raises ``InputError`` where the file is incomplete, is not signed with the key, or holds what no publisher writes.
    """
    line, signature, body = _parts(data, where)
    try:
        public_key.verify(signature, _CONTEXT + line)
    except InvalidSignature:
        raise _refused("the snapshot is not signed with the given key", where) from None
    try:
        facts = json.loads(line)
        snapshot = _snapshot(facts, body)
    except (KeyError, TypeError, ValueError) as error:
        raise _refused("this release cannot read the snapshot", where) from error
    if sha256(body).hexdigest() != facts["body_sha256"] or not snapshot.index.is_sorted():
        raise _refused("the accounts of the snapshot are incomplete or were changed", where)
    return snapshot


def _snapshot(facts: dict[str, Any], body: bytes) -> Snapshot:
    if facts["format"] != _FORMAT or facts["version"] != _VERSION:
        raise ValueError("another format")
    rules = tuple(map(Rule.read, facts["rules"]))
    entries = np.frombuffer(body, ENTRY)
    if len(entries) != facts["n_entries"] or _beyond(entries, rules):
        raise ValueError("the entries do not match the rules")
    published_at = datetime.fromisoformat(facts["published_at"])
    if published_at.tzinfo is None:
        raise ValueError("a time without a zone")
    return Snapshot(int(facts["number"]), published_at, rules, AccountIndex.over(entries))


def _beyond(entries: np.ndarray[Any, np.dtype[np.void]], rules: Sequence[Rule]) -> bool:
    return bool(len(entries)) and int(entries["rule"].max()) >= len(rules)


def _parts(data: bytes, where: str) -> tuple[bytes, bytes, bytes]:
    line, _, rest = data.partition(b"\n")
    signature, end, body = rest.partition(b"\n")
    try:
        raw = bytes.fromhex(signature.decode("ascii"))
    except ValueError:
        raw = b""
    if not end or raw.hex().encode() != signature or len(raw) != 64:
        raise _refused("the file is no whole snapshot", where)
    return line, raw, body


def _refused(what: str, where: str) -> InputError:
    return InputError(what, where=where, remedy="Nothing of it is obeyed. Publish it again.")
