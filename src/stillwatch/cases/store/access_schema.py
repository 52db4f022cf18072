"""Who may come in, as SQL tables; of what lets somebody in, only digests are kept.

Nobody is erased here either: a user is disabled, a token revoked, a link used. Sessions, tries and known devices are
bookkeeping, which comes and goes.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from stillwatch.cases.store.schema import Tables

__all__ = ["ApiToken", "KnownDevice", "OneTimeLink", "SignIn", "Try", "User"]


class User(Tables):
    """Somebody who may come in; ``name_key`` is the name as names are compared."""

    __tablename__ = "users"
    __table_args__ = (sa.UniqueConstraint("issuer", "subject"),)

    user_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    display: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str | None]
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class SignIn(Tables):
    """One session: the digest of its token, and when it ends by itself or for want of use."""

    __tablename__ = "sessions"

    digest: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.user_id"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    idle_at: Mapped[datetime]


class OneTimeLink(Tables):
    """A link that lets somebody in once; without a user it makes the first administrator."""

    __tablename__ = "one_time_links"

    digest: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.user_id"), index=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(Tables):
    """What lets a program act as a user, within its scopes."""

    __tablename__ = "api_tokens"

    token_id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.user_id"), index=True)
    scopes: Mapped[list[Any]]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Try(Tables):
    """How often a password was tried in vain in one lane, and when the next try is let through."""

    __tablename__ = "login_failures"

    lane: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    open_at: Mapped[datetime]


class KnownDevice(Tables):
    """A browser from which somebody has signed in before; what strangers try does not shut it out."""

    __tablename__ = "known_devices"

    digest: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.user_id"), index=True)
    expires_at: Mapped[datetime]
