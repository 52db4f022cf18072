"""Replays users and tokens: who exists, with which role, who is disabled, and what each token may do until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.replay.ledger import Difference, LoggedEntry, moment, unlike
from stillwatch.cases.store.access_schema import ApiToken, User

__all__ = ["UserLedger"]


@dataclass(slots=True)
class _Told:
    """A user as the log leaves them, and the last entry about them."""

    role: str
    entry: int
    disabled_at: str | None = None


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
            self._users[entry.name] = _Told(str(entry.details.get("role")), entry.seq)
        elif entry.kind == "user" and entry.name in self._users:
            self._change(entry, self._users[entry.name])

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
                disabled = moment(row.disabled_at)
                pairs = {"role": (row.role, told.role), "disabling": (disabled, told.disabled_at)}
                yield from unlike(f"user {name}", told.entry, **pairs)
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
    if told.ended is not None and row.revoked_at is None:
        yield Difference(where, "it works again after it was ended", told.ended)
