"""What people keep to find things again, and what is sent on to other systems, as SQL tables.

A view that was removed and a receiver that was dropped stay as rows; of a receiver's secret only the salt is here.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from stillwatch.cases.store.schema import Tables

__all__ = ["Delivery", "Hook", "SavedView"]


class SavedView(Tables):
    """Filters of the queue that somebody keeps under a name."""

    __tablename__ = "saved_views"

    view_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    owner: Mapped[str] = mapped_column(index=True)
    is_shared: Mapped[bool]
    query: Mapped[str]
    made_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Hook(Tables):
    """A receiver of case events; ``api_key`` is encrypted, the signing secret is derived from ``salt``."""

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


class Delivery(Tables):
    """One message for one receiver; ``body`` is missing until it is first tried, and stays the same from then on."""

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
