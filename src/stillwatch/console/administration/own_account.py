"""The account page of the signed-in user: role, password and API tokens."""

from datetime import datetime
from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from stillwatch.cases.access import tokens, users
from stillwatch.cases.access.passwords import LEAST
from stillwatch.cases.access.roles import PERMISSIONS, Permission, Role
from stillwatch.cases.access.tokens import LONGEST_DAYS, Token
from stillwatch.console.administration.sign_in import session_response
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState, Requester, browser_of
from stillwatch.console.web.routing import AccessLevel, Routes
from stillwatch.errors import InputError, PolicyError

__all__ = ["OwnAccountView", "TokenView", "add", "token_view"]


class TokenView(View):
    """A token, without its secret text."""

    token_id: int
    name: str
    scopes: list[Permission]
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    state: str


class OwnAccountView(View):
    """The account of the requester."""

    name: str
    display: str
    role: Role
    permissions: list[Permission]
    has_password: bool
    least: int
    longest_days: int
    tokens: list[TokenView]


class CreatedTokenView(View):
    """A new token. ``text`` is shown only once."""

    text: str
    token: TokenView


class NewToken(BaseModel):
    """A token to create."""

    name: str = Field(max_length=100)
    scopes: list[Permission] = Field(default_factory=list)
    days: int = Field(90, ge=1, le=LONGEST_DAYS)


def add(routes: Routes) -> None:
    """Add the account page."""
    routes.page("/account", "own_account.html.j2", needs=Permission.VIEW)(account)
    routes.plain("/account/password", needs=AccessLevel.SESSION, method="POST")(password)
    routes.plain("/account/sign-out-everywhere", needs=AccessLevel.SESSION, method="POST")(sign_out_everywhere)
    routes.action("/account/tokens", needs=AccessLevel.SESSION, template="new_token.html.j2", as_json=False)(make_token)
    routes.action("/account/tokens/{token_id}/revoke", needs=AccessLevel.SESSION, then="/account")(revoke_token)


def account(console: ConsoleState, requester: Requester) -> OwnAccountView:
    """Show your role, your permissions and your tokens."""
    with console.desk.look() as look:
        found = tokens.listed(look, requester.person.user_id)
        return OwnAccountView(
            name=requester.person.name,
            display=requester.person.display,
            role=requester.person.role,
            permissions=[one for one in Permission if one in PERMISSIONS[requester.person.role]],
            has_password=requester.person.has_password,
            least=LEAST,
            longest_days=LONGEST_DAYS,
            tokens=[token_view(token, look.now) for token in found],
        )


def password(
    request: Request,
    console: ConsoleState,
    requester: Requester,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Change your password. All your sessions end, and a new one starts in this browser."""
    if new != again:
        raise InputError("the two passwords differ", where="password", remedy="Type the same password twice.")
    if requester.visit is None or not requester.person.has_password:
        raise PolicyError(
            "your account has no password", where="password", remedy="Sign in with your identity provider."
        )
    entered = console.login.change_password(requester.visit, old, new, browser_of(request))
    return session_response(console, entered, "/account")


def sign_out_everywhere(console: ConsoleState, requester: Requester) -> Response:
    """End all your sessions, including this one."""
    with console.desk.work(requester.actor, Permission.VIEW) as work:
        users.end_sessions(work, requester.person.user_id)
        work.record("signed out", f"user {requester.person.name}", everywhere=True)
    return RedirectResponse("/sign-in", status_code=303)


def make_token(console: ConsoleState, requester: Requester, sent: NewToken) -> CreatedTokenView:
    """Create a token."""
    with console.desk.work(requester.actor, Permission.VIEW) as work:
        text, token = tokens.make(work, name=sent.name, scopes=frozenset(sent.scopes), days=sent.days)
        return CreatedTokenView(text=text, token=token_view(token, work.now))


def revoke_token(console: ConsoleState, requester: Requester, token_id: int) -> TokenView:
    """Revoke a token of your own."""
    with console.desk.work(requester.actor, Permission.VIEW) as work:
        return token_view(tokens.revoke(work, token_id), work.now)


def token_view(token: Token, now: datetime) -> TokenView:
    """Return *token* with its state at *now*."""
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
