"""Adds, finds, disables and changes users.

Names are compared without case. A user of an identity provider is identified by issuer and subject, not by name: at the
provider another person could take the name.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.access.roles import Actor, Permission, Role
from stillwatch.cases.store.access_schema import ApiToken, OneTimeLink, SignIn, User
from stillwatch.errors import InputError, MissingError, PolicyError

__all__ = [
    "HOUSE", "Person", "administrators", "change_role", "create", "disable", "enable", "end_sessions", "find",
    "from_provider", "identity_digest", "keep_better", "known_as", "listed", "own_row", "set_password", "shut_out",
    "verifier_digest", "vouched_before",
]  # fmt: skip

HOUSE = Actor("(console)", Role.ADMINISTRATOR)
"""The actor of changes that the console makes itself, such as a first sign-in. No user can have this name."""
_LONGEST_NAME, _LONGEST_DISPLAY = 64, 100
_SIGNS = frozenset("._@+-")


@dataclass(frozen=True, slots=True)
class Person:
    """A user without the password hash."""

    user_id: int
    name: str
    display: str
    role: Role
    has_password: bool
    issuer: str | None
    created_at: datetime
    disabled_at: datetime | None

    def actor(self, scopes: frozenset[Permission] | None = None) -> Actor:
        """Return the actor for this user, or for a program with a token of this user that has *scopes*."""
        return Actor(self.name, self.role, scopes)


def known_as(name: str) -> str:
    """Return *name* in the form in which names are compared: NFKC and case-folded; empty for unprintable names.

    No user can have an unprintable name, and some databases cannot store one.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return folded if folded.isprintable() else ""


def listed(look: Look) -> list[Person]:
    """Return all users, sorted by name."""
    return [_person(row) for row in look.session.scalars(sa.select(User).order_by(User.name_key))]


def find(look: Look, name: str) -> Person:
    """Return the user *name*. Raises ``MissingError`` where there is none."""
    return _person(own_row(look, name))


def administrators(look: Look) -> int:
    """Return the number of administrators that are not disabled."""
    query = sa.select(sa.func.count()).where(User.role == Role.ADMINISTRATOR, User.disabled_at.is_(None))
    return look.session.scalar(query) or 0


def create(work: Work, name: str, *, display: str, role: Role, password_hash: str | None = None) -> Person:
    """Add a user, who signs in with the password of *password_hash*, or first with a one-time link.

    Raises ``InputError`` where the name is taken or a name does not fit.
    """
    work.actor.require(Permission.ADMINISTER)
    return _add(work, User(name=name, display=display, role=role, password_hash=password_hash))


def change_role(work: Work, name: str, role: Role) -> Person:
    """Change the role of a user and end their sessions.

    Raises ``PolicyError`` for the actor's own role, for a user whose role comes from an identity provider, and for the
    last administrator.
    """
    row = _administered(work, name)
    if row.issuer is not None:
        raise PolicyError("this role comes from the identity provider", where="role", remedy="Change it there.")
    # The audit entry comes first. It takes the lock, so two administrators who demote each other run one after the
    # other.
    work.record("role given", _subject(row), before=row.role, after=str(role))
    if row.role != role:
        row.role = role
        _keep_an_administrator(work)
        end_sessions(work, row.user_id)
    return _person(row)


def disable(work: Work, name: str) -> Person:
    """Disable a user: their sessions, one-time links and tokens end. Enabling the user brings none of them back.

    Raises ``PolicyError`` for the actor and for the last administrator.
    """
    row = _administered(work, name)
    work.record("user disabled", _subject(row), tokens_end=True)
    row.disabled_at = row.disabled_at or work.now
    _keep_an_administrator(work)
    _end_access(work, row.user_id)
    return _person(row)


def enable(work: Work, name: str) -> Person:
    """Enable a disabled user, who signs in anew and makes new tokens."""
    row = _administered(work, name)
    work.record("user enabled", _subject(row))
    # Earlier versions left the tokens of a disabled user as they were.
    if row.disabled_at is not None:
        _end_access(work, row.user_id)
    row.disabled_at = None
    return _person(row)


def set_password(work: Work, name: str, password_hash: str) -> Person:
    """Set the password hash of the actor and end all their sessions.

    Raises ``PolicyError`` for another user, and for a user of an identity provider.
    """
    row = own_row(work, name)
    if work.actor.name != row.name:
        raise PolicyError("only the owner can set a password", where="password", remedy="Send them a one-time link.")
    if row.issuer is not None:
        raise PolicyError("you sign in with your identity provider", where="password")
    work.record("password set", _subject(row), verifier_sha256=verifier_digest(password_hash))
    row.password_hash = password_hash
    end_sessions(work, row.user_id)
    return _person(row)


