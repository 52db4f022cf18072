"""Publishes a snapshot whenever a decision changes, and as a sign of life when none does."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from stillwatch.cases import Desk
from stillwatch.cases.decisions.actions.active_limits import next_change
from stillwatch.cases.store import audit
from stillwatch.enforcement.publishing.breadth import Traffic, breadth, require_narrow
from stillwatch.enforcement.publishing.compilation import Compiled, compiled
from stillwatch.enforcement.snapshot.snapshot import Snapshot, read, written
from stillwatch.errors import EngineError, InputError, PolicyError
from stillwatch.settings import GatewaySettings
from stillwatch.signing import keys
from stillwatch.signing.hash_chain import Head

__all__ = ["Publisher"]

_PURPOSE = "gateway snapshot"
_MODE = 0o640
"""Gateways often run as another user of the same group."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Looked:
    """What the database held when it was compiled, and until when that stays so by itself."""

    head: Head
    until: datetime | None
    compiled: Compiled


class Publisher:
    """Writes the decisions of *desk* to *path*. *traffic* returns what gateways answered in the last hour.

    The key that signs is derived from that of the audit log, so a snapshot names who published it and no new secret is
    to be kept. One publisher at a time writes a file; numbers grow over restarts.
    """

    def __init__(
        self,
        desk: Desk,
        path: Path,
        settings: GatewaySettings,
        traffic: Callable[[], Traffic],
        *,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.path = path
        self._desk = desk
        self._settings = settings
        self._traffic = traffic
        self._clock = clock
        self._key = Ed25519PrivateKey.from_private_bytes(desk.derived(_PURPOSE, "v1"))
        self._looked: _Looked | None = None
        self._published: Snapshot | None = None
        self._from: Compiled | None = None

    @property
    def public_key(self) -> str:
        """Return the public key of the snapshots in hexadecimal, which gateways need."""
        return keys.public_hex(self._key)

    def step(self) -> Snapshot | None:
        """Publish a snapshot where a decision has changed or a sign of life is due; return it, or ``None``.

        Raises ``PolicyError`` for a snapshot that is too wide. What was lifted is published all the same, and nothing
        new is limited. Raises ``InputError`` where the traffic cannot be read, with the same effect, and
        ``EngineError`` where the database or the file fails. Then the snapshot stays as it is, and its age shows.
        """
        now = self._clock()
        found = self._look(now)
        if not self._is_due(now) and (found is self._from or found.same_as(self._from)):
            self._from = found
            return None
        return self._publish(found, now)

    def publish(self) -> Snapshot:
        """Publish a snapshot, also where nothing has changed, and return it. Raises as :meth:`step` does."""
        now = self._clock()
        return self._publish(self._look(now), now)

    def _publish(self, found: Compiled, now: datetime) -> Snapshot:
        before = self._before()
        left = found if before is None else found.within(before)
        try:
            # What is in force already was narrow when it came. Traffic that falls at night does not end it.
            if before is None or len(left.denied_alone) < len(found.denied_alone):
                require_narrow(breadth(found.denied_alone, self._traffic()), self._settings.most_denied)
        except (PolicyError, InputError):
            # An account that somebody cleared does not wait until others are decided about.
            if before is not None and (self._is_due(now) or not left.same_as(self._from)):
                self._put(left, now)
            raise
        return self._put(found, now)

    def _put(self, what: Compiled, now: datetime) -> Snapshot:
        snapshot = Snapshot(self._next_number(now), now, what.rules, what.index)
        self._write(written(snapshot, self._key))
        self._published, self._from = snapshot, what
        return snapshot

    def _is_due(self, now: datetime) -> bool:
        last = self._published
        return last is None or now - last.published_at >= timedelta(seconds=self._settings.publish_every_s)

    def _look(self, now: datetime) -> Compiled:
        known = self._looked
        with self._desk.look() as look:
            head = audit.head(look.session.connection())
            if known is not None and known.head == head and (known.until is None or now < known.until):
                return known.compiled
            found = _Looked(head, next_change(look), compiled(look, self._settings))
        self._looked = found
        return found.compiled

    def _next_number(self, now: datetime) -> int:
        """Return a number above every earlier one: milliseconds since 1970, or one more than the file has."""
        last = self._before()
        return max(last.number + 1 if last else 0, int(now.timestamp() * 1000))

    def _before(self) -> Snapshot | None:
        """Return the snapshot in force: the last one of this publisher, or that of the file."""
        if self._published is not None:
            return self._published
        try:
            return read(self.path.read_bytes(), self._key.public_key(), where=str(self.path))
        except (FileNotFoundError, InputError):  # nothing is there, or nothing that a gateway would obey
            return None
        except OSError as error:
            raise self._failed(error) from error

    def _write(self, data: bytes) -> None:
        try:
            with tempfile.NamedTemporaryFile(dir=self.path.parent, prefix=f".{self.path.name}.", delete=False) as file:
                new = Path(file.name)
                try:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                    new.chmod(_MODE)
                    new.replace(self.path)
                except BaseException:
                    new.unlink(missing_ok=True)
                    raise
        except OSError as error:
            raise self._failed(error) from error

    def _failed(self, error: OSError) -> EngineError:
        return EngineError(
            f"the snapshot cannot be written ({error.strerror})",
            where=str(self.path),
            remedy="Check the folder of gateway.snapshot.",
        )
