"""The SQL tables of users, sessions, one-time links, API tokens and sign-in attempts.

Only digests of secrets are stored. No user is erased: a user is disabled, a token revoked, a link marked as used. Rows
of sessions, attempts and known devices are deleted when they expire.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from stillwatch.tables.sql import SqlTable

__all__ = ["ApiToken", "KnownDevice", "OneTimeLink", "SignIn", "Try", "User"]


class User(SqlTable):
    """A user. ``name_key`` is the name in the form in which names are compared."""

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


class SignIn(SqlTable):
    """One session. ``expires_at`` is its absolute end; ``idle_at`` is its end where it is not used before."""

    __tablename__ = "sessions"

    digest: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.user_id"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    idle_at: Mapped[datetime]


class OneTimeLink(SqlTable):
    """A link that signs a user in once. A link without a user makes the first administrator."""

    __tablename__ = "one_time_links"

    digest: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.user_id"), index=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(SqlTable):
    """A token with which a program acts as a user, within the scopes of the token."""

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


class Try(SqlTable):
    """The failed password attempts of one lane. The next attempt is allowed at ``open_at``. See ``throttle``."""

    __tablename__ = "login_failures"

    lane: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    open_at: Mapped[datetime]


class KnownDevice(SqlTable):
    """A browser in which a user has signed in before. Attempts from other browsers do not lock it out."""

    __tablename__ = "known_devices"

    digest: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.user_id"), index=True)
    expires_at: Mapped[datetime]
