"""Sign-in: checks a password, a one-time link or an identity provider, and starts a session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

from stillwatch.cases.access import bearer, one_time_links, sessions, throttle, users
from stillwatch.cases.access.desk import Desk, Look, Work
from stillwatch.cases.access.one_time_links import Purpose
from stillwatch.cases.access.passwords import Passwords, acceptable
from stillwatch.cases.access.roles import Permission, Role
from stillwatch.cases.access.sessions import Hours, Opened, Visit
from stillwatch.cases.access.throttle import Lane
from stillwatch.cases.access.users import HOUSE, Person
from stillwatch.cases.store.access_schema import User
from stillwatch.errors import MissingError, PolicyError

__all__ = ["Browser", "Entered", "Login", "Vouched"]


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser of a sign-in: its address, and the device and session tokens that it sends, if any."""

    address: str
    device: str | None = None
    session: str | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """A user who signed in, the new session, and the new device token of the browser."""

    person: Person
    session: Opened
    device: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """The claims of an identity provider about a user. ``role`` is null where the provider gives no role here."""

    issuer: str
    subject: str
    name: str
    display: str
    role: Role | None


class Login:
    """Signs users in to *desk*. *hours* are the lifetimes of a session."""

    def __init__(self, desk: Desk, passwords: Passwords, hours: Hours) -> None:
        self.desk = desk
        self.passwords = passwords
        self.hours = hours

    def by_password(self, name: str, password: str, browser: Browser) -> Entered:
        """Sign in with a password.

        Raises ``PolicyError`` after too many attempts, and otherwise one that does not say whether the name or the
        password is wrong.
        """
        with self.desk.bookkeeping() as look:
            lanes = throttle.lanes(look, name, browser.address, _digest(browser.device))
            wait = throttle.take(look, lanes)
            row = None if wait else _row_of(look, name)
            kept, known = (row.password_hash, row.name) if row is not None else (None, None)
        if wait is not None:
            raise PolicyError(
                "too many attempts", where="sign-in", remedy=f"Try again in {_words(wait)}, or ask for a one-time link."
            )
        if not self.passwords.fits(kept, password) or kept is None or known is None:
            self._refuse(known, lanes)
        better = self.passwords.hash(password) if self.passwords.is_outdated(kept) else None
        with self.desk.bookkeeping() as look:
            throttle.forgive(look, lanes)
            person = users.find(look, known)
        with self.desk.work(person.actor(), Permission.VIEW) as work:
            row = users.own_row(work, known)
            if row.password_hash != kept or row.disabled_at is not None:
                raise _wrong()
            if better is not None:
                users.keep_better(work, row, better)
            return self._enter(work, person, browser, how="password")

    def by_link(self, token: str, password: str, browser: Browser, *, name: str = "", display: str = "") -> Entered:
        """Sign in with a one-time link and set the password.

        *name* and *display* are those of the first administrator; other users have theirs already. Raises
        ``PolicyError`` where the link is not valid, and ``InputError`` for a password that does not fit.
        """
        with self.desk.look() as look:
            found = one_time_links.look_up(look, token)
            invited = users.find(look, found.name) if found is not None and found.name is not None else None
        if found is None:
            raise PolicyError(
                "this link was used, has expired or was replaced", where="link", remedy="Ask for a new one."
            )
        hashed = self.passwords.hash(acceptable(password, name=invited.name if invited else name))
        if found.purpose == Purpose.FIRST_ADMINISTRATOR or invited is None:
            with self.desk.work(HOUSE, Permission.ADMINISTER) as work:
                invited = one_time_links.accept_first(work, token, name, display=display or name, password_hash=hashed)
                return self._enter(work, invited, browser, how="link")
        with self.desk.work(invited.actor(), Permission.VIEW) as work:
            one_time_links.accept(work, token, hashed)
            return self._enter(work, invited, browser, how="link")

    def by_provider(self, vouched: Vouched, browser: Browser) -> Entered:
        """Sign in a user that an identity provider asserts.

        Raises ``PolicyError`` for a disabled user and for one without a role, whose sessions and tokens end. Raises
        ``InputError`` where another user has the name.
        """
        if vouched.role is None:
            with self.desk.look() as look:
                known = users.vouched_before(look, vouched.issuer, vouched.subject)
            if known is not None:
                with self.desk.work(HOUSE, Permission.ADMINISTER) as work:
                    users.shut_out(work, known)
            raise PolicyError(
                "the identity provider gives you no role in this console",
                where="sign-in",
                remedy="Ask an administrator.",
            )
        with self.desk.work(HOUSE, Permission.ADMINISTER) as work:
            person = users.from_provider(
                work,
                vouched.issuer,
                vouched.subject,
                name=vouched.name,
                display=vouched.display,
                role=vouched.role,
            )
        with self.desk.work(person.actor(), Permission.VIEW) as work:
            return self._enter(work, person, browser, how="provider")

    def change_password(self, visit: Visit, old: str, new: str, browser: Browser) -> Entered:
        """Change the password of a user in a session. All their sessions end, and a new one starts in this browser.

        Raises ``PolicyError`` where the old password is wrong and after too many attempts, and ``InputError`` where the
        new one does not fit.
        """
        acceptable(new, name=visit.person.name)
        # The old password is throttled like a sign-in: an open session must not allow unlimited guesses.
        with self.desk.bookkeeping() as look:
            lanes = throttle.lanes(look, visit.person.name, browser.address, _digest(browser.device))
            wait = throttle.take(look, lanes)
            kept = users.own_row(look, visit.person.name).password_hash
        if wait is not None:
            raise PolicyError("too many attempts", where="password", remedy=f"Try again in {_words(wait)}.")
        if not self.passwords.fits(kept, old):
            raise PolicyError("the old password is wrong", where="password", remedy="Check it and try again.")
        hashed = self.passwords.hash(new)
        with self.desk.bookkeeping() as look:
            throttle.forgive(look, lanes)
        with self.desk.work(visit.person.actor(), Permission.VIEW) as work:
            users.set_password(work, visit.person.name, hashed)
            return self._enter(work, visit.person, browser, how="new password")

    def _refuse(self, known: str | None, lanes: Sequence[Lane]) -> NoReturn:
        if known is not None:
            with self.desk.work(HOUSE, Permission.ADMINISTER) as work:
                work.record("sign-in refused", f"user {known}")
        else:
            with self.desk.bookkeeping() as look:
                throttle.touch(look, lanes)
        raise _wrong()

    def _enter(self, work: Work, person: Person, browser: Browser, *, how: str) -> Entered:
        opened = sessions.start(work, person.user_id, self.hours, instead_of=_digest(browser.session))
        device = bearer.make()
        throttle.remember(work, person.user_id, bearer.digest(device))
        # The log names the session, so that one that was put into the table by hand is found.
        session, until = bearer.digest(bearer.digest(opened.token)), opened.expires_at.isoformat()
        work.record("signed in", f"user {person.name}", how=how, session_sha256=session, expires_at=until)
        return Entered(person, opened, device)


def _row_of(look: Look, name: str) -> User | None:
    try:
        row = users.own_row(look, name)
    except MissingError:
        return None
    return row if row.disabled_at is None else None


def _digest(token: str | None) -> str | None:
    return None if token is None else bearer.digest(token)


def _words(wait: timedelta) -> str:
    seconds = max(1, round(wait.total_seconds()))
    return f"{seconds} seconds" if seconds < 90 else f"{round(seconds / 60)} minutes"


def _wrong() -> PolicyError:
    return PolicyError("name or password is wrong", where="sign-in", remedy="Check both and try again.")
