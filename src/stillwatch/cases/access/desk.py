"""The desk at which people work: every change is somebody's, allowed, and in the audit log, or is not made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.engine import URL, Connection
from sqlalchemy.orm import Session

from stillwatch.cases.access.roles import Actor, Permission
from stillwatch.cases.store import audit
from stillwatch.cases.store.database import Database, address
from stillwatch.cases.store.schema import Tables
from stillwatch.delivery import outbox
from stillwatch.errors import ContractError, InputError, SettingsError
from stillwatch.settings import CasesSettings
from stillwatch.signing import keys

__all__ = ["Desk", "Fact", "Look", "Work"]

Fact = str | int | bool | None | list[str] | list[int]
"""What the details of an audit entry are made of: no fractions, whose text is not the same everywhere."""
_Row = TypeVar("_Row", bound=Tables)
_LARGEST = 2**31 - 1


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Look:
    """A look at decisions as they stand at ``now``."""

    session: Session
    now: datetime
    settings: CasesSettings

    def row(self, kind: type[_Row], number: int) -> _Row | None:
        """Return the row of that *number*, or nothing; a number that no column can hold is none."""
        return self.session.get(kind, number) if 0 < number <= _LARGEST else None


@dataclass(frozen=True)
class Work(Look):
    """Something that ``actor`` does; without an entry in the audit log it is not kept.

    What receivers of case events wait for goes into the outbox with the entry: both are kept, or neither.
    """

    actor: Actor
    _key: Ed25519PrivateKey

    def record(self, action: str, subject: str, **details: Fact) -> int:
        """Write into the audit log that the actor did *action* to *subject*; return the number of the entry.

        *details* hold no prompt text; accounts are named there, since who was judged is what the log is for.
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
            # Not from that error: it quotes what somebody wrote.
            raise InputError(
                "text that cannot be written down", remedy="Leave out halves of surrogate pairs."
            ) from None
        outbox.put(self.session.connection(), entry, self.now)
        return entry.seq

    def derived(self, purpose: str, salt: str) -> bytes:
        """Return 32 secret bytes for *purpose*, the same whenever the salt is; see ``keys.derived``."""
        return keys.derived(self._key, purpose, salt)


class Desk:
    """The way to decisions: ``look`` at them, or do ``work`` on them; *clock* says what time it is."""

    def __init__(self, settings: CasesSettings, *, clock: Callable[[], datetime] = _now) -> None:
        self.settings = settings
        self._clock = clock
        url = address(settings.database.get_secret_value())
        path = _key_path(settings.audit_key, url)
        self.database = Database(url)
        try:
            self._key = self._signing_key(path)
        except BaseException:
            self.close()
            raise

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
        with self.database.reading() as link, _session(link) as session:
            yield Look(session, self._clock(), self.settings)

    @contextmanager
    def work(self, actor: Actor, needs: Permission) -> Iterator[Work]:
        """Yield the work of *actor*, who *needs* a permission; it is kept whole when the block ends, or not at all.

        Works are one after the other: what a work reads stays so until it ends.
        """
        actor.require(needs)
        with self.database.writing() as link, _session(link) as session:
            begun = audit.head(link)
            yield Work(session, self._clock(), self.settings, actor, self._key)
            session.flush()
            if not link.in_transaction():
                raise ContractError("work that was rolled back and yet went on", where="cases.desk")
            # The log itself is asked, for an entry within a savepoint may be gone again.
            if audit.head(link) == begun:
                raise ContractError("work that the audit log does not know of", where="cases.desk")

    @contextmanager
    def bookkeeping(self) -> Iterator[Look]:
        """Yield what may be written without the audit log: counts and moments that decide nothing about anybody."""
        with self.database.writing() as link, _session(link) as session:
            yield Look(session, self._clock(), self.settings)
            session.flush()

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

    def _signing_key(self, path: Path) -> Ed25519PrivateKey:
        with self.database.reading() as link:
            known = audit.signer(link)
        key = keys.read_or_make(path) if known is None else keys.read(path)
        if keys.public_hex(key) != known:
            with self.database.writing() as link:
                audit.begin(link, keys.public_hex(key))
        return key


def _session(link: Connection) -> Session:
    # The transaction is the desk's: a commit by somebody within ends nothing.
    return Session(link, join_transaction_mode="rollback_only")


def _key_path(named: str, url: URL) -> Path:
    if named:
        return Path(named)
    if url.get_backend_name() != "sqlite":
        raise SettingsError(
            "a database on a server needs a key that all who open it share",
            where="cases.audit_key",
            remedy="Name a file; it is made where it is missing.",
        )
    return Path(f"{url.database}.key")
