"""The desk: opens the decisions for reading, and is the only way to change them.

Every change has an actor with the permission and an entry in the audit log, or it is not made.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.engine import URL, Connection
from sqlalchemy.orm import Session

from stillwatch.cases.access.case_events import events_of
from stillwatch.cases.access.roles import Actor, Permission
from stillwatch.cases.store import audit
from stillwatch.cases.store.database import Database, address
from stillwatch.delivery import outbox
from stillwatch.errors import ContractError, InputError, SettingsError
from stillwatch.settings import CasesSettings
from stillwatch.signing import keys
from stillwatch.tables.sql import SqlTable

__all__ = ["Desk", "Fact", "Look", "Work"]

Fact = str | int | bool | None | list[str] | list[int]
"""The types of a detail of an audit entry. Fractions are left out: their text differs between languages."""
_Row = TypeVar("_Row", bound=SqlTable)
_LARGEST = 2**31 - 1


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Look:
    """Read access to the decisions as they are at ``now``."""

    session: Session
    now: datetime
    settings: CasesSettings

    def row(self, kind: type[_Row], number: int) -> _Row | None:
        """Return the row of that *number*, or ``None``, also for a number outside the range of the column."""
        return self.session.get(kind, number) if 0 < number <= _LARGEST else None


@dataclass(frozen=True)
class Work(Look):
    """A change that ``actor`` makes. Without an entry in the audit log it is rolled back.

    The messages to receivers of webhooks are written together with the entry: the database holds both or neither.
    """

    actor: Actor
    _key: Ed25519PrivateKey

    def record(self, action: str, subject: str, **details: Fact) -> int:
        """Write into the audit log that the actor did *action* to *subject*, and return the number of the entry.

        *details* may name accounts, because the log records who was judged. They must not hold prompt text. Raises
        ``InputError`` for text with lone surrogates.
        """
        try:
            entry = audit.append(
                self.session.connection(),
                self._key,
                at=self.now,
                actor=self.actor.name,
                action=action,
                subject=subject,
                details=details,
            )
        except UnicodeEncodeError:
            # The original error quotes the text, so it is not chained.
            raise InputError("text with characters that cannot be stored", remedy="Remove lone surrogates.") from None
        outbox.put(self.session.connection(), events_of(entry), entry.seq, self.now)
        return entry.seq

    def derived(self, purpose: str, salt: str) -> bytes:
        """Return 32 secret bytes for *purpose* and *salt*. See ``keys.derived``."""
        return keys.derived(self._key, purpose, salt)


class Desk:
    """Opens the decisions: ``look`` reads them, ``work`` changes them. *clock* returns the current time.

    A missing database is made only with *create*. Raises ``MissingError`` without it.
    """

    def __init__(self, settings: CasesSettings, *, clock: Callable[[], datetime] = _now, create: bool = False) -> None:
        self.settings = settings
        self._clock = clock
        url = address(settings.database.get_secret_value())
        path = _key_path(settings.audit_key, url)
        self.database = Database(url, create=create)
        try:
            self._key = self._signing_key(path, create=create)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Desk":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    @contextmanager
    def look(self) -> Iterator[Look]:
        """Yield read access to one state of the decisions."""
        with self.database.reading() as link, _session(link) as session:
            yield Look(session, self._clock(), self.settings)

    @contextmanager
    def work(self, actor: Actor, needs: Permission) -> Iterator[Work]:
        """Yield write access for *actor*, who must have the permission *needs*.

        The changes are committed together when the block ends, or rolled back after an error. Writers run one after the
        other, so the state that a work reads does not change until it ends. Raises ``PolicyError`` without the
        permission, and ``ContractError`` for a work without an audit entry.
        """
        actor.require(needs)
        with self.database.writing() as link, _session(link) as session:
            begun = audit.head(link)
            yield Work(session, self._clock(), self.settings, actor, self._key)
            session.flush()
            if not link.in_transaction():
                raise ContractError("the work went on after a rollback", where="cases.desk")
            # The head of the log is compared, because the entry may have been rolled back with a savepoint.
            if audit.head(link) == begun:
                raise ContractError("the work has no entry in the audit log", where="cases.desk")

    @contextmanager
    def bookkeeping(self) -> Iterator[Look]:
        """Yield write access without an audit entry, for counters and timestamps that decide nothing about a person."""
        with self.database.writing() as link, _session(link) as session:
            yield Look(session, self._clock(), self.settings)
            session.flush()

    def export_audit(self) -> Iterator[str]:
        """Yield the lines of the exported audit log, which other programs can verify."""
        with self.database.reading() as link:
            yield from audit.export(link, self._key)

    def derived(self, purpose: str, salt: str) -> bytes:
        """Return 32 secret bytes for *purpose* and *salt*. See ``keys.derived``."""
        return keys.derived(self._key, purpose, salt)

    def public_key(self) -> str:
        """Return the public key of the audit log in hexadecimal."""
        return keys.public_hex(self._key)

    def _signing_key(self, path: Path, *, create: bool) -> Ed25519PrivateKey:
        with self.database.reading() as link:
            known = audit.signer(link)
        if known is None and not create:  # every decision has an entry, so without a log there is none
            raise self.database.missing()
        key = keys.read_or_make(path) if known is None else keys.read(path)
        if keys.public_hex(key) != known:
            with self.database.writing() as link:
                audit.begin(link, keys.public_hex(key))
        return key


def _session(link: Connection) -> Session:
    # The desk ends the transaction, so a commit inside the block does not.
    return Session(link, join_transaction_mode="rollback_only")


def _key_path(named: str, url: URL) -> Path:
    if named:
        return Path(named)
    if url.get_backend_name() != "sqlite":
        raise SettingsError(
            "a database on a server needs a key file that every process shares",
            where="cases.audit_key",
            remedy="Name a file. A missing file is made.",
        )
    return Path(f"{url.database}.key")
