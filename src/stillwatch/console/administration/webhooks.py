"""Webhook administration: add, stop, resume, retry and remove receivers."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field, field_validator

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions import webhooks as cases_hooks
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState, Requester
from stillwatch.console.web.routing import Routes
from stillwatch.delivery.events import EventKind
from stillwatch.delivery.outbox import MessageState
from stillwatch.delivery.payloads import Shape
from stillwatch.delivery.queue import TRIES
from stillwatch.delivery.receivers import NewReceiver, Receiver

__all__ = ["WebhooksView", "add"]

_NEEDS = Permission.ADMINISTER
_EVENT_TEXTS = {
    EventKind.CASE_OPENED: "a case is opened",
    EventKind.CASE_JUDGED: "a case or its accounts are judged",
    EventKind.CASE_CLOSED: "a case is closed",
    EventKind.ACTION_PLANNED: "an action is planned",
    EventKind.ACTION_IN_FORCE: "an action takes effect",
    EventKind.ACTION_UNDONE: "an action is undone",
    EventKind.ACCOUNT_ASKED: "accounts are asked a question",
    EventKind.APPEAL_RECEIVED: "an appeal is received",
    EventKind.APPEAL_ANSWERED: "an appeal is answered",
}


class WebhookLine(View):
    """A receiver, and the state of its messages. ``outcome`` is the result of the last attempt."""

    hook_id: int
    name: str
    url: str
    shape: Shape
    kinds: list[EventKind]
    type_name: str
    has_api_key: bool
    made_at: datetime
    made_by: str
    stopped_at: datetime | None
    n_waiting: int
    n_delivered: int
    n_given_up: int
    last_at: datetime | None
    outcome: str


class WebhooksView(View):
    """All receivers. ``tries`` is the number of attempts after which a message is given up."""

    hooks: list[WebhookLine]
    tries: int
    to_private: bool
    shapes: list[Shape]
    kinds: dict[EventKind, str]


class CreatedWebhookView(View):
    """A new receiver. ``secret`` is shown only once."""

    secret: str
    hook: WebhookLine


class RetriedMessages(View):
    """The number of messages that are sent again."""

    n_messages: int


class RemovedWebhook(View):
    """The number of the removed receiver."""

    removed: int


class NewWebhook(BaseModel):
    """A receiver to add. ``type_name`` is the entity type (Osprey) or the id of the item type (Coop)."""

    name: str = Field(max_length=80)
    url: str = Field(max_length=500)
    kinds: list[EventKind] = Field(default_factory=list)

    @field_validator("kinds", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any) -> Any:
        """Read a single checkbox of a form as a list."""
        return [value] if isinstance(value, str) else value

    shape: Shape = Shape.EVENT
    type_name: str = Field("", max_length=200)
    api_key: str = Field("", max_length=500)


def add(routes: Routes) -> None:
    """Add the pages of webhooks."""
    then = "/hooks"
    routes.page("/hooks", "webhooks.html.j2", needs=_NEEDS)(hooks)
    routes.action("/hooks", needs=_NEEDS, template="new_webhook.html.j2", form_page=hooks)(add_hook)
    routes.action("/hooks/{hook_id}/stop", needs=_NEEDS, then=then)(stop_hook)
    routes.action("/hooks/{hook_id}/resume", needs=_NEEDS, then=then)(resume_hook)
    routes.action("/hooks/{hook_id}/retry", needs=_NEEDS, then=then)(retry_hook)
    routes.action("/hooks/{hook_id}/remove", needs=_NEEDS, then=then)(remove_hook)


def hooks(console: ConsoleState) -> WebhooksView:
    """List all receivers of webhooks and the state of their messages."""
    with console.desk.look() as look:
        found = cases_hooks.listed(look)
    return WebhooksView(
        hooks=[_line(one) for one in found],
        tries=TRIES,
        to_private=console.settings.webhooks_to_private,
        shapes=list(Shape),
        kinds=_EVENT_TEXTS,
    )


def add_hook(console: ConsoleState, requester: Requester, sent: NewWebhook) -> CreatedWebhookView:
    """Add a receiver, and return the secret that signs its messages."""
    wish = NewReceiver(**sent.model_dump())
    with console.desk.work(requester.actor, _NEEDS) as work:
        made, secret = cases_hooks.add(work, wish, private=console.settings.webhooks_to_private)
    return CreatedWebhookView(secret=secret, hook=_line(made))


def stop_hook(console: ConsoleState, requester: Requester, hook_id: int) -> WebhooksView:
    """Stop a receiver. Events are not stored for it meanwhile."""
    with console.desk.work(requester.actor, _NEEDS) as work:
        cases_hooks.stop(work, hook_id, "Stopped by an administrator.")
    return hooks(console)


def resume_hook(console: ConsoleState, requester: Requester, hook_id: int) -> WebhooksView:
    """Send a stopped receiver its pending messages and new ones."""
    with console.desk.work(requester.actor, _NEEDS) as work:
        cases_hooks.resume(work, hook_id)
    return hooks(console)


def retry_hook(console: ConsoleState, requester: Requester, hook_id: int) -> RetriedMessages:
    """Send the given-up messages of a receiver again."""
    with console.desk.work(requester.actor, _NEEDS) as work:
        return RetriedMessages(n_messages=cases_hooks.retry(work, hook_id))


def remove_hook(console: ConsoleState, requester: Requester, hook_id: int) -> RemovedWebhook:
    """Remove a receiver and its pending messages."""
    with console.desk.work(requester.actor, _NEEDS) as work:
        cases_hooks.remove(work, hook_id)
    return RemovedWebhook(removed=hook_id)


def _line(one: Receiver) -> WebhookLine:
    return WebhookLine(
        hook_id=one.hook_id,
        name=one.name,
        url=one.url,
        shape=one.shape,
        kinds=list(one.kinds),
        type_name=one.type_name,
        has_api_key=one.has_api_key,
        made_at=one.made_at,
        made_by=one.made_by,
        stopped_at=one.stopped_at,
        n_waiting=one.counts.get(MessageState.WAITING, 0),
        n_delivered=one.counts.get(MessageState.DELIVERED, 0),
        n_given_up=one.counts.get(MessageState.GIVEN_UP, 0),
        last_at=one.last_at,
        outcome=one.outcome,
    )
