"""The SQL tables of webhooks: receivers, and the outbox with one row per message and receiver.

A removed receiver stays as a row. The signing secret of a receiver is not stored: it is derived from the salt.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from stillwatch.tables.sql import SqlTable

__all__ = ["Delivery", "Hook"]


class Hook(SqlTable):
    """A receiver. ``api_key`` is encrypted. The signing secret is derived from ``salt``."""

    __tablename__ = "hooks"

    hook_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    url: Mapped[str]
    shape: Mapped[str]
    kinds: Mapped[list[Any]]
    type_name: Mapped[str]
    salt: Mapped[str]
    api_key: Mapped[str | None]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    stopped_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class Delivery(SqlTable):
    """One message to one receiver.

    ``entry`` is the sequence number of the audit entry that caused the message. The table ``audit`` belongs to the room
    that keeps the audit log. ``body`` is null until the first try and stays the same from then on.
    """

    __tablename__ = "outbox"

    delivery_id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    hook_id: Mapped[int] = mapped_column(sa.ForeignKey("hooks.hook_id"), index=True)
    entry: Mapped[int] = mapped_column(sa.ForeignKey("audit.seq"))
    kind: Mapped[str]
    case_id: Mapped[int | None]
    body: Mapped[str | None]
    state: Mapped[str] = mapped_column(index=True)
    tries: Mapped[int]
    next_at: Mapped[datetime] = mapped_column(index=True)
    last_at: Mapped[datetime | None]
    outcome: Mapped[str]