def from_provider(work: Work, issuer: str, subject: str, *, name: str, display: str, role: Role) -> Person:
    """Return the user that an identity provider asserts. Add the user, or update display name and role.

    Raises ``InputError`` where another user has the name: an identity provider must not be able to take over a user by
    choosing a name. Raises ``PolicyError`` for a disabled user.
    """
    work.actor.require(Permission.ADMINISTER)
    row = work.session.scalar(sa.select(User).where(User.issuer == issuer, User.subject == subject))
    if row is None:
        return _add(work, User(name=name, display=display, role=role, issuer=issuer, subject=subject))
    if row.disabled_at is not None:
        raise PolicyError("this user is disabled", where="sign-in", remedy="Ask an administrator.")
    work.record("user vouched for", _subject(row), before=row.role, after=str(role))
    if row.role != role:
        row.role = role
        end_sessions(work, row.user_id)
    row.display = _shown(display)
    return _person(row)


def keep_better(work: Work, row: User, better: str) -> None:
    """Keep *better*, a hash of the same password with the current parameters."""
    work.record("password hashed anew", _subject(row), verifier_sha256=verifier_digest(better))
    row.password_hash = better


def verifier_digest(password_hash: str | None) -> str | None:
    """Return the digest by which the audit log names a password hash; null for a user without a password.

    The hash has a random salt of 16 bytes, so the digest helps nobody to guess the password.
    """
    return None if password_hash is None else sha256(password_hash.encode()).hexdigest()


def identity_digest(issuer: str | None, subject: str | None) -> str | None:
    """Return the digest by which the audit log names a user of an identity provider; null for any other user."""
    return None if issuer is None else sha256(f"{issuer}\n{subject}".encode()).hexdigest()


def vouched_before(look: Look, issuer: str, subject: str) -> str | None:
    """Return the name of the user whom an identity provider asserted before; null for a stranger."""
    return look.session.scalar(sa.select(User.name).where(User.issuer == issuer, User.subject == subject))


def shut_out(work: Work, name: str) -> None:
    """End the access of a user to whom an identity provider gives no role any more: sessions, links and tokens.

    The user stays and can sign in when the provider gives a role again; the tokens stay ended.
    """
    work.actor.require(Permission.ADMINISTER)
    row = own_row(work, name)
    work.record("user shut out", _subject(row))
    _end_access(work, row.user_id)


def end_sessions(look: Look, user_id: int) -> None:
    """End every session of a user."""
    look.session.execute(sa.delete(SignIn).where(SignIn.user_id == user_id))


def _end_access(work: Work, user_id: int) -> None:
    end_sessions(work, user_id)
    tokens = sa.update(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    work.session.execute(tokens.values(revoked_at=work.now))
    links = sa.update(OneTimeLink).where(OneTimeLink.user_id == user_id, OneTimeLink.used_at.is_(None))
    work.session.execute(links.values(used_at=work.now))


def own_row(look: Look, name: str) -> User:
    """Return the row of the user *name*. Raises ``MissingError`` where there is none."""
    row = look.session.scalar(sa.select(User).where(User.name_key == known_as(name)))
    if row is None:
        raise MissingError("no such user", where="people", remedy="See the list of people.")
    return row


def _add(work: Work, row: User) -> Person:
    row.name, row.display = _called(row.name), _shown(row.display)
    row.name_key, row.created_at = known_as(row.name), work.now
    taken = InputError("that name is taken", where="name", remedy="Choose another.")
    if work.session.scalar(sa.select(User.user_id).where(User.name_key == row.name_key)) is not None:
        raise taken
    work.session.add(row)
    try:
        work.session.flush()
    except IntegrityError as error:
        raise taken from error
    work.record(
        "user created",
        _subject(row),
        role=str(row.role),
        by_provider=row.issuer is not None,
        verifier_sha256=verifier_digest(row.password_hash),
        identity_sha256=identity_digest(row.issuer, row.subject),
    )
    return _person(row)


def _administered(work: Work, name: str) -> User:
    work.actor.require(Permission.ADMINISTER)
    row = own_row(work, name)
    if row.name == work.actor.name:
        raise PolicyError("you cannot change your own access", where="people", remedy="Ask another administrator.")
    return row


def _keep_an_administrator(work: Work) -> None:
    work.session.flush()
    if administrators(work) == 0:
        raise PolicyError(
            "this is the last administrator", where="people", remedy="Make another user an administrator first."
        )


def _called(name: str) -> str:
    name = unicodedata.normalize("NFKC", name.strip())
    # A page whose path ends in .json is the JSON form of a page.
    fits = (
        not known_as(name).endswith(".json")
        and 0 < len(name) <= _LONGEST_NAME
        and name[0].isalnum()
        and all(c.isalnum() or c in _SIGNS for c in name)
    )
    if not fits:
        raise InputError(
            "not a name to sign in with",
            where="name",
            remedy=f"Begin with a letter or digit; then also . _ @ + -; at most {_LONGEST_NAME} characters.",
        )
    return name


def _shown(display: str) -> str:
    display = display.strip()
    if not 0 < len(display) <= _LONGEST_DISPLAY or not display.isprintable():
        raise InputError(
            "not a display name", where="display", remedy=f"Give one line of at most {_LONGEST_DISPLAY} characters."
        )
    return display


def _person(row: User) -> Person:
    return Person(
        row.user_id,
        row.name,
        row.display,
        Role(row.role),
        row.password_hash is not None,
        row.issuer,
        row.created_at,
        row.disabled_at,
    )


def _subject(row: User) -> str:
    return f"user {row.name}"
