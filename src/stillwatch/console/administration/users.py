"""User administration: add users, change roles, disable users, send one-time links, revoke tokens."""

from datetime import datetime, timedelta

from pydantic import BaseModel, Field

from stillwatch.cases.access import one_time_links, tokens, users
from stillwatch.cases.access.desk import Look
from stillwatch.cases.access.roles import Permission, Role
from stillwatch.cases.access.users import Person
from stillwatch.console.administration.own_account import TokenView, token_view
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState, Requester
from stillwatch.console.web.routing import Routes
from stillwatch.errors import MissingError

__all__ = ["UserView", "add"]


class UserLine(View):
    """One user in the list."""

    name: str
    display: str
    role: Role
    signs_in: str
    created_at: datetime
    disabled_at: datetime | None


class UsersView(View):
    """All users, including disabled ones."""

    people: list[UserLine]
    roles: list[Role]


class UserView(View):
    """One user, with tokens."""

    person: UserLine
    is_self: bool
    roles: list[Role]
    tokens: list[TokenView]


class OneTimeLinkView(View):
    """A new one-time link. ``url`` is shown only once."""

    name: str
    url: str
    hours: float


class NewUser(BaseModel):
    """A user to add."""

    name: str = Field(max_length=64)
    display: str = Field("", max_length=100)
    role: Role


class NewRole(BaseModel):
    """The new role of a user."""

    role: Role


_NEEDS = Permission.ADMINISTER


def add(routes: Routes) -> None:
    """Add the pages of users."""
    routes.page("/people", "users.html.j2", needs=_NEEDS)(people)
    routes.action("/people", needs=_NEEDS, template="new_one_time_link.html.j2")(add_person)
    routes.page("/people/{name}", "user.html.j2", needs=_NEEDS)(person)
    routes.action("/people/{name}/link", needs=_NEEDS, template="new_one_time_link.html.j2")(send_link)
    routes.action("/people/{name}/role", needs=_NEEDS, then="/people/{name}")(give_role)
    routes.action("/people/{name}/disable", needs=_NEEDS, then="/people/{name}")(disable)
    routes.action("/people/{name}/enable", needs=_NEEDS, then="/people/{name}")(enable)
    routes.action("/people/{name}/tokens/{token_id}/revoke", needs=_NEEDS, then="/people/{name}")(revoke)


def people(console: ConsoleState) -> UsersView:
    """List all users, including disabled ones."""
    with console.desk.look() as look:
        return UsersView(people=[_line(one) for one in users.listed(look)], roles=list(Role))


def person(console: ConsoleState, requester: Requester, name: str) -> UserView:
    """Show one user, with tokens."""
    with console.desk.look() as look:
        return _view(look, requester, users.find(look, name))


def add_person(console: ConsoleState, requester: Requester, sent: NewUser) -> OneTimeLinkView:
    """Add a user, and return the one-time link with which the user sets a password."""
    with console.desk.work(requester.actor, _NEEDS) as work:
        made = users.create(work, sent.name, display=sent.display.strip() or sent.name, role=sent.role)
        return _link(console, made.name, one_time_links.invite(work, made.name, _lifetime(console)))


def send_link(console: ConsoleState, requester: Requester, name: str) -> OneTimeLinkView:
    """Create a new one-time link for a user. An earlier unused link becomes invalid."""
    with console.desk.work(requester.actor, _NEEDS) as work:
        return _link(console, users.find(work, name).name, one_time_links.invite(work, name, _lifetime(console)))


def give_role(console: ConsoleState, requester: Requester, name: str, sent: NewRole) -> UserView:
    """Change the role of a user. The sessions of the user end."""
    with console.desk.work(requester.actor, _NEEDS) as work:
        return _view(work, requester, users.change_role(work, name, sent.role))


def disable(console: ConsoleState, requester: Requester, name: str) -> UserView:
    """Disable a user. All sessions, one-time links and tokens of the user end, and stay ended."""
    with console.desk.work(requester.actor, _NEEDS) as work:
        return _view(work, requester, users.disable(work, name))


def enable(console: ConsoleState, requester: Requester, name: str) -> UserView:
    """Enable a user again."""
    with console.desk.work(requester.actor, _NEEDS) as work:
        return _view(work, requester, users.enable(work, name))


def revoke(console: ConsoleState, requester: Requester, name: str, token_id: int) -> UserView:
    """Revoke a token of a user."""
    with console.desk.work(requester.actor, _NEEDS) as work:
        owner = users.find(work, name)
        if token_id not in {token.token_id for token in tokens.listed(work, owner.user_id)}:
            raise MissingError("this token does not exist", where="tokens")
        tokens.revoke(work, token_id)
        return _view(work, requester, owner)


def _line(one: Person) -> UserLine:
    signs_in = "provider" if one.issuer else "password" if one.has_password else "not yet"
    return UserLine(
        name=one.name,
        display=one.display,
        role=one.role,
        signs_in=signs_in,
        created_at=one.created_at,
        disabled_at=one.disabled_at,
    )


def _view(look: Look, requester: Requester, one: Person) -> UserView:
    found = [token_view(token, look.now) for token in tokens.listed(look, one.user_id)]
    return UserView(person=_line(one), is_self=one.user_id == requester.person.user_id, roles=list(Role), tokens=found)


def _link(console: ConsoleState, name: str, token: str) -> OneTimeLinkView:
    return OneTimeLinkView(name=name, url=f"{console.site.url}/link/{token}", hours=console.settings.link_hours)


def _lifetime(console: ConsoleState) -> timedelta:
    return timedelta(hours=console.settings.link_hours)
