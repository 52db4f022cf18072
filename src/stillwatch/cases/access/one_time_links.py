"""Makes and redeems one-time links, which make the first administrator or let a user set a password."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from stillwatch.cases.access import bearer, users
from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.access.roles import Permission, Role
from stillwatch.cases.access.users import Person
from stillwatch.cases.store.access_schema import OneTimeLink, User
from stillwatch.errors import PolicyError

__all__ = ["Invitation", "Purpose", "accept", "accept_first", "invite", "invite_first", "look_up"]


class Purpose(StrEnum):
    """The purpose of a link."""

    FIRST_ADMINISTRATOR = "first-administrator"
    SET_PASSWORD = "set-password"  # noqa: S105 - a purpose


@dataclass(frozen=True, slots=True)
class Invitation:
    """A valid link. ``name`` is the user whose password it sets, or null for the first administrator."""

    purpose: Purpose
    name: str | None


def invite_first(work: Work, lifetime: timedelta) -> str:
    """Return the token of a link that makes the first administrator.

    Earlier links of this kind end, so only the last one works. Raises ``PolicyError`` where there is an administrator.
    """
    token = bearer.make()
    _tell(work, "administrators", Purpose.FIRST_ADMINISTRATOR, token, work.now + lifetime)
    if users.administrators(work):
        raise PolicyError(
            "there is an administrator already", where="people", remedy="Ask an administrator for a link."
        )
    _end(work, OneTimeLink.purpose == Purpose.FIRST_ADMINISTRATOR)
    return _make(work, Purpose.FIRST_ADMINISTRATOR, None, lifetime, token)


def invite(work: Work, name: str, lifetime: timedelta) -> str:
    """Return the token of a link with which the user *name* sets a password. Earlier links of the user end.

    Raises ``PolicyError`` for a disabled user and for a user of an identity provider.
    """
    work.actor.require(Permission.ADMINISTER)
    row = users.own_row(work, name)
    if row.issuer is not None or row.disabled_at is not None:
        raise PolicyError("this user cannot sign in with a password", where="people", remedy="See the list of people.")
    _end(work, OneTimeLink.user_id == row.user_id)
    token = bearer.make()
    _tell(work, f"user {row.name}", Purpose.SET_PASSWORD, token, work.now + lifetime)
    return _make(work, Purpose.SET_PASSWORD, row.user_id, lifetime, token)


def look_up(look: Look, token: str) -> Invitation | None:
    """Return the purpose of the link with *token*, or ``None`` where the link is not valid for any reason."""
    query = sa.select(OneTimeLink, User).outerjoin(User, User.user_id == OneTimeLink.user_id)
    found = look.session.execute(
        query.where(OneTimeLink.digest == bearer.digest(token), OneTimeLink.used_at.is_(None))
    ).one_or_none()
    if found is None or found[0].expires_at <= look.now:
        return None
    link, user = found
    if link.purpose == Purpose.FIRST_ADMINISTRATOR:
        return None if users.administrators(look) else Invitation(Purpose.FIRST_ADMINISTRATOR, None)
    return None if user is None or user.disabled_at else Invitation(Purpose.SET_PASSWORD, user.name)


def accept_first(work: Work, token: str, name: str, *, display: str, password_hash: str) -> Person:
    """Make the first administrator. The actor is the console, because no user exists yet.

    Raises ``PolicyError`` where the link is not valid.
    """
    _use(work, token, Purpose.FIRST_ADMINISTRATOR)
    # The audit entry comes before the count. It takes the lock, so two attempts at once run one after the other.
    work.record("link used", "administrators", purpose=str(Purpose.FIRST_ADMINISTRATOR))
    if users.administrators(work):
        raise _worthless()
    return users.create(work, name, display=display, role=Role.ADMINISTRATOR, password_hash=password_hash)


def accept(work: Work, token: str, password_hash: str) -> Person:
    """Set the password hash of the actor, who must own the link. Raises ``PolicyError`` where the link is not valid."""
    found = look_up(work, token)
    if found is None or found.name != work.actor.name:
        raise _worthless()
    _use(work, token, Purpose.SET_PASSWORD)
    work.record("link used", f"user {work.actor.name}", purpose=str(Purpose.SET_PASSWORD))
    return users.set_password(work, work.actor.name, password_hash)


def _tell(work: Work, subject: str, purpose: Purpose, token: str, until: datetime) -> None:
    # The digest of what the table holds, so that a link that was put into the table by hand is found.
    link = bearer.digest(bearer.digest(token))
    work.record("link made", subject, purpose=str(purpose), link_sha256=link, expires_at=until.isoformat())


def _make(work: Work, purpose: Purpose, user_id: int | None, lifetime: timedelta, token: str) -> str:
    work.session.add(
        OneTimeLink(
            digest=bearer.digest(token),
            purpose=str(purpose),
            user_id=user_id,
            made_at=work.now,
            made_by=work.actor.name,
            expires_at=work.now + lifetime,
        )
    )
    return token


def _use(work: Work, token: str, purpose: Purpose) -> None:
    # One statement checks and marks the link, so only one of two requests succeeds.
    used = work.session.execute(
        sa.update(OneTimeLink)
        .where(
            OneTimeLink.digest == bearer.digest(token),
            OneTimeLink.purpose == purpose,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > work.now,
        )
        .values(used_at=work.now)
        .returning(OneTimeLink.digest)
    ).all()
    if len(used) != 1:
        raise _worthless()


def _end(work: Work, which: sa.ColumnElement[bool]) -> None:
    work.session.execute(sa.update(OneTimeLink).where(which, OneTimeLink.used_at.is_(None)).values(used_at=work.now))


def _worthless() -> PolicyError:
    return PolicyError(
        "this link was used, has expired or was replaced", where="link", remedy="Ask an administrator for a new one."
    )
