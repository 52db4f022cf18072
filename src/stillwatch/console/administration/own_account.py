"""One's own account: the role, the password, and the tokens that programs act with."""

from datetime import datetime
from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from stillwatch.cases.access import tokens, users
from stillwatch.cases.access.passwords import LEAST
from stillwatch.cases.access.roles import PERMISSIONS, Permission, Role
from stillwatch.cases.access.tokens import LONGEST_DAYS, Token
from stillwatch.console.administration.sign_in import come_in
from stillwatch.console.web.context import Caller, Console, browser_of
from stillwatch.console.web.rendering import View
from stillwatch.console.web.routing import Entry, Routes
from stillwatch.errors import InputError, PolicyError

__all__ = ["AccountView", "TokenView", "add", "token_view"]


class TokenView(View):
    """A token, without what lets a program in."""

    token_id: int
    name: str
    scopes: list[Permission]
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    state: str


class AccountView(View):
    """Somebody's own account."""

    name: str
    display: str
    role: Role
    permissions: list[Permission]
    has_password: bool
    least: int
    longest_days: int
    tokens: list[TokenView]


class NewTokenView(View):
    """A token that was just made; ``text`` is shown this once."""

    text: str
    token: TokenView


class NewToken(BaseModel):
    """A token to make."""

    name: str = Field(max_length=100)
    scopes: list[Permission] = Field(default_factory=list)
    days: int = Field(90, ge=1, le=LONGEST_DAYS)


def add(routes: Routes) -> None:
    """Add the pages of one's own account."""
    routes.page("/account", "account.html.j2", needs=Permission.VIEW)(account)
    routes.plain("/account/password", needs=Entry.PERSON, method="POST")(password)
    routes.plain("/account/sign-out-everywhere", needs=Entry.PERSON, method="POST")(sign_out_everywhere)
    routes.action("/account/tokens", needs=Entry.PERSON, template="new_token.html.j2", as_json=False)(make_token)
    routes.action("/account/tokens/{token_id}/revoke", needs=Entry.PERSON, then="/account")(revoke_token)


def account(console: Console, caller: Caller) -> AccountView:
    """Who you are here, what you may do, and your tokens."""
    with console.desk.look() as look:
        found = tokens.listed(look, caller.person.user_id)
        return AccountView(
            name=caller.person.name,
            display=caller.person.display,
            role=caller.person.role,
            permissions=[one for one in Permission if one in PERMISSIONS[caller.person.role]],
            has_password=caller.person.has_password,
            least=LEAST,
            longest_days=LONGEST_DAYS,
            tokens=[token_view(token, look.now) for token in found],
        )


def password(
    request: Request,
    console: Console,
    caller: Caller,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Change one's own password: every session ends, and a new one begins in this browser."""
    if new != again:
        raise InputError("the two passwords differ", where="password", remedy="Write the same one twice.")
    if caller.visit is None or not caller.person.has_password:
        raise PolicyError("you have no password here", where="password", remedy="Sign in as you always do.")
    return come_in(console, console.login.change_password(caller.visit, old, new, browser_of(request)), "/account")


def sign_out_everywhere(console: Console, caller: Caller) -> Response:
    """End all of one's own sessions, this one with them."""
    with console.desk.work(caller.actor, Permission.VIEW) as work:
        users.end_sessions(work, caller.person.user_id)
        work.record("signed out", f"user {caller.person.name}", everywhere=True)
    return RedirectResponse("/sign-in", status_code=303)


def make_token(console: Console, caller: Caller, sent: NewToken) -> NewTokenView:
    """Make a token of one's own."""
    with console.desk.work(caller.actor, Permission.VIEW) as work:
        text, token = tokens.make(work, name=sent.name, scopes=frozenset(sent.scopes), days=sent.days)
        return NewTokenView(text=text, token=token_view(token, work.now))


def revoke_token(console: Console, caller: Caller, token_id: int) -> TokenView:
    """Make one of one's own tokens worthless."""
    with console.desk.work(caller.actor, Permission.VIEW) as work:
        return token_view(tokens.revoke(work, token_id), work.now)


def token_view(token: Token, now: datetime) -> TokenView:
    """Return *token* as it is shown at *now*."""
    state = "revoked" if token.revoked_at else "expired" if token.expires_at <= now else "valid"
    return TokenView(
        token_id=token.token_id,
        name=token.name,
        scopes=list(token.scopes),
        made_at=token.made_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
        state=state,
    )
