"""Replays users and tokens: who exists, with which role and password, who is disabled, and what each token may do.

The log names a password hash, an identity at a provider and the secret of a token by a digest. Entries of earlier
versions have no such digest, and then these are not compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa

from stillwatch.cases.access import bearer
from stillwatch.cases.access.desk import Look
from stillwatch.cases.access.users import identity_digest, known_as, verifier_digest
from stillwatch.cases.replay.ledger import Difference, LoggedEntry, moment, unlike
from stillwatch.cases.store.access_schema import ApiToken, User

__all__ = ["UserLedger"]


_DIGESTS = {"verifier_sha256": "password", "identity_sha256": "identity_at_the_provider"}
"""The details of an entry that hold a digest of a column that the log must not hold itself, with their names."""


@dataclass(slots=True)
class _Told:
    """A user as the log leaves them, and the last entry about them.

    ``digests`` are those of the password hash and of the identity at a provider. Earlier versions wrote none.
    """

    role: str
    made: LoggedEntry
    entry: int
    disabled_at: str | None = None
    digests: dict[str, str | None] = field(default_factory=dict)


@dataclass(slots=True)
class _ToldToken:
    owner: str
    made: LoggedEntry
    ended: int | None = None


class UserLedger:
    """Follows the entries about users and tokens."""

    def __init__(self) -> None:
        self._users: dict[str, _Told] = {}
        self._tokens: dict[int, _ToldToken] = {}

    def take(self, entry: LoggedEntry) -> None:
        """Follow one entry."""
        if entry.kind == "token":
            self._take_token(entry)
        elif entry.kind == "user" and entry.action == "user created":
            self._users[entry.name] = _Told(str(entry.details.get("role")), entry, entry.seq)
            self._users[entry.name].digests.update(_digests(entry))
        elif entry.kind == "user" and entry.name in self._users:
            self._change(entry, self._users[entry.name])
            self._users[entry.name].digests.update(_digests(entry))

    def _change(self, entry: LoggedEntry, told: _Told) -> None:
        if entry.action in ("role given", "user vouched for"):
            told.role, told.entry = str(entry.details.get("after")), entry.seq
        elif entry.action == "user disabled":
            told.disabled_at, told.entry = told.disabled_at or entry.at, entry.seq
        elif entry.action == "user enabled":
            told.disabled_at, told.entry = None, entry.seq
        if entry.action == "user shut out" or entry.details.get("tokens_end"):
            for token in self._tokens.values():
                if token.owner == entry.name:
                    token.ended = token.ended or entry.seq

    def _take_token(self, entry: LoggedEntry) -> None:
        if entry.action == "token made":
            self._tokens[entry.number] = _ToldToken(entry.actor, entry)
        elif entry.action == "token revoked" and entry.number in self._tokens:
            self._tokens[entry.number].ended = self._tokens[entry.number].ended or entry.seq

    def compare(self, look: Look) -> Iterator[Difference]:
        """Yield the users and tokens that differ from the log, those that it lacks, and those that are missing."""
        found = {row.name: row for row in look.session.scalars(sa.select(User).order_by(User.name))}
        for name in sorted(found.keys() | self._users.keys()):
            row, told = found.get(name), self._users.get(name)
            if told is None:
                yield Difference(f"user {name}", "no entry of the log made this user", None)
            elif row is None:
                yield Difference(f"user {name}", "the user is missing", told.entry)
            else:
                yield from _user(row, told)
        yield from self._compare_tokens(look)

    def _compare_tokens(self, look: Look) -> Iterator[Difference]:
        query = sa.select(ApiToken, User.name).outerjoin(User, User.user_id == ApiToken.user_id)
        found = {row.token_id: (row, owner) for row, owner in look.session.execute(query).all()}
        for number in sorted(found.keys() | self._tokens.keys()):
            told = self._tokens.get(number)
            if told is None:
                yield Difference(f"token {number}", "no entry of the log made it", None)
            elif number in found:
                yield from _token(*found[number], told)


def _digests(entry: LoggedEntry) -> dict[str, str | None]:
    return {name: entry.details[name] for name in _DIGESTS if name in entry.details}


def _user(row: User, told: _Told) -> Iterator[Difference]:
    pairs: dict[str, tuple[object, object]] = {
        "role": (row.role, told.role),
        "disabling": (moment(row.disabled_at), told.disabled_at),
        "name_to_sign_in": (row.name_key, known_as(row.name)),
        "time": (moment(row.created_at), told.made.at),
    }
    held = {
        "verifier_sha256": verifier_digest(row.password_hash),
        "identity_sha256": identity_digest(row.issuer, row.subject),
    }
    pairs |= {_DIGESTS[name]: (held[name], logged) for name, logged in told.digests.items()}
    yield from unlike(f"user {row.name}", told.entry, **pairs)


def _token(row: ApiToken, owner: str | None, told: _ToldToken) -> Iterator[Difference]:
    where, seq = f"token {row.token_id}", told.made.seq
    lasts = timedelta(days=int(told.made.details.get("days") or 0))
    yield from unlike(
        where,
        seq,
        owner=(owner, told.owner),
        scopes=(sorted(row.scopes), told.made.details.get("scopes")),
        time=(moment(row.made_at), told.made.at),
        end=(row.expires_at, row.made_at + lasts),
    )
    if told.made.details.get("secret_sha256") not in (None, bearer.digest(row.digest)):
        yield Difference(where, "its secret differs from the log", seq)
    if told.ended is not None and row.revoked_at is None:
        yield Difference(where, "it works again after it was ended", told.ended)
