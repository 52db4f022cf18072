"""Writes, reads and verifies the audit log, in the database and as an exported file.

The file is JSON Lines: a signed header with the public key, one line per entry, and a signed footer with the head.
Every line is canonical JSON, so even a changed blank is found. Other programs can verify the file without Stillwatch.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
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
    ChainEntry,
    ChainFault,
    Head,
    canonical,
    head_statement,
    is_signature,
    link,
    verify,
)

__all__ = [
    "CheckedFile", "append", "begin", "check_file", "entries", "export", "head", "signer", "stamp", "verify_database",
    "verify_file",
]  # fmt: skip

_FORMAT, _VERSION = "stillwatch-audit", 1
_NAMES = tuple(field.name for field in fields(ChainEntry))
_BATCH = 1_000
_OTHER_KEY = "the log is signed with another key than the given one"
_NO_KEY = "the public key of the log was changed"


def stamp(at: datetime) -> str:
    """Return *at* in the form of the log: ISO 8601 in UTC with microseconds.

    Raises ``ValueError`` for a datetime without a time zone.
    """
    if at.tzinfo is None:
        raise ValueError("a datetime without a time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def signer(connection: Connection) -> str | None:
    """Return the public key of the log in hexadecimal, or ``None`` before the log was begun."""
    return connection.execute(sa.select(AuditHead.public_key).where(AuditHead.only == 1)).scalar()


def begin(connection: Connection, public_hex: str) -> None:
    """Begin the log of an empty database, or check that the existing log is signed with this key.

    Raises ``SettingsError`` where the log is signed with another key, and ``EngineError`` where it has lost its head.
    """
    found = signer(connection)
    if found is None:
        if connection.execute(sa.select(AuditEntry.seq).limit(1)).first():
            raise _headless()
        connection.execute(
            sa.insert(AuditHead).values(only=1, seq=0, digest=FIRST, public_key=public_hex),
        )
    elif found != public_hex:
        raise SettingsError(
            "the audit log is signed with another key",
            where="cases.audit_key",
            remedy="Give the key that the log began with.",
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
) -> ChainEntry:
    """Append an entry in the transaction of *connection* and return it.

    Other writers wait until the transaction ends.
    """
    last = _last(connection, lock=True)
    entry = link(key, last, at=stamp(at), actor=actor, action=action, subject=subject, details=details)
    connection.execute(sa.insert(AuditEntry).values(**asdict(entry)))
    connection.execute(sa.update(AuditHead).where(AuditHead.only == 1).values(seq=entry.seq, digest=entry.digest))
    return entry


def head(connection: Connection) -> Head:
    """Return the head of the log."""
    return _last(connection, lock=False)


def _last(connection: Connection, *, lock: bool) -> Head:
    query = sa.select(AuditHead.seq, AuditHead.digest).where(AuditHead.only == 1)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise _headless()
    return Head(row.seq, row.digest)


def _headless() -> EngineError:
    return EngineError("the audit log has lost its head", where="audit_head", remedy="Restore the database.")


def entries(connection: Connection, *, newest: int | None = None, about: str | None = None) -> Iterator[ChainEntry]:
    """Yield the entries, the oldest first: all, only the last *newest* ones, or only those *about* one subject."""
    columns = [getattr(AuditEntry, name) for name in _NAMES]
    query = sa.select(*columns).order_by(AuditEntry.seq)
    if about is not None:
        query = query.where(AuditEntry.subject == about)
    if newest is not None:
        query = sa.select(query.order_by(None).order_by(AuditEntry.seq.desc()).limit(newest).subquery()).order_by("seq")
    # The option belongs to this query. Set on the connection, it would apply to every later query.
    for row in connection.execute(query, execution_options={"yield_per": _BATCH}):
        yield ChainEntry(**row._mapping)  # noqa: SLF001 - a public attribute of SQLAlchemy in spite of its name


def verify_database(
    connection: Connection, known: Head | None = None, *, public_key: str | None = None
) -> ChainFault | None:
    """Return the first fault of the log in the database, or ``None`` where it has none.

    *public_key* (hexadecimal) is the key that must have signed the log. Without it the key in the database is trusted;
    a person who can write the database can then replace the whole log and sign it with another key.
    """
    stated = signer(connection)
    if stated is None:
        return ChainFault(1, "the log has no head")
    if public_key is not None and stated != public_key:
        return ChainFault(1, _OTHER_KEY)
    try:
        key = keys.public_key(stated)
    except ValueError:
        return ChainFault(1, _NO_KEY)
    return verify(entries(connection), key, head=head(connection), known=known)


def export(connection: Connection, key: Ed25519PrivateKey) -> Iterator[str]:
    """Yield the lines of the exported log, without line ends."""
    last = head(connection)
    yield canonical(_header(keys.public_hex(key)) | {"signature": key.sign(_covered(keys.public_hex(key))).hex()})
    for entry in entries(connection):
        yield canonical(asdict(entry))
    signature = key.sign(head_statement(last)).hex()
    yield canonical({"entries": last.seq, "head": last.digest, "signature": signature})


def _header(public_key: str) -> dict[str, Any]:
    return {"format": _FORMAT, "version": _VERSION, "public_key": public_key}


def _covered(public_key: str) -> bytes:
    # This finds an accidental change of the key. A person who replaces the key can sign the header again.
    return canonical(_header(public_key)).encode()


def _agreed_key(stated: str, signature: object) -> Ed25519PublicKey | None:
    try:
        key = keys.public_key(stated)
    except ValueError:
        return None
    return key if is_signature(key, signature, _covered(stated)) else None


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """The result of the check of an exported log: its first fault, the key that it states, and where it ends."""

    fault: ChainFault | None
    public_key: str
    head: Head


def verify_file(
    lines: Iterable[bytes], *, public_key: str | None = None, known: Head | None = None
) -> ChainFault | None:
    """Return the first fault of an exported log, or ``None``. See :func:`check_file`."""
    return check_file(lines, public_key=public_key, known=known).fault


def check_file(lines: Iterable[bytes], *, public_key: str | None = None, known: Head | None = None) -> CheckedFile:
    """Return the first fault of an exported log, its key and its head. The place of a fault is a line number from 1.

    *lines* include their line ends, the last one too. *public_key* (hexadecimal) is the key that must have signed the
    log. Without it the key in the file is trusted, and the check only shows that the file agrees with itself. Raises
    ``InputError`` where the file is no exported log.
    """
    read = _Lines(lines)
    stated = read.header()
    fault = _file_fault(read, stated, public_key, known)
    return CheckedFile(fault, stated, Head(read.count, read.last))


def _file_fault(read: "_Lines", stated: str, public_key: str | None, known: Head | None) -> ChainFault | None:
    if public_key is not None and stated != public_key:
        return ChainFault(1, _OTHER_KEY)
    key = _agreed_key(stated, read.signature)
    if key is None:
        return ChainFault(1, _NO_KEY)
    fault = verify(read.entries(), key, known=known)
    if read.fault:
        return read.fault
    if fault:
        return ChainFault(fault.place + 1, fault.what)
    ended = is_signature(key, read.footer["signature"], head_statement(Head(read.count, read.last)))
    return None if ended else ChainFault(read.count + 2, "the footer is not signed with the key of this log")


class _Lines:
    """Reads an exported log line by line, up to the first line that was changed."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self.fault: ChainFault | None = None
        self.footer: dict[str, Any] = {}
        self.signature: object = None
        self.count, self.last = 0, FIRST

    def header(self) -> str:
        """Return the public key in the first line."""
        first = next(self._lines, b"")
        found = _parsed(first)
        if found is None or found.get("format") != _FORMAT or found.get("version") != _VERSION:
            raise InputError(
                "not an exported audit log", where="line 1", remedy="Make one with `stillwatch case audit export`."
            )
        stated = str(found.get("public_key"))
        self.signature = found.get("signature")
        # Compared as text, because Python takes 1, 1.0 and True for one number.
        if not _as_written(first, _header(stated) | {"signature": self.signature}):
            self.fault = ChainFault(1, "the header was changed")
        return stated

    def entries(self) -> Iterator[ChainEntry]:
        """Yield the entries, and read the footer after them."""
        for number, line in enumerate(self._lines, start=2):
            found = _parsed(line)
            if self.fault:
                return
            if found is None or not _as_written(line, found):
                self.fault = ChainFault(number, "the line was changed")
            elif self.footer:
                self.fault = ChainFault(number, "a line follows the footer")
            elif found.keys() == set(_NAMES):
                entry = ChainEntry(**found)
                self.count, self.last = self.count + 1, entry.digest
                yield entry
            elif found.keys() == {"entries", "head", "signature"}:
                self.footer = found
                if not _as_written(line, found | {"entries": self.count, "head": self.last}):
                    self.fault = ChainFault(number, "the log does not end at the head in its footer")
            else:
                self.fault = ChainFault(number, "the line is neither an entry nor the footer")
        if not self.fault and not self.footer:
            self.fault = ChainFault(self.count + 2, "lines are missing at the end")


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
