"""The audit log in the database and as a file that anybody can check without us.

The file is JSON Lines: a signed header with the public key, one line per entry, a signed footer with the head. Every
line is canonical JSON, so a changed blank is found like a changed word.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy.engine import Connection

from stillwatch.cases.store.schema import AuditEntry, AuditHead
from stillwatch.errors import EngineError, InputError, SettingsError
from stillwatch.signing import keys
from stillwatch.signing.hash_chain import (
    FIRST,
    Entry,
    Fault,
    Head,
    canonical,
    head_statement,
    is_signature,
    link,
    verify,
)

__all__ = ["append", "begin", "entries", "export", "head", "signer", "stamp", "verify_database", "verify_file"]

_FORMAT, _VERSION = "stillwatch-audit", 1
_NAMES = tuple(field.name for field in fields(Entry))
_BATCH = 1_000
_OTHER_KEY = "the log was signed with another key than the one you named"
_NO_KEY = "its public key is not as it was written"


def stamp(at: datetime) -> str:
    """Return *at* as the log writes it: ISO 8601 in UTC, to the microsecond; without a zone it is no moment."""
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def signer(connection: Connection) -> str | None:
    """Return the public key, in hexadecimal, that the log is signed with; nothing before it was begun."""
    return connection.execute(sa.select(AuditHead.public_key).where(AuditHead.only == 1)).scalar()


def begin(connection: Connection, public_hex: str) -> None:
    """Begin the log of an empty database with the key that signs it, or check that it is this key's log."""
    found = signer(connection)
    if found is None:
        if connection.execute(sa.select(AuditEntry.seq).limit(1)).first():
            raise _headless()
        connection.execute(
            sa.insert(AuditHead).values(only=1, seq=0, digest=FIRST, public_key=public_hex),
        )
    elif found != public_hex:
        raise SettingsError(
            "the audit log was signed with another key", where="cases.audit_key", remedy="Name the key it began with."
        )


def append(
    connection: Connection,
    key: Ed25519PrivateKey,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    details: Mapping[str, Any],
) -> Entry:
    """Add an entry within the transaction of *connection*, after which no other writer gets in until it ends."""
    last = _last(connection, lock=True)
    entry = link(key, last, at=stamp(at), actor=actor, action=action, subject=subject, details=details)
    connection.execute(sa.insert(AuditEntry).values(**asdict(entry)))
    connection.execute(sa.update(AuditHead).where(AuditHead.only == 1).values(seq=entry.seq, digest=entry.digest))
    return entry


def head(connection: Connection) -> Head:
    """Return where the log ends."""
    return _last(connection, lock=False)


def _last(connection: Connection, *, lock: bool) -> Head:
    query = sa.select(AuditHead.seq, AuditHead.digest).where(AuditHead.only == 1)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise _headless()
    return Head(row.seq, row.digest)


def _headless() -> EngineError:
    return EngineError("the audit log has lost its head", where="audit_head", remedy="Restore the database.")


