"""Adds, stops, resumes and removes receivers of webhooks, for administrators; writes each change to the audit log.

The rows belong to ``stillwatch.delivery.receivers``. This module checks permissions and texts.
"""

from dataclasses import replace
from urllib.parse import urlsplit

from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.store.text_limits import said
from stillwatch.delivery import receivers
from stillwatch.delivery.receivers import NewReceiver, Receiver

__all__ = ["add", "listed", "remove", "resume", "retry", "stop"]


def add(work: Work, new: NewReceiver, *, private: bool) -> tuple[Receiver, str]:
    """Add a receiver and return it with its signing secret, which no other function shows.

    *private* allows addresses in private networks. Raises ``PolicyError`` without the permission, and ``InputError``
    for values that do not fit.
    """
    work.actor.require(Permission.ADMINISTER)
    type_name = new.type_name.strip()
    new = replace(
        new,
        name=said(new.name, "name", most=80),
        type_name=said(type_name, "type", most=200) if type_name else "",
    )
    made, secret = receivers.add(
        work.session, new, work.derived, now=work.now, made_by=work.actor.name, private=private
    )
    kinds = [str(kind) for kind in made.kinds]
    host = urlsplit(made.url).netloc
    subject = f"webhook {made.hook_id}"
    work.record("webhook added", subject, name=made.name, host=host, shape=str(made.shape), kinds=kinds)
    return made, secret


def listed(look: Look) -> list[Receiver]:
    """Return the receivers, the oldest first."""
    return receivers.listed(look.session)


def remove(work: Work, hook_id: int) -> None:
    """Remove a receiver and drop its pending messages. Raises ``MissingError`` where there is no such receiver."""
    work.actor.require(Permission.ADMINISTER)
    receivers.remove(work.session, hook_id, work.now)
    work.record("webhook removed", f"webhook {hook_id}")


def stop(work: Work, hook_id: int, why: str) -> None:
    """Stop sending to a receiver. Pending messages stay; events from now on make no message for it.

    Raises ``MissingError`` where there is no such receiver.
    """
    work.actor.require(Permission.ADMINISTER)
    receivers.stop(work.session, hook_id, work.now)
    work.record("webhook stopped", f"webhook {hook_id}", why=said(why, "reason"))


def resume(work: Work, hook_id: int) -> None:
    """Send to a stopped receiver again. Raises ``MissingError`` where there is no such receiver."""
    work.actor.require(Permission.ADMINISTER)
    receivers.resume(work.session, hook_id)
    work.record("webhook resumed", f"webhook {hook_id}")


def retry(work: Work, hook_id: int) -> int:
    """Make the messages that were given up for a receiver due again, and return how many.

    Raises ``MissingError`` where there is no such receiver.
    """
    work.actor.require(Permission.ADMINISTER)
    n = receivers.retry(work.session, hook_id, work.now)
    work.record("webhook retried", f"webhook {hook_id}", n_messages=n)
    return n
