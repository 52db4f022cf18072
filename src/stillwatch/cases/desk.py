"""The desk at which people work: every change is somebody's, allowed, and in the audit log, or is not made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from stillwatch.cases import audit, keys, outbox
from stillwatch.cases.database import Database
from stillwatch.cases.roles import Actor, Permission
from stillwatch.cases.schema import AuditHead
from stillwatch.errors import ContractError, SettingsError
from stillwatch.settings import CasesSettings

__all__ = ["Desk", "Fact", "Look", "Work"]

Fact = str | int | bool | None | list[str] | list[int]
"""What the details of an audit entry are made of: no fractions, whose text is not the same everywhere."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Look:
    """A look at decisions as they stand at ``now``."""

    session: Session
    now: datetime
    settings: CasesSettings


@dataclass(frozen=True)
class Work(Look):
    """Something that ``actor`` does; without an entry in the audit log it is not kept.

    What receivers of case events wait for goes into the outbox with the entry: both are kept, or neither.
    """

    actor: Actor
    _key: Ed25519PrivateKey
    _entries: list[int] = field(default_factory=list)

    def record(self, action: str, subject: str, **details: Fact) -> int:
        """Write into the audit log that the actor did *action* to *subject*; return the number of the entry.

        *details* hold no prompt text; accounts are named there, since who was judged is what the log is for.
        """
        entry = audit.append(
            self.session.connection(),
            self._key,
            at=self.now,
            actor=self.actor.name,
            action=action,
            subject=subject,
            details=details,
        )
        outbox.put(self.session.connection(), entry, self.now)
        self._entries.append(entry.seq)
        return entry.seq

    def derived(self, purpose: str, salt: str) -> bytes:
        """Return 32 secret bytes for *purpose*, the same whenever the salt is; see ``keys.derived``."""
        return keys.derived(self._key, purpose, salt)

    @property
    def is_recorded(self) -> bool:
        """Return whether anything was written into the audit log."""
        return bool(self._entries)


class Desk:
    """The way to decisions: ``look`` at them, or do ``work`` on them; *clock* says what time it is."""

    def __init__(self, settings: CasesSettings, *, clock: Callable[[], datetime] = _now) -> None:
        self.settings = settings
        self.database = Database(settings.database.get_secret_value())
        self._clock = clock
        self._key = self._signing_key()

    def __enter__(self) -> "Desk":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    @contextmanager
    def look(self) -> Iterator[Look]:
        """Yield a look at one state of the decisions."""
        with self.database.reading() as link, Session(link) as session:
            yield Look(session, self._clock(), self.settings)

    @contextmanager
    def work(self, actor: Actor, needs: Permission) -> Iterator[Work]:
        """Yield the work of *actor*, who *needs* a permission; it is kept whole when the block ends, or not at all."""
        actor.require(needs)
        with self.database.writing() as link, Session(link, join_transaction_mode="rollback_only") as session:
            work = Work(session, self._clock(), self.settings, actor, self._key)
            yield work
            session.flush()
            if not work.is_recorded:
                raise ContractError("work that the audit log does not know of", where="cases.desk")
            session.commit()

    @contextmanager
    def bookkeeping(self) -> Iterator[Look]:
        """Yield what may be written without the audit log: counts and moments that decide nothing about anybody."""
        with self.database.writing() as link, Session(link, join_transaction_mode="rollback_only") as session:
            yield Look(session, self._clock(), self.settings)
            session.commit()

    def export_audit(self) -> Iterator[str]:
        """Yield the audit log as the lines of a file that anybody can check."""
        with self.database.reading() as link:
            yield from audit.export(link, self._key)

    def derived(self, purpose: str, salt: str) -> bytes:
        """Return 32 secret bytes for *purpose*, the same whenever the salt is; see ``keys.derived``."""
        return keys.derived(self._key, purpose, salt)

    def public_key(self) -> str:
        """Return the public half of the key that signs the audit log, in hexadecimal."""
        return keys.public_hex(self._key)

    def _signing_key(self) -> Ed25519PrivateKey:
        path = self._key_path()
        with self.database.reading() as link:
            known = link.execute(sa.select(AuditHead.public_key)).scalar()
        key = keys.read(path) if known is not None or path.exists() else keys.make(path)
        with self.database.writing() as link:
            audit.begin(link, keys.public_hex(key))
        return key

    def _key_path(self) -> Path:
        if self.settings.audit_key:
            return Path(self.settings.audit_key)
        where = self.database.url.database
        if not self.database.is_sqlite or not where:
            raise SettingsError(
                "a database on a server needs a key that all who open it share",
                where="cases.audit_key",
                remedy="Name a file; it is made where it is missing.",
            )
        return Path(f"{where}.key")
