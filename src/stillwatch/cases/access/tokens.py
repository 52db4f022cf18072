"""Makes, lists, revokes and checks API tokens.

A program with a token acts as the user who made it. It has only the permissions that are scopes of the token and also
permissions of the role.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from stillwatch.cases.access import bearer, users
from stillwatch.cases.access.desk import Desk, Look, Work
from stillwatch.cases.access.roles import PERMISSIONS, Actor, Permission
from stillwatch.cases.access.users import Person
from stillwatch.cases.store.access_schema import ApiToken, User
from stillwatch.errors import InputError, MissingError, PolicyError

__all__ = ["LONGEST_DAYS", "PREFIX", "Token", "bearer_of", "listed", "make", "revoke"]

PREFIX = "stillwatch_"
LONGEST_DAYS = 366
_STEP = timedelta(minutes=1)
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Token:
    """A token as its owner sees it. The secret text is not stored."""

    token_id: int
    name: str
    scopes: tuple[Permission, ...]
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def make(work: Work, *, name: str, scopes: frozenset[Permission], days: int) -> tuple[str, Token]:
    """Make a token for the actor and return its secret text, which is shown once, and the stored token.

    Raises ``InputError`` for a name, a lifetime in days or scopes that do not fit, and ``PolicyError`` for scopes that
    the role lacks.
    """
    name = name.strip()
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise InputError(
            "not a name for a token", where="name", remedy=f"Give one line of at most {_LONGEST_NAME} characters."
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise InputError("the lifetime of a token is out of range", where="days", remedy=f"Choose 1 to {LONGEST_DAYS}.")
    if not scopes:
        raise InputError("a token without scopes can do nothing", where="scopes", remedy="Choose at least one.")
    if work.actor.scopes is not None or not scopes <= PERMISSIONS[work.actor.role]:
        raise PolicyError("a token cannot have more permissions than its owner", where="scopes", remedy="Choose fewer.")
    text = bearer.make(PREFIX)
    row = ApiToken(
        digest=bearer.digest(text),
        name=name,
        user_id=users.find(work, work.actor.name).user_id,
        scopes=sorted(scopes),
        made_at=work.now,
        expires_at=work.now + timedelta(days=days),
    )
    work.session.add(row)
    work.session.flush()
    secret = bearer.digest(row.digest)
    work.record("token made", f"token {row.token_id}", scopes=sorted(map(str, scopes)), days=days, secret_sha256=secret)
    return text, _token(row)


def listed(look: Look, user_id: int) -> list[Token]:
    """Return the tokens of a user, the newest first."""
    query = sa.select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.token_id.desc())
    return [_token(row) for row in look.session.scalars(query)]


def revoke(work: Work, token_id: int) -> Token:
    """Revoke a token of the actor, or as an administrator any token.

    Raises ``MissingError`` where the actor may not revoke it or there is none.
    """
    row = work.session.get(ApiToken, token_id)
    owner = row and work.session.get(User, row.user_id)
    if row is None or owner is None or not (owner.name == work.actor.name or work.actor.may(Permission.ADMINISTER)):
        raise MissingError("no such token", where="tokens", remedy="See the list of tokens.")
    row.revoked_at = row.revoked_at or work.now
    work.record("token revoked", f"token {row.token_id}", owner=owner.name)
    return _token(row)


def bearer_of(desk: Desk, text: str) -> tuple[Person, Actor] | None:
    """Return the owner of the token *text* and the actor with its scopes, or ``None`` where the token is not valid."""
    if not text.startswith(PREFIX):
        return None
    with desk.look() as look:
        query = sa.select(ApiToken, User.name).join(User, User.user_id == ApiToken.user_id)
        found = look.session.execute(
            query.where(
                ApiToken.digest == bearer.digest(text), ApiToken.revoked_at.is_(None), User.disabled_at.is_(None)
            )
        ).one_or_none()
        if found is None:
            return None
        row, name = found
        if row.expires_at <= look.now:
            return None
        person, token = users.find(look, name), _token(row)
        is_due = row.last_used_at is None or look.now - row.last_used_at >= _STEP
    if is_due:
        with desk.bookkeeping() as look:
            used = sa.update(ApiToken).where(ApiToken.token_id == token.token_id)
            look.session.execute(used.values(last_used_at=look.now))
    return person, person.actor(frozenset(token.scopes))


def _token(row: ApiToken) -> Token:
    return Token(
        row.token_id,
        row.name,
        tuple(Permission(scope) for scope in row.scopes),
        row.made_at,
        row.expires_at,
        row.last_used_at,
        row.revoked_at,
    )
