"""Starts, finds and ends sessions. A session ends at sign-out, after its lifetime, or after a time without use."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from stillwatch.cases.access import bearer, users
from stillwatch.cases.access.desk import Desk, Look, Work
from stillwatch.cases.access.users import Person
from stillwatch.cases.store.access_schema import SignIn, User

__all__ = ["Hours", "Opened", "Visit", "end", "start", "visit"]

_STEP = timedelta(minutes=1)
"""The last use is written at most once in this time, so that most page views write nothing."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The longest lifetime of a session, and the longest time without use."""

    absolute: timedelta
    idle: timedelta


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that has just started. Its token is shown here only."""

    token: str
    csrf: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """A user in a session. ``csrf`` is the token that each form must send."""

    person: Person
    digest: str
    csrf: str


def start(look: Look, user_id: int, hours: Hours, *, instead_of: str | None = None) -> Opened:
    """Start a session, and end the session with the digest *instead_of*. The caller writes the audit entry.

    Expired sessions of all users are deleted.
    """
    look.session.execute(sa.delete(SignIn).where(sa.or_(SignIn.expires_at <= look.now, SignIn.idle_at <= look.now)))
    if instead_of is not None:
        look.session.execute(sa.delete(SignIn).where(SignIn.digest == instead_of))
    opened = Opened(bearer.make(), bearer.make(), look.now + hours.absolute)
    look.session.add(
        SignIn(
            digest=bearer.digest(opened.token),
            user_id=user_id,
            csrf=opened.csrf,
            created_at=look.now,
            seen_at=look.now,
            expires_at=opened.expires_at,
            idle_at=look.now + hours.idle,
        )
    )
    return opened


def visit(desk: Desk, token: str, hours: Hours) -> Visit | None:
    """Return the user and session of *token*, or ``None`` where the token has no valid session of an enabled user."""
    digest = bearer.digest(token)
    with desk.look() as look:
        query = sa.select(SignIn, User.name).join(User, User.user_id == SignIn.user_id)
        found = look.session.execute(query.where(SignIn.digest == digest, User.disabled_at.is_(None))).one_or_none()
        if found is None:
            return None
        row, name = found
        if min(row.expires_at, row.idle_at) <= look.now:
            return None
        person, csrf, is_due = users.find(look, name), row.csrf, look.now - row.seen_at >= _STEP
    if is_due:
        with desk.bookkeeping() as look:
            # A session that ended meanwhile has no row, and the update does not restore it.
            seen = sa.update(SignIn).where(SignIn.digest == digest)
            look.session.execute(seen.values(seen_at=look.now, idle_at=look.now + hours.idle))
    return Visit(person, digest, csrf)


def end(work: Work, digest: str) -> None:
    """End one session of the actor."""
    work.session.execute(sa.delete(SignIn).where(SignIn.digest == digest))
    work.record("signed out", f"user {work.actor.name}")