def entries(connection: Connection, *, newest: int | None = None, about: str | None = None) -> Iterator[Entry]:
    """Yield the entries, oldest first; of these the *newest* alone, and those *about* one subject, where asked."""
    columns = [getattr(AuditEntry, name) for name in _NAMES]
    query = sa.select(*columns).order_by(AuditEntry.seq)
    if about is not None:
        query = query.where(AuditEntry.subject == about)
    if newest is not None:
        query = sa.select(query.order_by(None).order_by(AuditEntry.seq.desc()).limit(newest).subquery()).order_by("seq")
    # The option is for this query alone; given to the connection, it would stay with all that follow.
    for row in connection.execute(query, execution_options={"yield_per": _BATCH}):
        yield Entry(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it


def verify_database(
    connection: Connection, known: Head | None = None, *, public_key: str | None = None
) -> Fault | None:
    """Return the first fault of the log in the database, or nothing.

    *public_key* (hexadecimal) is what the log must be signed with. Without it the database's own is believed, and who
    can write the database can write the whole log again with another key.
    """
    stated = signer(connection)
    if stated is None:
        return Fault(1, "the log has no head")
    if public_key is not None and stated != public_key:
        return Fault(1, _OTHER_KEY)
    try:
        key = keys.public_key(stated)
    except ValueError:
        return Fault(1, _NO_KEY)
    return verify(entries(connection), key, head=head(connection), known=known)


def export(connection: Connection, key: Ed25519PrivateKey) -> Iterator[str]:
    """Yield the lines of the log as a file, without their ends."""
    last = head(connection)
    yield canonical(_header(keys.public_hex(key)) | {"signature": key.sign(_covered(keys.public_hex(key))).hex()})
    for entry in entries(connection):
        yield canonical(asdict(entry))
    signature = key.sign(head_statement(last)).hex()
    yield canonical({"entries": last.seq, "head": last.digest, "signature": signature})


def _header(public_key: str) -> dict[str, Any]:
    return {"format": _FORMAT, "version": _VERSION, "public_key": public_key}


def _covered(public_key: str) -> bytes:
    # Whoever changes the key can sign this anew; who changes one letter of it by accident is found here, not later.
    return canonical(_header(public_key)).encode()


def _agreed_key(stated: str, signature: object) -> Ed25519PublicKey | None:
    try:
        key = keys.public_key(stated)
    except ValueError:
        return None
    return key if is_signature(key, signature, _covered(stated)) else None


def verify_file(lines: Iterable[bytes], *, public_key: str | None = None, known: Head | None = None) -> Fault | None:
    """Return the first fault of an exported log, its place a line number from 1, or nothing.

    *public_key* (hexadecimal) is what the log must be signed with; without it the file's own is believed, and all that
    can be said is that the file agrees with itself. A line is with its end, the last too. Raises ``InputError`` where
    the file is no exported log.
    """
    read = _Lines(lines)
    stated = read.header()
    if public_key is not None and stated != public_key:
        return Fault(1, _OTHER_KEY)
    key = _agreed_key(stated, read.signature)
    if key is None:
        return Fault(1, _NO_KEY)
    fault = verify(read.entries(), key, known=known)
    if read.fault:
        return read.fault
    if fault:
        return Fault(fault.place + 1, fault.what)
    ended = is_signature(key, read.footer["signature"], head_statement(Head(read.count, read.last)))
    return None if ended else Fault(read.count + 2, "the footer was not signed with the key of this log")


class _Lines:
    """Reads an exported log line by line; the first line that is not as it was written ends it."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self.fault: Fault | None = None
        self.footer: dict[str, Any] = {}
        self.signature: object = None
        self.count, self.last = 0, FIRST

    def header(self) -> str:
        """Return the public key that the first line states."""
        first = next(self._lines, b"")
        found = _parsed(first)
        if found is None or found.get("format") != _FORMAT or found.get("version") != _VERSION:
            raise InputError(
                "not an exported audit log", where="line 1", remedy="Make one with `stillwatch case audit export`."
            )
        stated = str(found.get("public_key"))
        self.signature = found.get("signature")
        # As text, since to Python 1, 1.0 and true are one number.
        if not _as_written(first, _header(stated) | {"signature": self.signature}):
            self.fault = Fault(1, "the header is not as it was written")
        return stated

    def entries(self) -> Iterator[Entry]:
        """Yield the entries; what stands after them is the footer."""
        for number, line in enumerate(self._lines, start=2):
            found = _parsed(line)
            if self.fault:
                return
            if found is None or not _as_written(line, found):
                self.fault = Fault(number, "the line is not as it was written")
            elif self.footer:
                self.fault = Fault(number, "a line stands after the footer")
            elif found.keys() == set(_NAMES):
                entry = Entry(**found)
                self.count, self.last = self.count + 1, entry.digest
                yield entry
            elif found.keys() == {"entries", "head", "signature"}:
                self.footer = found
                if not _as_written(line, found | {"entries": self.count, "head": self.last}):
                    self.fault = Fault(number, "the log does not end where its footer says")
            else:
                self.fault = Fault(number, "the line is neither an entry nor the footer")
        if not self.fault and not self.footer:
            self.fault = Fault(self.count + 2, "lines are missing at the end")


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _as_written(line: bytes, found: Mapping[str, Any]) -> bool:
    try:
        return line == canonical(found).encode() + b"\n"
    except ValueError:
        return False
