"""Sessions of people who signed in: known by the digest of a token, ended by time, by want of use, or on purpose."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from stillwatch.cases.access import bearer, users
from stillwatch.cases.access.desk import Desk, Look, Work
from stillwatch.cases.access.users import Person
from stillwatch.cases.store.access_schema import SignIn, User

__all__ = ["Hours", "Opened", "Visit", "end", "start", "visit"]

_STEP = timedelta(minutes=1)
"""A session is not written again for being seen within this time, so that reading a page writes nothing."""


@dataclass(frozen=True, slots=True)
class Hours:
    """How long a session lasts at most, and how long without use."""

    absolute: timedelta
    idle: timedelta


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that has just begun; its token is handed out here and nowhere else."""

    token: str
    csrf: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody within a session; ``csrf`` is what their forms must carry."""

    person: Person
    digest: str
    csrf: str


def start(look: Look, user_id: int, hours: Hours, *, instead_of: str | None = None) -> Opened:
    """Begin a session with a token of its own, *instead_of* that of the digest; who signs in records it."""
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
    """Return who comes with *token*, or nothing where no session of somebody who may come in has it."""
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
            # One that ended meanwhile has no row any more, and this brings none back.
            seen = sa.update(SignIn).where(SignIn.digest == digest)
            look.session.execute(seen.values(seen_at=look.now, idle_at=look.now + hours.idle))
    return Visit(person, digest, csrf)


def end(work: Work, digest: str) -> None:
    """End one session of the actor."""
    work.session.execute(sa.delete(SignIn).where(SignIn.digest == digest))
    work.record("signed out", f"user {work.actor.name}")
