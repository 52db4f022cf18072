"""A database with the tables of webhooks alone, a time that tests set, and a key derivation without a key file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from stillwatch.cases.store.schema import AuditEntry
from stillwatch.delivery import outbox, queue, receivers
from stillwatch.delivery.events import EventKind, OutboxEvent
from stillwatch.delivery.receivers import NewReceiver, Receiver
from stillwatch.delivery.schema import Delivery, Hook
from stillwatch.tables.sql import SqlTable

START = datetime(2026, 4, 1, 9, tzinfo=UTC)


def derive(purpose: str, salt: str) -> bytes:
    return sha256(f"{purpose}/{salt}".encode()).digest()


def compose(request: queue.MessageRequest) -> list[str]:
    return [f'{{"kind":"{request.kind}","case":{request.case_id},"shape":"{request.shape}"}}']


@dataclass
class Post:
    """The outbox of a database, as a room above has it. It is a queue for the sender."""

    engine: sa.Engine
    now: datetime = START
    compose: queue.Compose = compose
    stopped: list[tuple[int, str]] = field(default_factory=list)

    @contextmanager
    def session(self) -> Iterator[Session]:
        with Session(self.engine) as session, session.begin():
            yield session

    def advance(self, **time: float) -> None:
        self.now += timedelta(**time)

    def add(self, *, private: bool = False, **more: object) -> tuple[Receiver, str]:
        whole = {"name": "A sink", "url": "https://hooks.example/x", "kinds": list(EventKind)} | more
        with self.session() as session:
            return receivers.add(session, NewReceiver(**whole), derive, now=self.now, made_by="amy", private=private)

    def put(self, case_id: int | None = 1, kind: EventKind = EventKind.CASE_OPENED, entry: int = 1) -> None:
        with self.session() as session:
            outbox.put(session.connection(), [OutboxEvent(kind, case_id)], entry, self.now)

    def rows(self, *columns: object) -> list[tuple[object, ...]]:
        with self.session() as session:
            return [tuple(row) for row in session.execute(sa.select(*columns).order_by(Delivery.delivery_id))]

    def claim(self) -> list[queue.DueMessage]:
        with self.session() as session:
            return queue.claim(session, self.now, derive, self.compose)

    def settle(self, due: queue.DueMessage, outcome: queue.DeliveryOutcome) -> outbox.MessageState:
        with self.session() as session:
            return queue.settle(session, self.now, due, outcome)

    def stop(self, hook_id: int, why: str) -> None:
        self.stopped.append((hook_id, why))
        with self.session() as session:
            receivers.stop(session, hook_id, self.now)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """Return an empty outbox. The audit log belongs to another room; the foreign key needs its table to exist."""
    post = Post(sa.create_engine(f"sqlite:///{tmp_path}/outbox.db"))
    tables = [AuditEntry.__table__, Hook.__table__, Delivery.__table__]
    SqlTable.metadata.create_all(post.engine, tables=tables)
    yield post
    post.engine.dispose()
